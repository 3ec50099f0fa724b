/** A curve that grows while training runs, as inline SVG: drawn a hundred times faster than a chart. */
import { curveRange } from "./charts/curve";
import { COLOURS, FAINT, INK } from "./charts/style";
import { formatNumber } from "./numbers";

const HEIGHT = 170;
const EDGE = { left: 56, right: 12, top: 8, bottom: 34 };
/** More points than pixels show nothing more: when there are this many, every other is dropped. */
const MOST = 400;

export interface CurveStyle {
  /** Name and unit of the axis. */
  readonly label: string;
  /** Powers of ten on the axis, for what changes by orders of magnitude. */
  readonly log?: boolean;
  /** px */
  readonly width?: number;
}

export interface LiveCurve {
  add(step: number, value: number): void;
  /** The curve up to now over the steps 0 to `steps`. */
  svg(): string;
}

/** A curve over `steps` steps. Values that are not finite, or not positive on an axis of powers, are left out. */
export function createLiveCurve({ label, log = false, width = 560 }: CurveStyle, steps: number): LiveCurve {
  let points: (readonly [step: number, value: number])[] = [];
  let stride = 1;
  let seen = 0;
  return {
    add(step, value) {
      const height = log ? Math.log10(value) : value;
      if (seen++ % stride !== 0 || !Number.isFinite(height)) return;
      points.push([step, height]);
      if (points.length < MOST) return;
      points = points.filter((_, i) => i % 2 === 0);
      stride *= 2;
    },
    svg: () => draw(points, { label, log, width }, steps),
  };
}

function draw(points: readonly (readonly [number, number])[], style: Required<CurveStyle>, steps: number): string {
  const { label, log, width } = style;
  const [low, high] = log ? powerRange(points) : curveRange(points.map(([, value]) => value));
  const inner = { width: width - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const x = (step: number): number => EDGE.left + (step / Math.max(1, steps)) * inner.width;
  // Far above the range the line is cut off beyond the upper edge, where it leaves the picture.
  const y = (value: number): number => EDGE.top + Math.max(-0.2, (high - value) / (high - low)) * inner.height;
  const line = points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const bottom = HEIGHT - EDGE.bottom;
  const right = width - EDGE.right;
  const levels = log ? powersBetween(low, high) : [0, 0.5, 1].map((share) => low + share * (high - low));
  const digits = Math.max(0, 1 - Math.floor(Math.log10(high - low)));
  const name = (level: number): string => (log ? formatNumber(10 ** level) : level.toFixed(digits));
  return [
    svgOpening(width, HEIGHT),
    ...levels.map((level) => {
      const py = y(level).toFixed(1);
      const rule = `<path d="M${EDGE.left},${py}H${right}" stroke="#ececec"/>`;
      return rule + svgText(EDGE.left - 8, y(level) + 4, "end", name(level));
    }),
    `<path d="M${EDGE.left},${EDGE.top}V${bottom}H${right}" fill="none" stroke="${FAINT}"/>`,
    svgText(EDGE.left, bottom + 15, "middle", "0"),
    svgText(right, bottom + 15, "end", formatNumber(steps)),
    svgText(EDGE.left + inner.width / 2, bottom + 28, "middle", "iteration"),
    `<text transform="translate(12 ${EDGE.top + inner.height / 2}) rotate(-90)" text-anchor="middle">${label}</text>`,
    `<polyline points="${line}" fill="none" stroke="${COLOURS[0]}" stroke-width="1.5" stroke-linejoin="round"/>`,
    "</svg>",
  ].join("");
}

/** The opening tag of a live picture, with the look that all share. */
export function svgOpening(width: number, height: number): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" style="background:white"` +
    ` font-family="Arial, Helvetica, sans-serif" font-size="11" fill="${INK}">`
  );
}

export function svgText(x: number, y: number, anchor: "start" | "middle" | "end", content: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}

/** Whole powers of ten around the curve. */
function powerRange(points: readonly (readonly [number, number])[]): [number, number] {
  const values = points.map(([, value]) => value);
  if (values.length === 0) return [0, 1];
  const low = Math.floor(Math.min(...values));
  return [low, Math.max(low + 1, Math.ceil(Math.max(...values)))];
}

/** The powers on the axis, at most five. */
function powersBetween(low: number, high: number): number[] {
  const apart = Math.ceil((high - low) / 4);
  return Array.from({ length: Math.floor((high - low) / apart) + 1 }, (_, k) => low + k * apart);
}
