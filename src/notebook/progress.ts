/** One progress display for long work: a bar with rate, time left and named numbers, and live curves below; plain lines in a terminal. */
import { appendFileSync } from "node:fs";
import { COLOURS, FAINT } from "./charts/style";
import { createOutput, inNotebook, type Output } from "./display";
import { createLiveCurve, type CurveStyle } from "./live-curve";
import { formatDuration, formatNumber } from "./numbers";
import { createThrottle } from "./throttle";

/** Numbers to show beside the bar; texts (already formatted) as they are. */
export type ProgressValues = Readonly<Record<string, number | string | null>>;

export interface ProgressOptions {
  readonly title: string;
  /** Steps in all. */
  readonly steps: number;
  /** Which of the values are drawn as curves, and how. */
  readonly curves?: Readonly<Record<string, CurveStyle>>;
  /** Steps done before, in work that goes on after a stop; they count neither for the rate nor for the time. */
  readonly from?: number;
  /** More pictures beside the curves, as HTML. */
  readonly beside?: () => string;
  /** Where to draw; a place of its own by default. The displays of stages that follow each other may share one. */
  readonly place?: ProgressPlace;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
  /** Takes a plain line; the terminal by default. */
  readonly print?: (line: string) => void;
}

/** Where a display stands: its bar, and its pictures below. */
export interface ProgressPlace {
  readonly bar: Output;
  readonly pictures: Output;
}

export const createPlace = (): ProgressPlace => ({ bar: createOutput(), pictures: createOutput() });

export interface Progress {
  /** Call after every step, as often as you like: it draws rarely. Work that finds its end on the way says how many steps it knows of by now. */
  update(step: number, values?: ProgressValues, steps?: number): void;
  /** Draws the last state, with the time it took. */
  finish(note?: string): void;
}

/** Milliseconds: with its way to the screen, what is shown is at most half a second old. The browser draws on the cores that train (`npm run bench:lab`). */
const DRAW_WITHIN = 475;
/** Pictures cost the browser ten times as much: every second at first, in long work, where a curve has moved by ten pixels then, every tenth. */
const picturesEvery = (elapsed: number): number => Math.min(10_000, Math.max(1000, elapsed / 5));
/** A log should stay readable. */
const LINE_EVERY = 5000;

interface State {
  readonly title: string;
  readonly step: number;
  readonly steps: number;
  readonly from: number;
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
  const { title, steps, curves = {}, from = 0, beside = () => "", place = createPlace() } = options;
  const { clock = () => performance.now() } = options;
  const { print = inNotebook() ? undefined : (line: string) => console.log(line) } = options;
  const live = Object.entries(curves).map(([name, style]) => ({ name, curve: createLiveCurve(style, steps) }));
  const start = clock();
  const isDue = createThrottle(DRAW_WITHIN);
  // The first picture has some points to show.
  let pictured = start + 2 * DRAW_WITHIN - picturesEvery(0);
  let printed = start;
  let state: State = { title, step: from, steps, from, values: {}, seconds: 0, end: null };
  const draw = (): void => {
    if (!inNotebook()) return;
    const now = clock();
    place.bar.set({ "text/plain": plainLine(state), "text/html": barHtml(state) });
    if (now - pictured < picturesEvery(now - start) && state.end === null) return;
    pictured = now;
    const pictures = live.map(({ curve }) => curve.svg()).join("") + beside();
    if (pictures) place.pictures.set({ "text/plain": "", "text/html": picturesHtml(pictures) });
  };
  const writeLine = (): void => {
    printed = clock();
    print?.(plainLine(state));
    const log = process.env.TABG_PROGRESS;
    if (log) appendQuietly(log, plainLine(state) + "\n");
  };
  return {
    update(step, values = {}, known = state.steps) {
      const now = clock();
      state = { ...state, step, steps: known, values, seconds: (now - start) / 1e3 };
      for (const { name, curve } of live) if (typeof values[name] === "number") curve.add(step, values[name]);
      if (isDue(now)) draw();
      if (now - printed >= LINE_EVERY) writeLine();
    },
    finish(note = "done") {
      state = { ...state, seconds: (clock() - start) / 1e3, end: note };
      draw();
      writeLine();
    },
  };
}

/** A log that cannot be written is no reason to end what it tells of. */
function appendQuietly(file: string, line: string): void {
  try {
    appendFileSync(file, line);
  } catch {
    // The display says the same.
  }
}

const show = (value: number | string | null): string =>
  typeof value === "number" ? formatNumber(value) : (value ?? "–");

/** Step, speed and time, then the named numbers. */
function facts({ step, steps, from, values, seconds, end }: State): string[] {
  const rate = (step - from) / seconds;
  const time = end === null ? `${formatDuration((steps - step) / rate)} left` : `${end} in ${formatDuration(seconds)}`;
  return [
    `${formatNumber(step)}/${formatNumber(steps)}`,
    ...(step > from && seconds > 0 ? [`${formatNumber(rate < 10 ? rate : Math.round(rate))}/s`, time] : []),
    ...Object.entries(values).map(([name, value]) => `${name} ${show(value)}`),
  ];
}

const share = ({ step, steps }: State): number => Math.min(1, step / Math.max(1, steps));

function plainLine(state: State): string {
  return `${state.title}: ${Math.floor(100 * share(state))} %, ${facts(state).join(", ")}`;
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const picturesHtml = (pictures: string): string => `<div style="display:flex;flex-wrap:wrap;gap:4px">${pictures}</div>`;

function barHtml(state: State): string {
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
    `${bar}<div style="margin-bottom:6px">${line}</div></div>`
  );
}
