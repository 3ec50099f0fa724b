/** What notebooks need: charts, tables, progress and the stop button. Nothing heavy is loaded before it is used. */
export { basinChart, type BasinOptions, type BasinRung } from "./charts/basins";
export { type CurveOptions, lossChart, type LossCurve } from "./charts/curve";
export { histogramChart, type HistogramOptions, type HistogramSeries } from "./charts/histogram";
export { essChart, type EssOptions, ladderChart, type RungEss } from "./charts/rungs";
export type { ChartSpec } from "./charts/style";
export { type Surface, surfaceChart, type SurfaceOptions } from "./charts/surface";
export { coordinateTable } from "./coordinate-table";
export { createOutput, display, inNotebook, type MimeBundle, type Output } from "./display";
export { formatDuration, formatMeasured, formatNumber, formatPercent } from "./numbers";
export { renderPng, renderSvg } from "./picture";
export { createProgress, type ProgressOptions, type ProgressValues } from "./progress";
export { metricsTable, overviewTable, rungTable } from "./run-tables";
export { show, type ShowOptions } from "./show";
export { stoppable } from "./stoppable";
export { comparedSurfaces, ramachandranSurfaces, type SurfacesOptions } from "./surfaces";
export { table, type Table, type TableOptions } from "./tables";
export { trainingProgress, type TrainingProgress } from "./training-progress";
export { groundTruthTable, torsionTable } from "./truth-tables";
