/** A run as plain data: what happened so far, the engine's state, and, once per rung, the samples that it is trained on. */
import type { EngineState } from "../engine/engine";
import { joinSamples, type Samples, samplesBetween } from "../target/samples";
import { ladderPath } from "../train/anneal";
import type { Path, Round, Training } from "../train/round";
import { densityOf, type Draw, type DrawDensity, drawsWithin } from "../train/reuse";
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
  /** Otherwise, if earlier draws are to be learned from again: their part, of which they are the last. */
  readonly past?: { readonly part: string; readonly draws: number } | null;
}

/** Rows of a block of stored samples: no array of a file is larger than what can be handled at once. */
const BLOCK = 2 ** 20;

/** Samples as they are stored; and of which draws they are, if any will be learned from again. */
export interface StoredSamples {
  readonly n: number;
  readonly dof: number;
  readonly blocks: readonly Samples[];
  readonly draws?: readonly DrawDensity[];
}

function splitSamples(samples: Samples, draws: readonly Draw[]): StoredSamples {
  const { n, dof } = samples;
  const count = Math.ceil(n / BLOCK);
  const blocks = Array.from({ length: count }, (_, k) =>
    samplesBetween(samples, k * BLOCK, Math.min(n, (k + 1) * BLOCK)),
  );
  if (draws.length === 0) return { n, dof, blocks };
  return { n, dof, blocks, draws: draws.map(densityOf) };
}

/** Where the annealing of a run stands, down a ladder or, after it, by trust regions; null if it has not begun. */
const roundOf = ({ stages: { anneal, trustRegion } }: Pick<Run, "stages">): Round | null => trustRegion ?? anneal;

/** Samples to be stored, and the newest draw among them: what is stored with it serves the rung, and after it those that learn from it again. */
export interface Part {
  readonly newest: Samples;
  store(): StoredSamples;
}

/** What a checkpoint needs beside its own file: the samples of the rung that is being trained on, or those of earlier ones; null for neither. */
export function partOf(run: Run): Part | null {
  const { work = null, past = [] } = roundOf(run) ?? {};
  if (work?.kind === "training") {
    const { rung, draws } = work;
    return { newest: draws.at(-1)?.samples ?? rung.samples, store: () => splitSamples(rung.samples, draws) };
  }
  const newest = past.at(-1)?.samples;
  return newest ? { newest, store: () => splitSamples(joinSamples(past.map(({ samples }) => samples)), past) } : null;
}

/** Has the run go on with the samples that were stored: all else of a rung follows from them. */
export function restorePart(
  run: Run,
  { blocks, draws: densities = [] }: StoredSamples,
  { training, past }: Pick<Stored, "training" | "past">,
): void {
  const { stages, experiment, setup } = run;
  const { anneal, trustRegion } = stages;
  const { model } = setup;
  const samples = joinSamples(blocks);
  const draws = drawsWithin(samples, densities);
  const withPart = <State extends Round>(
    state: State,
    path: Pick<Path<unknown>, "options" | "next" | "chains">,
  ): State => {
    if (!training) return { ...state, past: draws.slice(-past!.draws) };
    const { drawnRng, forward } = training;
    return { ...state, work: { ...prepareRound(model, path, samples, drawnRng, draws), forward } };
  };
  if (!trustRegion) stages.anneal = withPart(anneal!, ladderPath(model, experiment.anneal!, anneal!, spaceOf(setup)));
  else stages.trustRegion = withPart(trustRegion, trustPath(model, experiment.trustRegion!, trustRegion));
}

/** Target evaluations of a rung whose samples were not all there when it was stored: it begins again, and they are not counted twice. */
function lostWith(work: Round["work"]): number {
  if (work?.kind === "drawing") return work.probed + work.drawn;
  return work?.kind === "mixing" ? work.probed + work.draws.at(-1)!.samples.n : 0;
}

/** @param part the name of what `partOf` gave, once it is stored; null for nothing */
export function storeRun(run: Run, part: string | null): Stored {
  const { experiment, seed, setup, ...history } = run;
  const { engine } = setup.model;
  const { anneal, trustRegion } = history.stages;
  const without = { work: null, past: [] };
  const stages = {
    ...history.stages,
    anneal: anneal && { ...anneal, ...without },
    trustRegion: trustRegion && { ...trustRegion, ...without },
  };
  const { work = null, past = [] } = roundOf(run) ?? {};
  const { energies, gradients } = history.evaluations;
  const evaluations = { energies: energies - lostWith(work), gradients };
  return {
    kind: "run",
    experiment,
    seed,
    engineName: engine.name,
    engine: engine.state(),
    history: { ...history, stages, evaluations },
    training:
      work?.kind === "training" && part !== null ? { drawnRng: work.drawnRng, forward: work.forward, part } : null,
    past: past.length > 0 && part !== null ? { part, draws: past.length } : null,
  };
}
