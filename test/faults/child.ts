/** A run that is to be disturbed, in a process of its own: begins it in the folder that it is given, or goes on with it. SIGUSR2 ends one of its worker threads. */
import type { Worker } from "node:worker_threads";
import { ONE_DRAW } from "../../src/experiments/settings-common";
import { runToRecord } from "../../src/experiments/call";
import { type Experiment, findExperiment } from "../../src/experiments/presets";
import { listCheckpoints } from "../../src/io/checkpoint-series";

/** Alanine dipeptide in seconds: every stage, two draws per rung, a refinement. */
function tinyMolecule(): Experiment {
  const { reverseKl, anneal, ...experiment } = findExperiment("aldp", "ta-bg", "smoke");
  const few = { batch: 128, iterations: 60 };
  return {
    ...experiment,
    reverseKl: { ...reverseKl!, ...few, drop: { first: 64, last: 4, iterations: 40 } },
    anneal: {
      ...anneal!,
      ...few,
      ...ONE_DRAW,
      ladder: [1200, 1000, 800, 800],
      samples: 2000,
      maxSamples: 4000,
      effective: 1e9,
      buffer: 2000,
      essFloor: 0,
    },
    evaluationSamples: 2000,
  };
}

const workers: Worker[] = [];
process.on("worker", (worker) => workers.push(worker));

const [preset, seed, out, every, share] = process.argv.slice(2) as [string, string, string, string, string];
process.on("SIGUSR2", () => void workers[Math.floor(Number(share) * workers.length)]!.terminate());
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());

const call = { seed: Number(seed), out, resume: listCheckpoints(out).length > 0, checkpointEvery: Number(every) };
const experiment = preset === "tiny" ? tinyMolecule() : findExperiment("aldp", "ta-bg", preset);
runToRecord(experiment, { ...call, signal: stop.signal, onProgress: (line) => console.log(line) }).catch(
  (error: unknown) => {
    console.log((error as Error).message);
    process.exitCode = 1;
  },
);
