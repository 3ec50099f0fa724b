import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { createEnergy } from "../../src/physics/energy";
import { createFused } from "../../src/physics/fused";
import type { ImplicitSolventData } from "../../src/physics/implicit-solvent";
import type { NonbondedData } from "../../src/physics/nonbonded";
import type { ForceData } from "../../src/physics/system";
import { relativeDistance } from "../coords/compare";
import { SYSTEMS } from "../coords/reference";
import { cloud } from "./geometry";
import { fixtureRows, shippedSystem } from "./shipped";

/** The terms that the fused ones stand for, summed one by one; `scale` is the sum of their sizes. */
function sumOf(forces: readonly ForceData[], atoms: number) {
  const { terms } = createEnergy({ atoms, masses: [], forces, constraints: [] });
  return (xyz: Float64Array, gradient: Float64Array | null): { energy: number; scale: number } => {
    const parts = terms.map((term) => term.evaluate(xyz, gradient));
    return {
      energy: parts.reduce((sum, part) => sum + part, 0),
      scale: parts.reduce((sum, part) => sum + Math.abs(part), 1),
    };
  };
}

function fusedOf(forces: readonly ForceData[]) {
  const fused = createFused(forces);
  assert.ok(fused);
  return (...frames: Float64Array[]) => {
    const gradients = frames.map((xyz) => new Float64Array(xyz.length).fill(7)); // what is there is overwritten
    const energies = new Float64Array(frames.length);
    fused(frames, gradients, energies);
    return frames.map((_, k) => ({ energy: energies[k]!, gradient: gradients[k]! }));
  };
}

/** Atoms that attract, repel, shield and engulf one another in every way that they can, with exceptions and exclusions. */
function randomMolecule(atoms: number, seed: number): [NonbondedData, ImplicitSolventData, ...ForceData[]] {
  const rng = createRng(seed);
  const some = <T>(make: (k: number) => T, n = atoms): T[] => Array.from({ length: Math.max(0, n) }, (_, k) => make(k));
  const charges = some(() => rng.normal());
  const inner = some(() => 0.02 + 0.15 * rng.uniform());
  const pairs = some((i) => ({ i, j: i + 1 }), atoms - 1);
  return [
    {
      type: "nonbonded",
      coulomb: 138.93545764438198,
      particles: charges.map((charge) => ({ charge, sigma: 0.1 + 0.2 * rng.uniform(), epsilon: rng.uniform() })),
      exceptions: pairs.map((pair, k) => ({ ...pair, chargeProduct: k % 2, sigma: 0.2, epsilon: (k % 2) * 0.5 })),
    },
    {
      type: "implicit solvent",
      born: {
        spheres: inner.map((rho) => ({ inner: rho, scaled: (0.1 + 1.4 * rng.uniform()) * rho, outer: rho + 0.009 })),
        rescaling: [1, 0.8, 4.85],
        engulfing: seed % 2 === 0,
      },
      polar: { charges, self: -70, pair: -140 },
      surface: seed % 3 === 0 ? null : { factor: 28, probe: 0.14, radii: inner.map((rho) => rho + 0.009) },
    },
    { type: "bond", bonds: pairs.map((pair) => ({ ...pair, length: 0.1 * rng.uniform(), k: 1e5 * rng.uniform() })) },
    {
      type: "angle",
      angles: some(
        (i) => ({ i, j: i + 1, k: i + 2, angle: 2 * rng.uniform(), stiffness: 500 * rng.uniform() }),
        atoms - 2,
      ),
    },
    {
      type: "torsion",
      torsions: some(
        (k) => ({
          atoms: [k >> 1, (k >> 1) + 1, (k >> 1) + 2, (k >> 1) + 3],
          periodicity: 1 + (k % 5),
          phase: k,
          barrier: 9 * rng.uniform(),
        }),
        2 * (atoms - 3),
      ),
    },
  ];
}

// Sums of numbers of either sign, in another order and by other polynomials than the terms'.
const TOLERANCE = 1e-12;

function assertSame(forces: readonly ForceData[], frames: readonly Float64Array[], what: string): void {
  const sum = sumOf(forces, frames[0]!.length / 3);
  const fused = fusedOf(forces);
  frames.forEach((xyz, k) => {
    const gradient = new Float64Array(xyz.length);
    const { energy, scale } = sum(xyz, gradient);
    const [answer] = fused(xyz, frames[(k + 1) % frames.length]!);
    assert.ok(Math.abs(answer!.energy - energy) <= TOLERANCE * scale, `${what}, ${k}: energy`);
    assert.ok(relativeDistance(answer!.gradient, gradient) <= TOLERANCE, `${what}, ${k}: gradient`);
  });
}

for (const name of SYSTEMS) {
  test(`${name}: the fused energy is the sum of the terms, at clashes as well`, () => {
    assertSame(shippedSystem(name).forces, fixtureRows(name, "xyz_nm"), name);
  });
}

test("the fused energy is the sum of the terms for any parameters, in sparse and in dense clouds", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const forces = randomMolecule(9, seed);
    for (const width of [0.03, 0.1, 0.3, 2]) {
      assertSame(forces, [1, 2, 3].map((k) => cloud(9, width, 100 * seed + k)), `seed ${seed}, width ${width}`); // prettier-ignore
    }
  }
});

