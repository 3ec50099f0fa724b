/** A run that is to be disturbed, in a process of its own: begins it in the folder that it is given, or goes on with it. SIGUSR2 ends one of its worker threads. */
import type { Worker } from "node:worker_threads";
import { runToRecord } from "../../src/experiments/call";
import { type Experiment, findExperiment } from "../../src/experiments/presets";
import { listCheckpoints } from "../../src/io/checkpoint-series";

/** Alanine dipeptide in half a minute: every stage, two draws per rung, a refinement. */
function tinyMolecule(): Experiment {
  const { reverseKl, anneal, ...experiment } = findExperiment("aldp", "ta-bg", "smoke");
  const few = { batch: 256, iterations: 150 };
  return {
    ...experiment,
    reverseKl: { ...reverseKl!, ...few },
    anneal: {
      ...anneal!,
      ...few,
      ladder: [1200, 1000, 800, 800],
      samples: 8000,
      maxSamples: 16_000,
      effective: 1e9,
      buffer: 8000,
      refinement: null,
      essFloor: 0,
    },
    evaluationSamples: 4000,
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
