/**
 * One annealing step of alanine dipeptide at the paper's size, training shortened: seconds per phase and peak memory.
 * `npx tsc -p test/tsconfig.json && node .build/test/bench/annealing-step.js [samples] [buffer]`
 */
import { availableParallelism, cpus } from "node:os";
import { clipLogWeights, reverseEss } from "../../src/evaluate/ess";
import { findExperiment } from "../../src/experiments/presets";
import { createRng } from "../../src/numerics/random";
import { resampleSystematic } from "../../src/numerics/resample";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { logWeights } from "../../src/target/samples";
import { initForwardKl, stepForwardKl } from "../../src/train/forward-kl";
import { createModel, sampleFlow } from "../../src/train/model";

const ITERATIONS = 50;
/** 1200 K to the paper's next temperature. */
const TEMPERATURE = 1028.69;

const peak = (): string => `${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)} GiB`;

async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  console.log(`${name}: ${((performance.now() - start) / 1e3).toFixed(2)} s, peak so far ${peak()}`);
  return result;
}

async function step(samples: number, buffer: number): Promise<void> {
  const { flow, anneal } = findExperiment("aldp", "ta-bg", "smoke");
  const options = { ...anneal!, iterations: ITERATIONS };
  const target = createTarget(loadSystem("aldp"));
  const model = createModel(target, { flow, seed: 1 });
  const rng = createRng(1);
  console.log(`${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} threads, ${model.engine.name}`);
  console.log(`${samples} samples of ${target.dof} dofs, ${buffer} of them resampled`);
  await timed("start", () => sampleFlow(model, 1024, createRng(0)));
  const start = performance.now(); // of the step; before it, programs were compiled
  const drawn = await timed("fill", () => sampleFlow(model, samples, rng));
  const weights = await timed("weight", () => clipLogWeights(logWeights(target, drawn, TEMPERATURE), options.clip));
  await timed("ESS", () => reverseEss(weights));
  const picks = await timed("resample", () => resampleSystematic(weights, buffer, rng));
  await timed(`train, ${ITERATIONS} iterations of ${options.batch}`, async () => {
    let state = initForwardKl(rng.state());
    while (state.iteration < ITERATIONS) {
      [state] = await stepForwardKl(model, { x: drawn.x, dof: drawn.dof, picks }, options, state);
    }
  });
  console.log(`the step: ${((performance.now() - start) / 1e3).toFixed(1)} s, peak ${peak()}`);
  await model.engine.close();
  await target.close();
}

void step(Number(process.argv[2] ?? 5_000_000), Number(process.argv[3] ?? 2_000_000));
