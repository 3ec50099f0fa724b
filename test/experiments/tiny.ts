/** Every method of the mixture at a size of seconds, and what of a record must come out again. */
import { type Experiment, findExperiment } from "../../src/experiments/presets";
import type { RunRecord } from "../../src/io/record";

const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 };
export const CALL = { seed: 3, threads: 1 };

/** Every method at a size of seconds. */
export function tiny(method: string): Experiment {
  const { reverseKl, hotChains, anneal, forwardKl, fab, trustRegion, ...experiment } = findExperiment(
    "gmm",
    method,
    "smoke",
  );
  const few = { batch: 32, iterations: 12 };
  const chains = hotChains && {
    ...hotChains,
    walkers: 20,
    exchange: { hottest: 40, levels: 2, walkers: 10, rounds: [2], sweeps: 3 },
    rounds: [2, 2],
    memory: 3,
    iterationsPerSweep: 4,
    alpha: 1.5,
  };
  return {
    ...experiment,
    flow: {
      ...flow,
      ...(experiment.flow.temperatures && { temperatures: [25, 30] }),
      ...(hotChains && { steered: 30 }),
    },
    reverseKl: reverseKl && { ...reverseKl, ...few },
    hotChains: chains && { ...chains, ...few },
    // The samples of a rung come in two draws, and a refinement differs from a step down.
    anneal: anneal && {
      ...anneal,
      ...few,
      ladder: [30, 25, 25],
      samples: 150,
      maxSamples: 300,
      effective: 1e9,
      buffer: 200,
      refinement: { iterations: 5, chains: null },
      ending: { rungs: 1, iterations: 5 },
      chains: chains && { ...chains, essBelow: 1 },
      // Of a steered flow: probes find the temperature.
      ...(hotChains && { stepEss: 0.5 }),
      essFloor: 0,
    },
    pathKl: anneal && { ...anneal, ...few, temperature: 25, maxWeight: 5 },
    forwardKl: forwardKl && { ...forwardKl, ...few, samples: 100 },
    fab: fab && { ...fab, ...few, iterations: 20, updates: 8, leastBatches: 9, mostBatches: 10 },
    // Three rounds at most, of which the last ones are refinements if the bounds allow the target at once.
    trustRegion: trustRegion && {
      ...trustRegion,
      ...few,
      samples: 150,
      maxSamples: 300,
      effective: 1e9,
      buffer: 200,
      refinement: { iterations: 5 },
      bounds: { kl: 1, entropy: 1 },
      maxRounds: 3,
    },
    evaluationSamples: 200,
  };
}

/** Times apart, which are never the same. */
export function numbers(record: RunRecord): unknown {
  return JSON.parse(JSON.stringify(record, (key, value: unknown) => (/seconds$/i.test(key) ? null : value)));
}
