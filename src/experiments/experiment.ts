/** Experiments as values: every run is one system, method, preset and seed. */
import type { FlowOptions } from "../flow/spec";
import type { AnnealOptions } from "../train/anneal";
import type { ReverseKlOptions } from "../train/reverse-kl";

export const SYSTEMS = ["gmm", "aldp", "tetra", "hexa"] as const;
export type SystemName = (typeof SYSTEMS)[number];
export const METHODS = ["ta-bg", "reverse-kl"] as const;
export type MethodName = (typeof METHODS)[number];
/** smoke: minutes, for CI and a first look; laptop: two cores, good figures; paper: the published setting. */
export const PRESETS = ["smoke", "laptop", "paper"] as const;
export type PresetName = (typeof PRESETS)[number];

/** Everything that a run depends on but its seed. JSON-serialisable; change a copy and run it. */
export interface Experiment {
  /** One of `SYSTEMS`, or the name of the molecule that `startRun` is given. */
  readonly system: string;
  readonly method: MethodName;
  readonly preset: PresetName | "custom";
  readonly flow: FlowOptions;
  readonly reverseKl: ReverseKlOptions;
  /** null: reverse KL alone. */
  readonly anneal: AnnealOptions | null;
  /** Samples of the final evaluation; not training. */
  readonly evaluationSamples: number;
}

/** What an experiment is beside its name. */
export type Settings = Pick<Experiment, "flow" | "reverseKl" | "anneal" | "evaluationSamples">;