test("each term alone is what is left when the parameters of the others are zero", () => {
  const [nonbonded, solvent, ...bonded] = randomMolecule(6, 2);
  const particles = nonbonded.particles.map((particle) => ({ ...particle, charge: 0, epsilon: 0 }));
  const silent: NonbondedData = { ...nonbonded, particles, exceptions: [] };
  const polar = { ...solvent.polar, charges: solvent.polar.charges.map(() => 0) };
  const dry: ImplicitSolventData = { ...solvent, polar, surface: null };
  const parts: Record<string, ForceData[]> = {
    nonbonded: [nonbonded, dry],
    polar: [silent, { ...solvent, surface: null }],
    surface: [silent, { ...solvent, polar }],
    ...Object.fromEntries(bonded.map((force) => [force.type, [silent, dry, force]])),
  };
  const frames = [cloud(6, 0.2, 1), cloud(6, 0.2, 2)];
  for (const [what, forces] of Object.entries(parts)) {
    assertSame(forces, frames, what);
    assert.ok(Math.abs(fusedOf(forces)(frames[0]!)[0]!.energy) > 1e-3, what);
  }
});

test("atoms in one line or in one place, joined by bonds, angles and torsions, are pushed as by the terms", () => {
  const [nonbonded, solvent, ...bonded] = randomMolecule(6, 2);
  const particles = nonbonded.particles.map((particle) => ({ ...particle, charge: 0, epsilon: 0 }));
  const forces: ForceData[] = [{ ...nonbonded, particles, exceptions: [] }, solvent, ...bonded];
  const line = cloud(6, 0.2, 1).map((value, k) => (k % 3 === 0 ? k / 30 : value - value));
  const back = line.map((value, k) => (k === 9 ? 0.05 : value));
  assertSame(forces, [line, back, cloud(6, 0.2, 2)], "line");
});

test("a conformation's bits depend neither on the other one, nor on its lane, nor on whether a gradient is asked for", () => {
  const forces = randomMolecule(9, 4);
  const fused = fusedOf(forces);
  const energies = new Float64Array(1);
  for (const width of [0.05, 0.2, 1]) {
    const xyz = cloud(9, width, 5);
    const [alone] = fused(xyz);
    createFused(forces)!([xyz], null, energies);
    assert.equal(energies[0], alone!.energy);
    const others = [0.01, 0.1, 0.3, 5].map((other, k) => cloud(9, other, k));
    for (const other of [...others, new Float64Array(27), xyz.map(() => NaN), xyz.map(() => Infinity)]) {
      assert.deepEqual(fused(xyz, other)[0], alone);
      assert.deepEqual(fused(other, xyz)[1], alone);
    }
  }
});

test("what has no finite energy by the terms has none here, and the same is finite", () => {
  const forces = randomMolecule(5, 6);
  const [sum, fused] = [sumOf(forces, 5), fusedOf(forces)];
  const xyz = cloud(5, 0.2, 7);
  const moved = (atom: number, by: readonly number[]): Float64Array =>
    xyz.map((value, k) => (k < 3 * atom || k >= 3 * atom + 3 ? value : xyz[k - 3 * atom]! + by[k - 3 * atom]!));
  const frames: Record<string, Float64Array> = {
    "excluded atoms in one place": moved(1, [0, 0, 0]),
    "other atoms in one place": moved(3, [0, 0, 0]),
    "excluded atoms nearly in one place": moved(1, [1e-15, 0, 0]),
    "all atoms in one place": new Float64Array(15),
    "all atoms within 1e-30 nm": xyz.map((value) => 1e-30 * value),
    "atoms too far for their square": xyz.map((value) => 1e160 * value),
    NaN: moved(2, [NaN, 0, 0]),
    infinite: moved(2, [Infinity, 0, 0]),
  };
  for (const [what, frame] of Object.entries(frames)) {
    const expected = sum(frame, null).energy;
    assert.equal(Number.isFinite(fused(frame)[0]!.energy), Number.isFinite(expected), what);
  }
});

test("one atom alone has its own charge's energy, and no gradient", () => {
  const forces = randomMolecule(1, 1);
  const xyz = Float64Array.of(1, 2, 3);
  const [{ energy, gradient }] = fusedOf(forces)(xyz) as [{ energy: number; gradient: Float64Array }];
  assert.ok(Math.abs(energy / sumOf(forces, 1)(xyz, null).energy - 1) <= TOLERANCE);
  assert.deepEqual([...gradient], [0, 0, 0]);
});

test("forces without a solvent, or with two, are not fused but summed", () => {
  const [nonbonded, solvent, ...bonded] = randomMolecule(6, 2);
  const frames = [cloud(6, 0.2, 1), cloud(6, 0.2, 2)];
  for (const forces of [
    [nonbonded, ...bonded],
    [solvent],
    [nonbonded, nonbonded, solvent],
    [nonbonded, solvent, solvent],
  ]) {
    assert.equal(createFused(forces), null);
    const energy = createEnergy({ atoms: 6, masses: [], forces, constraints: [] });
    const gradients = frames.map((xyz) => new Float64Array(xyz.length));
    const energies = new Float64Array(2);
    energy.evaluateTogether(frames, gradients, energies);
    frames.forEach((xyz, k) => {
      const gradient = new Float64Array(xyz.length);
      assert.equal(energy.evaluate(xyz, gradient), energies[k]);
      assert.deepEqual(gradient, gradients[k]);
      const { energy: expected, scale } = sumOf(forces, 6)(xyz, null);
      assert.ok(Math.abs(expected - energies[k]!) <= TOLERANCE * scale);
    });
  }
});
