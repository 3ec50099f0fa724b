import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { BOLTZMANN } from "../../src/numerics/constants";
import { createRng } from "../../src/numerics/random";
import { createMolecularKernel } from "../../src/target/molecular-kernel";
import { createPoint } from "../../src/target/kernel";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { countInvalid } from "../../src/target/samples";
import { logDensity, type Target } from "../../src/target/target";
import { relativeDistance } from "../coords/compare";
import { TOLERANCE } from "../tolerances";

const aldp = loadSystem("aldp");
const DOF = 60;

/** Like a broad flow: bonds and angles near the middle, torsions anywhere. Some clash. */
function proposals(n: number, seed = 1): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: n * DOF }, (_, i) => (i % DOF < 41 ? 0.5 + 0.1 * rng.normal() : rng.uniform()));
}

async function withTarget(threads: number, use: (target: Target) => Promise<void>): Promise<void> {
  const target = createTarget(aldp, { threads });
  try {
    await use(target);
  } finally {
    await target.close();
  }
}

test("0, 1 and 2 threads give the same bits, whatever the batch", async () => {
  const answers: unknown[][] = [];
  for (const threads of [0, 1, 2]) {
    await withTarget(threads, async (target) => {
      const answer: unknown[] = [];
      for (const n of [0, 1, 2, 7]) {
        answer.push(
          await target.energies(proposals(n), n),
          await target.gradients(proposals(n), n, 300),
          await target.slopes(Float64Array.from(proposals(n)), n),
        );
      }
      answers.push(answer);
    });
  }
  assert.deepEqual(answers[1], answers[0]);
  assert.deepEqual(answers[2], answers[0]);
});

test("a batch gives the bits of a loop, and gradients the energies of energies", () =>
  withTarget(2, async (target) => {
    const x = proposals(5);
    const batch = await target.gradients(x, 5, 300);
    const { energy, logDet } = await target.energies(x, 5);
    assert.deepEqual([energy, logDet], [batch.energy, batch.logDet]);
    for (let i = 0; i < 5; i++) {
      const one = await target.gradients(x.slice(i * DOF, (i + 1) * DOF), 1, 300);
      assert.deepEqual([one.energy[0], one.logDet[0]], [batch.energy[i], batch.logDet[i]]);
      assert.deepEqual(one.gradient, batch.gradient.slice(i * DOF, (i + 1) * DOF));
    }
  }));

test("the gradient is that of the regularised log-density, at clashes as well", () =>
  withTarget(0, async (target) => {
    const n = 30;
    const x = proposals(n);
    const { energy, gradient } = await target.gradients(x, n, 300);
    assert.ok(
      energy.some((value) => value > 1e8 * BOLTZMANN * 300),
      "a clash above the linear range is among them",
    );
    assert.ok(
      energy.some((value) => value < 1e4),
      "and a structure without one",
    );
    const kernel = createMolecularKernel(aldp);
    const point = createPoint(DOF);
    const density = (at: Float64Array): number => {
      kernel.evaluate(at, 0, [point], false);
      return logDensity(target, point.energy, point.logDet, 300);
    };
    for (let i = 0; i < n; i++) {
      const row = Float64Array.from(x.subarray(i * DOF, (i + 1) * DOF));
      // Above 1e8 kT the log-density is 1e8 plus a logarithm: of its 16 digits 8 are left to the difference.
      const clashes = energy[i]! > 1e8 * BOLTZMANN * 300;
      const step = clashes ? 1e-5 : 1e-6;
      const numeric = row.map((_, k) => {
        const [low, high] = [row.slice(), row.slice()];
        low[k]! -= step;
        high[k]! += step;
        return (density(high) - density(low)) / (2 * step);
      });
      const deviation = relativeDistance(gradient.subarray(i * DOF, (i + 1) * DOF), numeric);
      assert.ok(deviation < (clashes ? 1e-4 : TOLERANCE.f32), `row ${i}: ${deviation}`);
    }
  }));

test("slopes, put together at a temperature, are its gradient", () =>
  withTarget(2, async (target) => {
    const n = 20;
    const x = proposals(n);
    const { gradient, ...energies } = await target.gradients(x, n, 500);
    const { energyGradient, logDetGradient, ...parts } = await target.slopes(Float64Array.from(x), n);
    assert.deepEqual(parts, energies);
    for (let i = 0; i < n; i++) {
      if (energies.energy[i]! > 1e6) continue; // there the gradient is that of the regularised energy
      const whole = Float64Array.from({ length: DOF }, (_, k) => {
        return logDetGradient[i * DOF + k]! - energyGradient[i * DOF + k]! / (BOLTZMANN * 500);
      });
      assert.ok(relativeDistance(gradient.subarray(i * DOF, (i + 1) * DOF), whole) < TOLERANCE.f32);
    }
  }));

