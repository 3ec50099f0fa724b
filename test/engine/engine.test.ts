import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Worker } from "node:worker_threads";
import { createEagerEngine } from "../../src/engine/eager";
import type { Engine, Supply } from "../../src/engine/engine";
import { createOnnxEngine } from "../../src/engine/onnx";
import { initParameters, parameterShapes } from "../../src/flow/parameters";
import { samplePrior } from "../../src/flow/prior";
import type { Channel } from "../../src/coords/spec";
import { createFlowSpec } from "../../src/flow/spec";
import { createRng } from "../../src/numerics/random";
import { flowPrograms } from "../../src/train/programs";
import { TOLERANCE } from "../tolerances";

const KINDS: Channel[] = ["bond", "bond", "bond", "angle", "angle", "torsion", "torsion", "torsion"];
const spec = createFlowSpec(KINDS, { couplings: 4, hidden: 16, layers: 2, bins: 8, seed: 1 });
const rng = createRng(3);
const options = {
  parameters: initParameters(spec, rng).map((v) => v + 0.1 * rng.normal()),
  tensors: parameterShapes(spec),
};
const programs = flowPrograms(spec);
const N = 32;
const z = samplePrior(spec, N, rng);
const weight = new Float32Array(N).fill(1 / N);
const g = Float32Array.from({ length: N * spec.dof }, () => rng.normal());

let onnx: Engine;
let eager: Engine;
before(() => {
  onnx = createOnnxEngine({ ...options, threads: 2 });
  eager = createEagerEngine(options, { backendName: "cpu", label: "TensorFlow.js (cpu)" });
});
after(() => onnx.close());

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const scale = Math.max(...Array.from(b, Math.abs));
  return Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!))) / scale;
}

test("ONNX Runtime and TensorFlow.js give the same samples and densities", async () => {
  const a = await onnx.evaluate(programs.sample, { z }, N);
  const b = await eager.evaluate(programs.sample, { z }, N);
  assert.ok(difference(a.x!, b.x!) < TOLERANCE.f32);
  assert.ok(difference(a.logQ!, b.logQ!) < TOLERANCE.f32);
  const { logQ } = await onnx.evaluate(programs.logProb, { x: a.x! }, N);
  assert.ok(difference(logQ!, (await eager.evaluate(programs.logProb, { x: a.x! }, N)).logQ!) < TOLERANCE.f32);
});

test("both give the same gradients of log q with respect to x, which equal central differences", async () => {
  const { x } = await onnx.evaluate(programs.sample, { z }, N);
  const ours = await onnx.evaluate(programs.logProbSlope, { x: x! }, N);
  const theirs = await eager.evaluate(programs.logProbSlope, { x: x! }, N);
  assert.ok(difference(ours.slope!, theirs.slope!) < TOLERANCE.f32);
  assert.deepEqual(ours.logQ, (await onnx.evaluate(programs.logProb, { x: x! }, N)).logQ);
  const h = 1e-3;
  const along = async (step: number): Promise<Float32Array> => {
    const moved = x!.map((v, k) => v + step * Math.sin(k));
    return (await onnx.evaluate(programs.logProb, { x: moved }, N)).logQ!;
  };
  const [up, down] = [await along(h), await along(-h)];
  const errors = Array.from({ length: N }, (_, i) => {
    let slope = 0;
    for (let k = i * spec.dof; k < (i + 1) * spec.dof; k++) slope += ours.slope![k]! * Math.sin(k);
    return Math.abs((up[i]! - down[i]!) / (2 * h) - slope) / (1 + Math.abs(slope));
  });
  // log q has kinks in its slope at the knots of splines, and single precision: most rows agree closely, none is far off.
  assert.ok(errors.sort((a, b) => a - b)[Math.floor(0.8 * N)]! < 0.02, errors.join());
});

const supply: Supply = () => Promise.resolve({ g, weight });

test("both give the same losses and gradients, which equal central differences", async () => {
  const { x } = await onnx.evaluate(programs.sample, { z }, N);
  for (const [program, inputs, late] of [
    [programs.forwardKl, { x: x!, weight }],
    [programs.reverseKl, { z }, supply],
  ] as const) {
    const losses = [await onnx.gradient(program, inputs, N, late), await eager.gradient(program, inputs, N, late)];
    assert.ok(difference([losses[0]!], [losses[1]!]) < TOLERANCE.f32);
    const gradient = await onnx.lastGradient();
    const apart = difference(gradient, await eager.lastGradient());
    assert.ok(apart < TOLERANCE.f32, `${program.name}: ${apart}`);
    // Along a random direction: one number that every entry of the gradient enters.
    const state = onnx.state();
    const direction = Float32Array.from(gradient, (v) => v + 0.1 * createRng(7).normal() * Math.abs(v));
    const norm = Math.hypot(...direction);
    const h = 3e-3;
    const at = async (step: number): Promise<number> => {
      onnx.restore({ ...state, parameters: state.parameters.map((v, i) => v + (step * direction[i]!) / norm) });
      return onnx.gradient(program, inputs, N, late);
    };
    const numeric = ((await at(h)) - (await at(-h))) / (2 * h);
    const analytic = gradient.reduce((sum, v, i) => sum + (v * direction[i]!) / norm, 0);
    onnx.restore(state);
    assert.ok(
      Math.abs(numeric - analytic) < 1e-2 * Math.abs(analytic),
      `${program.name}: ${analytic} against ${numeric}`,
    );
  }
});

