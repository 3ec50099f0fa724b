/** `tabg experiment`: one system, method, preset and seed, trained and evaluated. */
import { accessSync, constants, mkdirSync } from "node:fs";
import path from "node:path";
import { type Device, DEVICES } from "../engine/devices";
import { type Changes, type Value, withChanges } from "../experiments/change";
import {
  type Experiment,
  findExperiment,
  METHODS,
  type MethodName,
  type PresetName,
  PRESETS,
  type SystemName,
  SYSTEMS,
  withLadder,
} from "../experiments/presets";
import { interruptible } from "./interruptible";
import { summarise } from "./summary";
import { parseCommand, parseCount, parseSeed, requireOneOf, type Streams, UsageError } from "./usage";

/** What is to be run, and where its record goes. */
export interface ExperimentCall {
  readonly system: SystemName;
  readonly method: MethodName;
  readonly preset: PresetName;
  /** Another than the preset's. */
  readonly ladder?: readonly number[];
  readonly changes?: Changes;
  readonly seed: number;
  readonly device: Device;
  /** Default: all cores. */
  readonly threads?: number;
  /** Folder of the record. */
  readonly out: string;
  readonly resume: boolean;
}

/** The call that the arguments describe. */
export function parseExperiment(args: readonly string[]): ExperimentCall {
  const { positionals, options, flags, lists } = parseCommand("experiment", args, {
    positionals: ["SYSTEM", "METHOD"],
    options: ["preset", "ladder", "seed", "device", "threads", "out"],
    flags: ["resume"],
    lists: ["set"],
  });
  const system = requireOneOf("experiment", "system", positionals[0]!, SYSTEMS);
  const method = requireOneOf("experiment", "method", positionals[1]!, METHODS);
  const preset = requireOneOf("experiment", "preset", options.preset ?? "smoke", PRESETS);
  const experiment = findExperiment(system, method, preset);
  const ladder = options.ladder ? parseLadder(options.ladder, experiment) : null;
  const changes = lists.set ? parseChanges(lists.set, experiment) : null;
  const seed = parseSeed("experiment", options.seed);
  const device = requireOneOf("experiment", "device", options.device ?? "cpu", DEVICES);
  return {
    system,
    method,
    preset,
    ...(ladder && { ladder }),
    ...(changes && { changes }),
    seed,
    device,
    ...(options.threads && { threads: parseCount("experiment", "threads", options.threads) }),
    out:
      options.out ??
      path.join("runs", [system, method, preset, ...(ladder ?? []), ...(lists.set ?? []), seed].join("-")),
    resume: flags.includes("resume"),
  };
}

/** Temperatures apart by commas, which have to be a ladder for the experiment. */
function parseLadder(text: string, experiment: Experiment): readonly number[] {
  const parts = text.split(",");
  const wrong = parts.find((part) => part.trim() === "" || Number.isNaN(Number(part)));
  const reason = "experiment: invalid option --ladder";
  if (wrong !== undefined) {
    throw new UsageError(`${reason} (got "${wrong}" in ${text}), expected temperatures, for example 1200,600,300`);
  }
  const ladder = parts.map(Number);
  try {
    withLadder(experiment, ladder);
  } catch (cause) {
    throw new UsageError(`${reason} ${text}: ${(cause as Error).message}`, { cause });
  }
  return ladder;
}

/** 512, true, null, or numbers apart by commas. */
function parseValue(text: string): Value | undefined {
  const words: Readonly<Record<string, Value>> = { true: true, false: false, null: null };
  if (text in words) return words[text];
  const numbers = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (numbers.some(Number.isNaN)) return undefined;
  return numbers.length === 1 ? numbers[0]! : numbers;
}

/** Options that the experiment has, with values that they can have. */
function parseChanges(texts: readonly string[], experiment: Experiment): Changes {
  const entries = texts.map((text): [string, Value] => {
    const [, place, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const parsed = value === undefined ? undefined : parseValue(value);
    if (parsed !== undefined) return [place!, parsed];
    throw new UsageError(
      `experiment: invalid option --set (got ${text}), expected OPTION=VALUE with a number, numbers apart by commas, true, false or null, for example anneal.batch=512`,
    );
  });
  const changes = Object.fromEntries(entries);
  try {
    withChanges(experiment, changes);
  } catch (cause) {
    throw new UsageError(`experiment: invalid option --set: ${(cause as Error).message}`, { cause });
  }
  return changes;
}

/** Runs it, with progress as notes and the numbers of the record as result. Ctrl-C ends it with a checkpoint, from which `--resume` goes on. */
export async function experimentCommand(args: readonly string[], streams: Streams): Promise<number> {
  const call = parseExperiment(args);
  makeFolder(call.out); // before hours of training, not after
  const { runExperiment } = require("../experiments/call") as typeof import("../experiments/call");
  const record = await interruptible((signal) =>
    runExperiment({ ...call, signal, onProgress: (line: string) => streams.note(line) }),
  );
  if (record === null) {
    streams.note(`tabg: experiment: interrupted; the same call with --resume goes on from ${call.out}`);
    return 1;
  }
  for (const line of summarise(record)) streams.out(line);
  streams.out(`record    ${path.join(call.out, "record.json")}`);
  return 0;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new Error(
      `experiment: invalid option --out (got ${folder}), expected a folder to write to: ${(cause as Error).message}`,
      { cause },
    );
  }
}