test("rows that are not finite are invalid, counted, have no gradient and leave the others alone", () =>
  withTarget(2, async (target) => {
    const x = proposals(6);
    const clean = await target.gradients(x, 6, 300);
    const spoilt = x.slice();
    spoilt[DOF + 3] = NaN;
    spoilt[2 * DOF + 25] = Infinity;
    spoilt[3 * DOF + 50] = -Infinity;
    const result = await target.gradients(spoilt, 6, 300);
    assert.equal(countInvalid(result), countInvalid(clean) + 3);
    for (const i of [1, 2, 3])
      assert.ok(result.gradient.subarray(i * DOF, (i + 1) * DOF).every((value) => value === 0));
    for (const i of [0, 4, 5]) {
      assert.deepEqual(result.gradient.slice(i * DOF, (i + 1) * DOF), clean.gradient.slice(i * DOF, (i + 1) * DOF));
      assert.equal(result.energy[i], clean.energy[i]);
    }
    assert.deepEqual(target.evaluations, { energies: 0, gradients: 12 });
  }));

test("the facts of the target are those of the molecule", () =>
  withTarget(0, async ({ name, dof, channels, boltzmann }) => {
    assert.deepEqual([name, dof, boltzmann], ["aldp", DOF, BOLTZMANN]);
    assert.deepEqual([channels[0], channels[21], channels[41]], ["bond", "angle", "torsion"]);
  }));

test("calls made at once are answered each with its own numbers", () =>
  withTarget(2, async (target) => {
    const batches = [3, 8, 1].map((n) => ({ n, x: proposals(n, n) }));
    const together = await Promise.all(batches.map(({ x, n }) => target.energies(x, n)));
    for (const [k, { x, n }] of batches.entries()) assert.deepEqual(together[k], await target.energies(x, n));
  }));

test("a worker that cannot work rejects the call, which is not counted", async () => {
  const broken = { ...aldp, system: { ...aldp.system, forces: null as unknown as typeof aldp.system.forces } };
  const target = createTarget(broken, { threads: 1 });
  await assert.rejects(target.energies(proposals(1), 1), /worker 0: died of/);
  assert.deepEqual(target.evaluations, { energies: 0, gradients: 0 });
  await target.close();
});

test("after close a call is rejected; a number of threads that is none is refused", async () => {
  const target = createTarget(aldp, { threads: 1 });
  await target.close();
  await assert.rejects(target.energies(proposals(1), 1), /worker 0: closed/);
  assert.throws(() => createTarget(aldp, { threads: -1 }), /invalid threads \(got -1\)/);
});

test("a script that forgets to close its target ends when its work is done", () => {
  const built = (file: string): string => JSON.stringify(path.join(__dirname, "..", "..", "src", "target", file));
  const script = `
    const { createTarget } = require(${built("molecular-target.js")});
    const { loadSystem } = require(${built("molecule.js")});
    createTarget(loadSystem("aldp"), { threads: 2 }).energies(new Float32Array(${DOF}).fill(0.5), 1)
      .then(({ energy }) => console.log(energy.length));
  `;
  const { status, stdout } = spawnSync(process.execPath, ["-e", script], { timeout: 30_000, encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, "1\n"]);
});

test("the minimum lies where the scaling is centred", async () => {
  // The middle of bonds and angles with the torsions of the minimum is the minimum: its energy is known from the minimisation.
  const { minimum } = aldp.coordinates;
  const halves = new Map([...aldp.coordinates.chiral, ...aldp.coordinates.upperHalf].map((k) => [k, 0.5]));
  for (const k of aldp.coordinates.lowerHalf) halves.set(k, 0);
  const torsions = minimum.torsions.map((value, k) => (halves.has(k) ? 2 * (value - halves.get(k)!) : value));
  const x = Float32Array.from([...new Array<number>(41).fill(0.5), ...torsions]);
  await withTarget(2, async (target) => {
    const { energy } = await target.energies(x, 1);
    assert.ok(Math.abs(energy[0]! + 173.17050392864158) < TOLERANCE.f32);
  });
});