test("the outputs that late inputs are made from are those of sampling", async () => {
  const sampled = await onnx.evaluate(programs.sample, { z }, N);
  for (const engine of [onnx, eager]) {
    await engine.gradient(programs.reverseKl, { z }, N, async ({ x, logQ }) => {
      assert.ok(difference(x!, sampled.x!) < TOLERANCE.f32);
      assert.ok(difference(logQ!, sampled.logQ!) < TOLERANCE.f32);
      return { g, weight };
    });
    assert.ok(Number.isNaN(await engine.gradient(programs.reverseKl, { z }, N, () => Promise.resolve(null))));
  }
});

test("any number of rows has the gradient of its rows: one, odd ones, several chunks per thread", async () => {
  for (const n of [1, 31, 2300]) {
    const x = (await onnx.evaluate(programs.sample, { z: samplePrior(spec, n, createRng(n)) }, n)).x!;
    const inputs = { x, weight: new Float32Array(n).fill(1 / n) };
    const losses = [
      await onnx.gradient(programs.forwardKl, inputs, n),
      await eager.gradient(programs.forwardKl, inputs, n),
    ];
    assert.ok(difference([losses[0]!], [losses[1]!]) < TOLERANCE.f32, `${n} rows`);
    const apart = difference(await onnx.lastGradient(), await eager.lastGradient());
    assert.ok(apart < TOLERANCE.f32, `${n} rows: ${apart}`);
    const { gradientNorm } = await onnx.update({ learningRate: 0 });
    assert.ok(Math.abs(gradientNorm / Math.hypot(...(await eager.lastGradient())) - 1) < TOLERANCE.f32, `${n} rows`);
  }
});

test("chunks and threads do not change an evaluation", async () => {
  const single = createOnnxEngine({ ...options, threads: 1 });
  const many = samplePrior(spec, 1300, createRng(9));
  const [a, b] = [
    await onnx.evaluate(programs.sample, { z: many }, 1300),
    await single.evaluate(programs.sample, { z: many }, 1300),
  ];
  assert.ok(difference(a.x!, b.x!) < TOLERANCE.f32);
  assert.ok(difference(a.logQ!, b.logQ!) < TOLERANCE.f32);
  await single.close();
});

test("equal seeds, engine and threads give equal bits", async () => {
  const run = async (): Promise<Float32Array> => {
    const engine = createOnnxEngine({ ...options, threads: 2 });
    for (let i = 0; i < 5; i++) {
      await engine.gradient(programs.reverseKl, { z }, N, supply);
      await engine.update({ learningRate: 1e-2, clipNorm: 1 });
    }
    const { parameters } = engine.state();
    await engine.close();
    return parameters;
  };
  assert.deepEqual(await run(), await run());
});

test("a gradient that is not finite changes nothing and says so", async () => {
  const { parameters } = onnx.state();
  const late = { g: g.map(() => NaN), weight };
  await onnx.gradient(programs.reverseKl, { z }, N, () => Promise.resolve(late));
  const { applied } = await onnx.update({ learningRate: 1 });
  assert.equal(applied, false);
  assert.deepEqual(onnx.state().parameters, parameters);
});

test("an engine one of whose workers died has no state to be stored, and says why", async () => {
  const workers: Worker[] = [];
  const onWorker = (worker: Worker): void => void workers.push(worker);
  process.on("worker", onWorker);
  const engine = createOnnxEngine({ ...options, threads: 2 });
  await engine.gradient(programs.reverseKl, { z }, N, supply);
  process.removeListener("worker", onWorker);
  const update = assert.rejects(engine.update({ learningRate: 1 }), /engine\/onnx-worker 1: died/);
  await workers[1]!.terminate();
  await update;
  assert.throws(() => engine.state(), /engine\/onnx-worker 1: died \(exit code 1\); go on from the last checkpoint/);
  await engine.close();
});

test("a missing input is refused", async () => {
  await assert.rejects(onnx.evaluate(programs.sample, {}, 4), /missing input "z"/);
  await assert.rejects(
    onnx.gradient(programs.reverseKl, { z }, N, () => Promise.resolve({ weight })),
    /missing input "g"/,
  );
});
