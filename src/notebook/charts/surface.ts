/** Free-energy surfaces over two torsions side by side on one colour scale (paper, Ramachandran figures). */
import { type ChartSpec, chart, FAINT, requireTitles } from "./style";

/** One panel. */
export interface Surface {
  readonly title: string;
  /** Free energy in kT, lowest 0, of bins x bins over the ranges of both axes (-180 to 180 degrees), the first axis slowest; Infinity where nothing fell. */
  readonly freeEnergy: ArrayLike<number>;
}

/** What the panels have in common. */
export interface SurfaceOptions {
  /** Free energies above are left white (kT). */
  readonly cut?: number;
  readonly x?: string;
  readonly y?: string;
  /** From, to of both axes, where they are no torsions. */
  readonly range?: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /** Panels in a row. */
  readonly columns?: number;
}

const TURN = [-180, 180] as const;

/**
 * Surfaces with a common colour scale; `freeEnergy` of each is a square of bins.
 * @throws RangeError if there is no panel, if one is not a square, or if they differ in size.
 */
export function surfaceChart(
  panels: readonly Surface[],
  { cut = 11, x = "φ (°)", y = "ψ (°)", range, columns = panels.length }: SurfaceOptions = {},
): ChartSpec {
  requireTitles("surfaceChart", panels);
  const bins = sharedBins(panels);
  const across = Math.min(columns, panels.length);
  // Whole pixels per bin: fractions would let white seams through.
  const size = bins * Math.max(1, Math.floor((across <= 2 ? 300 : across === 3 ? 240 : 200) / bins));
  const xRange = range?.x ?? TURN;
  const yRange = range?.y ?? TURN;
  const [xStep, yStep] = [xRange, yRange].map(([low, high]) => (high - low) / bins) as [number, number];
  // Labels at the very edges would run into those of the next panel.
  const axis = range ? { tickCount: 5, grid: false } : { values: [-120, -60, 0, 60, 120], grid: false };
  const scale = (domain: readonly number[]): object => ({ domain, nice: false });
  return chart({
    data: { values: panelsAsCsv(panels, cut), format: { type: "csv", parse: { panel: "string", values: "string" } } },
    transform: [
      { calculate: "split(datum.values, ' ')", as: "f" },
      { flatten: ["f"] },
      { window: [{ op: "row_number", as: "k" }], groupby: ["panel"] },
      { filter: "datum.f !== ''" },
      { calculate: "toNumber(datum.f)", as: "f" },
      { calculate: `${xRange[0]} + ${xStep} * floor((datum.k - 1) / ${bins})`, as: "x" },
      { calculate: `${yRange[0]} + ${yStep} * ((datum.k - 1) % ${bins})`, as: "y" },
      { calculate: `datum.x + ${xStep}`, as: "x2" },
      { calculate: `datum.y + ${yStep}`, as: "y2" },
    ],
    facet: {
      field: "panel",
      type: "nominal",
      sort: panels.map((panel) => panel.title),
      header: { title: null, labelPadding: 6 },
    },
    columns,
    spacing: 16,
    spec: {
      width: size,
      height: size,
      view: { stroke: FAINT, fill: "white" },
      mark: { type: "rect", aria: false, clip: true },
      encoding: {
        x: { field: "x", type: "quantitative", title: x, axis, scale: scale(xRange) },
        x2: { field: "x2" },
        y: { field: "y", type: "quantitative", title: y, axis, scale: scale(yRange) },
        y2: { field: "y2" },
        color: {
          field: "f",
          type: "quantitative",
          title: "free energy (kT)",
          scale: { scheme: "viridis", domain: [0, cut], clamp: true },
          legend: legendBeside(across <= 3, size),
        },
        tooltip: [
          { field: "x", title: `${x} from`, format: ".1f" },
          { field: "y", title: `${y} from`, format: ".1f" },
          { field: "f", title: "free energy (kT)", format: ".2f" },
        ],
      },
    },
  });
}

/** The colour scale at the right, or below where four panels already fill the width of a page. */
function legendBeside(right: boolean, size: number): object {
  const common = { gradientThickness: 12, tickCount: 6 };
  if (right) return { ...common, orient: "right", gradientLength: size, titleOrient: "right", titlePadding: 8 };
  return { ...common, orient: "bottom", gradientLength: 1.5 * size, titleOrient: "left", titlePadding: 10, offset: 14 };
}

function sharedBins(panels: readonly Surface[]): number {
  const sizes = panels.map((panel) => panel.freeEnergy.length);
  const bins = Math.sqrt(sizes[0] ?? NaN);
  if (!Number.isInteger(bins) || bins < 1 || sizes.some((size) => size !== sizes[0])) {
    throw new RangeError(
      `surfaceChart: mismatched panels (got ${sizes.length} with ${sizes.join(", ")} values), expected at least one and the same square number of bins in each`,
    );
  }
  return bins;
}

/** A line per panel, its values separated by blanks, nothing between two where there is nothing to draw: 40 kB for 100 x 100. */
function panelsAsCsv(panels: readonly Surface[], cut: number): string {
  const lines = panels.map(({ title, freeEnergy }) => {
    const values = Array.from(freeEnergy, (f) => (f <= cut ? String(Math.round(100 * f) / 100) : ""));
    return `"${title.replaceAll('"', '""')}","${values.join(" ")}"`;
  });
  return ["panel,values", ...lines].join("\n");
}
