/** A run as plain data: what happened so far, the engine's state, and, once per rung, the samples that it is trained on. */
import type { EngineState } from "../engine/engine";
import { type Samples, samplesBetween } from "../target/samples";
import { ladderPath } from "../train/anneal";
import type { Path, Round, Training } from "../train/round";
import { prepareRound } from "../train/step-round";
import { trustPath } from "../train/trust-region";
import type { Experiment } from "./experiment";
import { spaceOf } from "./ground";
import type { History, Run } from "./run";

/** What a checkpoint holds; plain data. */
export interface Stored {
  readonly kind: "run";
  readonly experiment: Experiment;
  readonly seed: number;
  /** The engine's name: equal ones go on to equal bits. */
  readonly engineName: string;
  readonly engine: EngineState;
  readonly history: History;
  /** The rung under way, if it is being trained on: its samples are a part of their own, its buffer follows from them. */
  readonly training: (Pick<Training, "drawnRng" | "forward"> & { readonly part: string }) | null;
}

/** Rows of a block of stored samples: no array of a file is larger than what can be handled at once. */
const BLOCK = 2 ** 20;

/** Samples as they are stored. */
export interface StoredSamples {
  readonly n: number;
  readonly dof: number;
  readonly blocks: readonly Samples[];
}

export function splitSamples(samples: Samples): StoredSamples {
  const { n, dof } = samples;
  const count = Math.ceil(n / BLOCK);
  const blocks = Array.from({ length: count }, (_, k) =>
    samplesBetween(samples, k * BLOCK, Math.min(n, (k + 1) * BLOCK)),
  );
  return { n, dof, blocks };
}

/** The rung under way, of whichever path; null between rungs. */
export function workOf({ stages: { anneal, trustRegion } }: Pick<Run, "stages">): Round["work"] {
  return (anneal ?? trustRegion)?.work ?? null;
}

/** Has the run go on with the rung whose samples were stored: all else of it follows from them. */
export function restoreWork(
  run: Run,
  samples: Samples,
  { drawnRng, forward }: Pick<Training, "drawnRng" | "forward">,
): void {
  const { stages, experiment, setup } = run;
  const { anneal, trustRegion } = stages;
  const { model } = setup;
  const prepare = (path: Pick<Path<unknown>, "options" | "next" | "chains">): Training => ({
    ...prepareRound(model, path, samples, drawnRng),
    forward,
  });
  if (anneal)
    stages.anneal = { ...anneal, work: prepare(ladderPath(model, experiment.anneal!, anneal, spaceOf(setup))) };
  if (trustRegion) {
    stages.trustRegion = { ...trustRegion, work: prepare(trustPath(model, experiment.trustRegion!, trustRegion)) };
  }
}

export function storeRun(run: Run, part: string | null): Stored {
  const { experiment, seed, setup, ...history } = run;
  const { engine } = setup.model;
  const { anneal, trustRegion } = history.stages;
  const work = workOf(run);
  const without = {
    anneal: anneal && { ...anneal, work: null },
    trustRegion: trustRegion && { ...trustRegion, work: null },
  };
  const stages = { ...history.stages, ...without };
  // A rung whose samples are not all drawn begins again: what was drawn for it is not counted twice.
  const { energies, gradients } = history.evaluations;
  const evaluations = { energies: energies - (work?.kind === "drawing" ? work.drawn : 0), gradients };
  return {
    kind: "run",
    experiment,
    seed,
    engineName: engine.name,
    engine: engine.state(),
    history: { ...history, stages, evaluations },
    training:
      work?.kind === "training" && part !== null ? { drawnRng: work.drawnRng, forward: work.forward, part } : null,
  };
}
