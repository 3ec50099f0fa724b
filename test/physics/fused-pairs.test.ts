import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { createFusedPairs } from "../../src/physics/fused-pairs";
import { createSolvent, type ImplicitSolventData } from "../../src/physics/implicit-solvent";
import { createNonbondedTerm, type NonbondedData } from "../../src/physics/nonbonded";
import { createPairDistances } from "../../src/physics/pair-distances";
import { overBornRadii, overPairs, type EnergyTerm } from "../../src/physics/term";
import { relativeDistance } from "../coords/compare";
import { SYSTEMS } from "../coords/reference";
import { cloud } from "./geometry";
import { fixtureRows, forceOf, shippedSystem } from "./shipped";

interface Molecule {
  readonly nonbonded: NonbondedData;
  readonly solvent: ImplicitSolventData;
}

/** The terms that the fused pairs stand for, summed one by one. */
function termOf({ nonbonded, solvent }: Molecule): EnergyTerm {
  const { born, terms } = createSolvent(solvent);
  const distances = createPairDistances(nonbonded.particles.length);
  return overPairs("reference", distances, [createNonbondedTerm(nonbonded), overBornRadii("solvent", born, terms)]);
}

function fusedOf({ nonbonded, solvent }: Molecule) {
  const fused = createFusedPairs(nonbonded, solvent);
  return (...frames: Float64Array[]) => {
    const gradients = frames.map((xyz) => new Float64Array(xyz.length));
    const energies = new Float64Array(frames.length);
    fused(frames, gradients, energies);
    return frames.map((_, k) => ({ energy: energies[k]!, gradient: gradients[k]! }));
  };
}

/** Atoms that attract, repel, shield and engulf one another in every way that they can, with exceptions and exclusions. */
function randomMolecule(atoms: number, seed: number): Molecule {
  const rng = createRng(seed);
  const some = <T>(make: () => T): T[] => Array.from({ length: atoms }, make);
  const charges = some(() => rng.normal());
  const inner = some(() => 0.02 + 0.15 * rng.uniform());
  const pairs = Array.from({ length: atoms - 1 }, (_, i) => ({ i, j: i + 1 }));
  return {
    nonbonded: {
      type: "nonbonded",
      coulomb: 138.93545764438198,
      particles: charges.map((charge) => ({ charge, sigma: 0.1 + 0.2 * rng.uniform(), epsilon: rng.uniform() })),
      exceptions: pairs.map((pair, k) => ({ ...pair, chargeProduct: k % 2, sigma: 0.2, epsilon: (k % 2) * 0.5 })),
    },
    solvent: {
      type: "implicit solvent",
      born: {
        spheres: inner.map((rho) => ({ inner: rho, scaled: (0.1 + 1.4 * rng.uniform()) * rho, outer: rho + 0.009 })),
        rescaling: [1, 0.8, 4.85],
        engulfing: seed % 2 === 0,
      },
      polar: { charges, self: -70, pair: -140 },
      surface: seed % 3 === 0 ? null : { factor: 28, probe: 0.14, radii: inner.map((rho) => rho + 0.009) },
    },
  };
}

// Sums of numbers of either sign, in another order and by other polynomials than the terms'.
const TOLERANCE = 1e-12;

function assertSame(molecule: Molecule, frames: readonly Float64Array[], what: string): void {
  const term = termOf(molecule);
  const fused = fusedOf(molecule);
  frames.forEach((xyz, k) => {
    const gradient = new Float64Array(xyz.length);
    const energy = term.evaluate(xyz, gradient);
    const [answer] = fused(xyz, frames[(k + 1) % frames.length]!);
    assert.ok(Math.abs(answer!.energy - energy) <= TOLERANCE * Math.max(1, Math.abs(energy)), `${what}, ${k}: energy`);
    assert.ok(relativeDistance(answer!.gradient, gradient) <= TOLERANCE, `${what}, ${k}: gradient`);
  });
}

const shipped = (name: (typeof SYSTEMS)[number]): Molecule => {
  const system = shippedSystem(name);
  return { nonbonded: forceOf(system, "nonbonded"), solvent: forceOf(system, "implicit solvent") };
};

for (const name of SYSTEMS) {
  test(`${name}: fused pairs are the sum of their terms, at clashes as well`, () => {
    assertSame(shipped(name), fixtureRows(name, "xyz_nm"), name);
  });
}

test("fused pairs are the sum of their terms for any parameters, in sparse and in dense clouds", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const molecule = randomMolecule(9, seed);
    for (const width of [0.03, 0.1, 0.3, 2]) {
      assertSame(molecule, [1, 2, 3].map((k) => cloud(9, width, 100 * seed + k)), `seed ${seed}, width ${width}`); // prettier-ignore
    }
  }
});

test("each term alone is what is left when the parameters of the others are zero", () => {
  const { nonbonded, solvent } = randomMolecule(6, 2);
  const silent: NonbondedData = {
    ...nonbonded,
    particles: nonbonded.particles.map((particle) => ({ ...particle, charge: 0, epsilon: 0 })),
    exceptions: [],
  };
  const frames = [cloud(6, 0.2, 1), cloud(6, 0.2, 2)];
  const uncharged: ImplicitSolventData = {
    ...solvent,
    polar: { ...solvent.polar, charges: new Array<number>(6).fill(0) },
  };
  const parts: Record<string, Molecule> = {
    nonbonded: { nonbonded, solvent: { ...uncharged, surface: null } },
    polar: { nonbonded: silent, solvent: { ...solvent, surface: null } },
    surface: { nonbonded: silent, solvent: uncharged },
  };
  for (const [what, molecule] of Object.entries(parts)) {
    assertSame(molecule, frames, what);
    assert.ok(Math.abs(termOf(molecule).evaluate(frames[0]!, null)) > 1e-3);
  }
});

test("a conformation's bits depend neither on the other one, nor on its lane, nor on whether a gradient is asked for", () => {
  const molecule = randomMolecule(9, 4);
  const fused = fusedOf(molecule);
  const energies = new Float64Array(1);
  for (const width of [0.05, 0.2, 1]) {
    const xyz = cloud(9, width, 5);
    const [alone] = fused(xyz);
    createFusedPairs(molecule.nonbonded, molecule.solvent)([xyz], null, energies.fill(0));
    assert.equal(energies[0], alone!.energy);
    const others = [0.01, 0.1, 0.3, 5].map((other, k) => cloud(9, other, k));
    for (const other of [...others, new Float64Array(27), xyz.map(() => NaN), xyz.map(() => Infinity)]) {
      assert.deepEqual(fused(xyz, other)[0], alone);
      assert.deepEqual(fused(other, xyz)[1], alone);
    }
  }
});

test("what has no finite energy by the terms has none here, and the same is finite", () => {
  const molecule = randomMolecule(5, 6);
  const [term, fused] = [termOf(molecule), fusedOf(molecule)];
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
    const expected = term.evaluate(frame, null);
    assert.equal(Number.isFinite(fused(frame)[0]!.energy), Number.isFinite(expected), what);
  }
});

test("one atom alone has its own charge's energy, and no gradient", () => {
  const molecule = randomMolecule(1, 1);
  const xyz = Float64Array.of(1, 2, 3);
  const [{ energy, gradient }] = fusedOf(molecule)(xyz) as [{ energy: number; gradient: Float64Array }];
  assert.ok(Math.abs(energy / termOf(molecule).evaluate(xyz, null) - 1) <= TOLERANCE);
  assert.deepEqual([...gradient], [0, 0, 0]);
});
