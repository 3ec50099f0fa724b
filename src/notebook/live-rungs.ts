/** What annealing shows beside its curves, as inline SVG: the ESS of every rung so far, and the surface of the last one's samples. */
import { clipLogWeights, PAPER_CLIP } from "../evaluate/ess";
import { freeEnergy, ramachandran, RAMACHANDRAN_AXIS } from "../evaluate/ramachandran";
import type { Run } from "../experiments/run";
import type { Rung } from "../train/round";
import { viridis } from "./charts/colours";
import { rungNames, temperatureTitle } from "./charts/rungs";
import { COLOURS, FAINT } from "./charts/style";
import { svgOpening, svgText } from "./live-curve";
import { planeOf } from "./plane";

const HEIGHT = 170;
/** Coarser than a chart's: a hundred rungs of a hundred kB each would make a notebook heavy. */
const AXIS = { ...RAMACHANDRAN_AXIS, bins: 48 };
/** kT; as in the charts of the notebooks. */
const CUT = 11;
/** One path for the cells of a shade: a browser is slow with an element for each of two thousand cells. */
const SHADES = 64;

/** Bars of the ESS (0 to 1) per rung. */
export function liveEss(rungs: readonly { readonly temperature: number; readonly ess: number }[]): string {
  const temperatures = rungs.map((rung) => rung.temperature);
  const names = rungNames(temperatures);
  const step = Math.max(24, Math.min(44, 300 / Math.max(1, rungs.length)));
  const [left, top, bottom] = [44, 14, HEIGHT - 34];
  const width = left + step * Math.max(4, rungs.length) + 8;
  const y = (ess: number): number => bottom - ess * (bottom - top);
  const levels = [0, 0.5, 1].map(
    (level) =>
      `<path d="M${left},${y(level)}H${width - 8}" stroke="#ececec"/>` +
      svgText(left - 6, y(level) + 4, "end", String(100 * level)),
  );
  const bars = rungs.map(({ ess }, i) => {
    const middle = left + (i + 0.5) * step;
    const bar = `<rect x="${middle - 0.35 * step}" y="${y(ess).toFixed(1)}" width="${0.7 * step}" height="${(bottom - y(ess)).toFixed(1)}" fill="${COLOURS[0]}"/>`;
    return bar + svgText(middle, y(ess) - 3, "middle", String(Math.round(100 * ess))) + temperature(names[i]!, middle);
  });
  function temperature(name: string, middle: number): string {
    return step < 40 && rungs.length > 6 && name.length > 4 ? "" : svgText(middle, bottom + 14, "middle", name);
  }
  return [
    svgOpening(width, HEIGHT),
    ...levels,
    ...bars,
    svgText((left + width) / 2, bottom + 28, "middle", `buffer ESS (%), ${temperatureTitle(temperatures)}`),
    "</svg>",
  ].join("");
}

/** The free energy of a rung's weighted samples; nothing for a system without a plane to draw it in. */
export function liveSurface(
  run: Run,
  { samples, logWeights, to }: Pick<Rung, "samples" | "logWeights" | "to">,
): string {
  const plane = planeOf(run);
  if (!plane) return "";
  const [phi, psi] = plane.angles(samples);
  const weights = clipLogWeights(logWeights, PAPER_CLIP);
  if (!weights.some((weight) => weight > -Infinity)) return "";
  const energies = freeEnergy(ramachandran({ phi, psi }, { logWeights: weights, axis: AXIS }));
  const size = 3;
  const [left, top] = [44, 6];
  const side = size * AXIS.bins;
  const squares = Array.from({ length: SHADES }, () => "");
  energies.forEach((energy, k) => {
    if (!(energy <= CUT)) return;
    const [column, row] = [Math.floor(k / AXIS.bins), AXIS.bins - 1 - (k % AXIS.bins)];
    const shade = Math.min(SHADES - 1, Math.floor((SHADES * energy) / CUT));
    squares[shade] += `M${left + size * column},${top + size * row}h${size}v${size}h-${size}z`;
  });
  const cells = squares.map((d, shade) => (d ? `<path d="${d}" fill="${viridis((shade + 0.5) / SHADES)}"/>` : ""));
  return [
    svgOpening(left + side + 12, HEIGHT + 14),
    ...cells,
    `<path d="M${left},${top}h${side}v${side}h-${side}z" fill="none" stroke="${FAINT}"/>`,
    svgText(left - 4, top + 8, "end", plane.high),
    svgText(left - 4, top + side, "end", plane.low),
    svgText(left, top + side + 14, "middle", plane.low),
    svgText(left + side, top + side + 14, "middle", plane.high),
    svgText(left + side / 2, top + side + 14, "middle", plane.labels[0]),
    svgText(left - 12, top + side / 2, "end", plane.labels[1]),
    svgText(
      left + side / 2,
      top + side + 28,
      "middle",
      `${Number(to.toPrecision(4))}${run.setup.molecule ? " K" : ""}, reweighted`,
    ),
    "</svg>",
  ].join("");
}
