/** Free-energy surfaces over two torsions side by side on one colour scale (paper, Ramachandran figures). */
import { type ChartSpec, chart, FAINT } from "./style";

/** One panel. */
export interface Surface {
  readonly title: string;
  /** Free energy in kT, lowest 0, of bins x bins from -180 to 180 degrees, the first torsion slowest; Infinity where nothing fell. */
  readonly freeEnergy: ArrayLike<number>;
}

/** What the panels have in common. */
export interface SurfaceOptions {
  /** Free energies above are left white (kT). */
  readonly cut?: number;
  readonly x?: string;
  readonly y?: string;
  /** Panels in a row. */
  readonly columns?: number;
}

/**
 * Surfaces with a common colour scale; `freeEnergy` of each is a square of bins.
 * @throws RangeError if there is no panel, if one is not a square, or if they differ in size.
 */
export function surfaceChart(
  panels: readonly Surface[],
  { cut = 11, x = "φ (°)", y = "ψ (°)", columns = panels.length }: SurfaceOptions = {},
): ChartSpec {
  const bins = sharedBins(panels);
  const across = Math.min(columns, panels.length);
  // Whole pixels per bin: fractions would let white seams through.
  const size = bins * Math.max(1, Math.floor((across <= 2 ? 300 : across === 3 ? 240 : 200) / bins));
  const step = 360 / bins;
  // Labels at the very edges would run into those of the next panel.
  const axis = { values: [-120, -60, 0, 60, 120], grid: false };
  const scale = { domain: [-180, 180], nice: false };
  return chart({
    data: { values: panelsAsCsv(panels, cut), format: { type: "csv", parse: { panel: "string", values: "string" } } },
    transform: [
      { calculate: "split(datum.values, ' ')", as: "f" },
      { flatten: ["f"] },
      { window: [{ op: "row_number", as: "k" }], groupby: ["panel"] },
      { filter: "datum.f !== ''" },
      { calculate: "toNumber(datum.f)", as: "f" },
      { calculate: `-180 + ${step} * floor((datum.k - 1) / ${bins})`, as: "x" },
      { calculate: `-180 + ${step} * ((datum.k - 1) % ${bins})`, as: "y" },
      { calculate: `datum.x + ${step}`, as: "x2" },
      { calculate: `datum.y + ${step}`, as: "y2" },
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
        x: { field: "x", type: "quantitative", title: x, axis, scale },
        x2: { field: "x2" },
        y: { field: "y", type: "quantitative", title: y, axis, scale },
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
