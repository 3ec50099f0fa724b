/** One progress display for long work: a bar with rate, time left, named numbers and a live curve; plain lines in a terminal. */
import { appendFileSync } from "node:fs";
import { COLOURS, FAINT } from "./charts/style";
import { createOutput, inNotebook, type Output } from "./display";
import { createLiveCurve } from "./live-curve";
import { formatDuration, formatNumber } from "./numbers";

/** Numbers to show beside the bar; texts (already formatted) as they are. */
export type ProgressValues = Readonly<Record<string, number | string | null>>;

export interface ProgressOptions {
  readonly title: string;
  /** Steps in all. */
  readonly steps: number;
  /** Which of the values is drawn as a curve. */
  readonly curve?: string;
  /** Name and unit of the curve's axis; `curve` by default. */
  readonly curveLabel?: string;
  /** Where to draw; a place of its own by default. The displays of stages that follow each other may share one. */
  readonly output?: Output;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
  /** Takes a plain line; the terminal by default. */
  readonly print?: (line: string) => void;
}

export interface Progress {
  /** Call after every step, as often as you like: it draws rarely. */
  update(step: number, values?: ProgressValues): void;
  /** Draws the last state, with the time it took. */
  finish(note?: string): void;
}

/** A notebook follows five updates a second with ease; a log should stay readable. */
const DRAW_EVERY = 200;
const LINE_EVERY = 5000;

interface State {
  readonly title: string;
  readonly step: number;
  readonly steps: number;
  readonly values: ProgressValues;
  readonly seconds: number;
  /** What `finish` was told, or null while the work goes on. */
  readonly end: string | null;
}

/**
 * Opens a progress display. Plain lines also go to the file that the environment variable TABG_PROGRESS names, from
 * where `npm start` shows them while the notebook is executed.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { title, steps, curve, curveLabel = curve, output = createOutput() } = options;
  const { clock = () => performance.now() } = options;
  const { print = inNotebook() ? undefined : (line: string) => console.log(line) } = options;
  const live = curve === undefined ? null : createLiveCurve(curveLabel ?? "", steps);
  const start = clock();
  let drawn = -Infinity;
  let printed = start;
  let state: State = { title, step: 0, steps, values: {}, seconds: 0, end: null };
  const draw = (): void => {
    drawn = clock();
    if (inNotebook()) output.set({ "text/plain": plainLine(state), "text/html": html(state, live?.svg() ?? "") });
  };
  const writeLine = (): void => {
    printed = clock();
    print?.(plainLine(state));
    if (process.env.TABG_PROGRESS) appendFileSync(process.env.TABG_PROGRESS, plainLine(state) + "\n");
  };
  return {
    update(step, values = {}) {
      const now = clock();
      state = { ...state, step, values, seconds: (now - start) / 1e3 };
      const value = curve === undefined ? null : values[curve];
      if (typeof value === "number") live?.add(step, value);
      if (now - drawn >= DRAW_EVERY) draw();
      if (now - printed >= LINE_EVERY) writeLine();
    },
    finish(note = "done") {
      state = { ...state, seconds: (clock() - start) / 1e3, end: note };
      draw();
      writeLine();
    },
  };
}

const show = (value: number | string | null): string =>
  typeof value === "number" ? formatNumber(value) : (value ?? "–");

/** Step, speed and time, then the named numbers. */
function facts({ step, steps, values, seconds, end }: State): string[] {
  const rate = step / seconds;
  const time = end === null ? `${formatDuration((steps - step) / rate)} left` : `${end} in ${formatDuration(seconds)}`;
  return [
    `${formatNumber(step)}/${formatNumber(steps)}`,
    ...(step > 0 && seconds > 0 ? [`${formatNumber(rate < 10 ? rate : Math.round(rate))}/s`, time] : []),
    ...Object.entries(values).map(([name, value]) => `${name} ${show(value)}`),
  ];
}

const share = ({ step, steps }: State): number => Math.min(1, step / Math.max(1, steps));

function plainLine(state: State): string {
  return `${state.title}: ${Math.floor(100 * share(state))} %, ${facts(state).join(", ")}`;
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function html(state: State, curve: string): string {
  const colour = state.end === null ? COLOURS[0] : COLOURS[share(state) < 1 ? 1 : 2];
  const bar =
    `<div style="width:560px;max-width:100%;height:8px;background:#e4e4e4;border-radius:4px;margin:4px 0 6px">` +
    `<div style="width:${(100 * share(state)).toFixed(1)}%;height:8px;background:${colour};border-radius:4px"></div></div>`;
  const line = facts(state)
    .map((fact) => `<span style="margin-right:1.4em;white-space:nowrap">${escape(fact)}</span>`)
    .join("");
  return (
    `<div style="font-family:Arial,Helvetica,sans-serif;font-size:13px;font-variant-numeric:tabular-nums">` +
    `<b>${escape(state.title)}</b> <span style="color:${FAINT}">${Math.floor(100 * share(state))} %</span>` +
    `${bar}<div style="margin-bottom:6px">${line}</div></div>${curve}`
  );
}
