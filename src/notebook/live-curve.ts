/** A curve that grows while training runs, as inline SVG: drawn a hundred times faster than a chart. */
import { curveRange } from "./charts/curve";
import { COLOURS, FAINT, INK } from "./charts/style";
import { formatNumber } from "./numbers";

const WIDTH = 560;
const HEIGHT = 170;
const EDGE = { left: 64, right: 12, top: 8, bottom: 34 };
/** More points than pixels show nothing more: when there are this many, every other is dropped. */
const MOST = 800;

export interface LiveCurve {
  add(step: number, value: number): void;
  /** The curve up to now over the steps 0 to `steps`. */
  svg(): string;
}

/** A curve of `label` over `steps` steps. */
export function createLiveCurve(label: string, steps: number): LiveCurve {
  let points: (readonly [step: number, value: number])[] = [];
  let stride = 1;
  let seen = 0;
  return {
    add(step, value) {
      if (seen++ % stride !== 0 || !Number.isFinite(value)) return;
      points.push([step, value]);
      if (points.length < MOST) return;
      points = points.filter((_, i) => i % 2 === 0);
      stride *= 2;
    },
    svg: () => draw(points, label, steps),
  };
}

function draw(points: readonly (readonly [number, number])[], label: string, steps: number): string {
  const [low, high] = curveRange(points.map(([, value]) => value));
  const inner = { width: WIDTH - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const x = (step: number): number => EDGE.left + (step / Math.max(1, steps)) * inner.width;
  // Far above the range the line is cut off beyond the upper edge, where it leaves the picture.
  const y = (value: number): number => EDGE.top + Math.max(-0.2, (high - value) / (high - low)) * inner.height;
  const line = points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const bottom = HEIGHT - EDGE.bottom;
  const right = WIDTH - EDGE.right;
  const levels = [0, 0.5, 1].map((share) => low + share * (high - low));
  const digits = Math.max(0, 1 - Math.floor(Math.log10(high - low)));
  const text = (px: number, py: number, anchor: string, content: string): string =>
    `<text x="${px}" y="${py}" text-anchor="${anchor}">${content}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" style="background:white;display:block"`,
    ` font-family="Arial, Helvetica, sans-serif" font-size="11" fill="${INK}">`,
    ...levels.map((level) => {
      const py = y(level).toFixed(1);
      const rule = `<path d="M${EDGE.left},${py}H${right}" stroke="#ececec"/>`;
      return rule + text(EDGE.left - 8, y(level) + 4, "end", level.toFixed(digits));
    }),
    `<path d="M${EDGE.left},${EDGE.top}V${bottom}H${right}" fill="none" stroke="${FAINT}"/>`,
    text(EDGE.left, bottom + 15, "middle", "0"),
    text(right, bottom + 15, "end", formatNumber(steps)),
    text(EDGE.left + inner.width / 2, bottom + 28, "middle", "iteration"),
    `<text transform="translate(12 ${EDGE.top + inner.height / 2}) rotate(-90)" text-anchor="middle">${label}</text>`,
    `<polyline points="${line}" fill="none" stroke="${COLOURS[0]}" stroke-width="1.5" stroke-linejoin="round"/>`,
    "</svg>",
  ].join("");
}
