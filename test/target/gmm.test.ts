import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { readNpyFloat64 } from "../../src/io/npy";
import { projectRoot } from "../../src/io/paths";
import { createRng } from "../../src/numerics/random";
import { createMixtureTarget, loadMixture, mixtureLogProb } from "../../src/target/gmm";
import { logDensity } from "../../src/target/target";
import { TOLERANCE } from "../tolerances";

// 1000 points, log_prob and its gradient by torch.distributions.MixtureSameFamily in float64.
const fixture = (name: string): Float64Array =>
  readNpyFloat64(path.join(projectRoot(), "test", "fixtures", "gmm", `${name}.npy`)).data;
const points = fixture("x");
const logProb = fixture("log_prob");
const gradLogProb = fixture("grad_log_prob");

const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(b));

test("log p and its gradient agree with the reference", () => {
  const mixture = loadMixture();
  const gradient = new Float64Array(2);
  logProb.forEach((expected, i) => {
    const value = mixtureLogProb(mixture, points[2 * i]!, points[2 * i + 1]!, gradient);
    assert.ok(relative(value, expected) < TOLERANCE.f64);
    assert.ok(relative(gradient[0]!, gradLogProb[2 * i]!) < TOLERANCE.f64);
    assert.ok(relative(gradient[1]!, gradLogProb[2 * i + 1]!) < TOLERANCE.f64);
  });
});

test("log p below -1e4 counts as no density, without a gradient", () => {
  const gradient = Float64Array.of(1, 1);
  assert.equal(mixtureLogProb(loadMixture(), 500, 500, gradient), -Infinity);
  assert.deepEqual([...gradient], [0, 0]);
});

test("x in [0, 1] stands for [-50, 50]: the density of x integrates to 1", async () => {
  const target = createMixtureTarget();
  const side = 500;
  const x = Float32Array.from({ length: 2 * side * side }, (_, i) => {
    const cell = Math.floor(i / 2);
    return ((i % 2 === 0 ? cell % side : Math.floor(cell / side)) + 0.5) / side;
  });
  const { energy, logDet } = await target.energies(x, side * side);
  const sum = energy.reduce((total, value, i) => total + Math.exp(logDensity(target, value, logDet[i]!, 1)), 0);
  // Single-precision x; the tails beyond the square hold less than 1e-8.
  assert.ok(Math.abs(sum / side ** 2 - 1) < TOLERANCE.f32);
  await target.close();
});

test("the gradient at a temperature is that of p^(1/T), by central differences", async () => {
  const target = createMixtureTarget();
  const rng = createRng(3);
  const n = 20;
  const x = Float32Array.from({ length: 2 * n }, () => rng.uniform());
  const mixture = loadMixture();
  const { gradient } = await target.gradients(x, n, 30);
  const at = (i: number, shift: number): number => {
    const point = [2 * Math.floor(i / 2), 2 * Math.floor(i / 2) + 1].map(
      (k) => 100 * (x[k]! + (k === i ? shift : 0)) - 50,
    );
    return mixtureLogProb(mixture, point[0]!, point[1]!, new Float64Array(2)) / 30;
  };
  gradient.forEach((value, i) => {
    const numeric = (at(i, 1e-6) - at(i, -1e-6)) / 2e-6;
    assert.ok(relative(value, numeric) < TOLERANCE.f32);
  });
});

test("evaluations with and without gradient are counted apart", async () => {
  const target = createMixtureTarget();
  assert.deepEqual(target.evaluations, { energies: 0, gradients: 0 });
  await target.energies(new Float32Array(20), 10);
  await target.gradients(new Float32Array(6), 3, 1);
  assert.deepEqual(target.evaluations, { energies: 10, gradients: 3 });
  assert.deepEqual(target.channels, ["bond", "bond"]);
});
