/** Lennard-Jones and Coulomb between all pairs: U = 4 eps ((s/r)^12 - (s/r)^6) + C q q / r, OpenMM's NonbondedForce. */
import { COULOMB, expectLayout, expectNoCutoff, particlesOf, refuse } from "./force";
import { pairIndex } from "./pair-distances";
import type { PairTerm } from "./term";
import { atomsOf, listOf, numberOf, type Element } from "./xml";

interface LennardJones {
  /** nm */
  readonly sigma: number;
  /** kJ/mol */
  readonly epsilon: number;
}

/** Atoms (charge in e) and the pairs that do not follow the combining rules: exclusions and scaled 1-4 pairs. */
export interface NonbondedData {
  readonly type: "nonbonded";
  /** Coulomb's constant, kJ nm / mol / e^2. */
  readonly coulomb: number;
  readonly particles: readonly (LennardJones & { readonly charge: number })[];
  readonly exceptions: readonly (LennardJones & {
    readonly i: number;
    readonly j: number;
    readonly chargeProduct: number;
  })[];
}

/** Reads a `NonbondedForce` element. */
export function readNonbonded(force: Element, atoms: number): NonbondedData {
  const offsets = "energies would not follow the global parameters that shift charges and radii";
  expectLayout(force, 4, ["Particles", "Exceptions", "GlobalParameters"], {
    ParticleOffsets: offsets,
    ExceptionOffsets: offsets,
  });
  expectNoCutoff(force);
  if ((force.attributes.includeDirectSpace ?? "1") === "0") {
    refuse(force, {
      what: "part of the energy",
      got: 'includeDirectSpace="0"',
      expected: "1",
      lost: "the pair energies it asks to leave out would be counted",
      remedy: "call setIncludeDirectSpace(True)",
    });
  }
  const particles = particlesOf(force, atoms).map((particle) => ({
    charge: numberOf(particle, "q"),
    sigma: numberOf(particle, "sig"),
    epsilon: numberOf(particle, "eps"),
  }));
  const seen = new Set<number>();
  const exceptions = listOf(force, "Exceptions").map((exception) => {
    const [i, j] = atomsOf(exception, ["p1", "p2"], atoms) as [number, number];
    const pair = pairIndex(atoms, i, j);
    if (seen.has(pair)) {
      throw new Error(
        `${exception.place}: invalid pair of atoms (got ${i} and ${j} again), expected one exception for a pair; keep one`,
      );
    }
    seen.add(pair);
    const [sigma, epsilon] = [numberOf(exception, "sig"), numberOf(exception, "eps")];
    return { i, j, chargeProduct: numberOf(exception, "q"), sigma, epsilon };
  });
  return { type: "nonbonded", coulomb: COULOMB, particles, exceptions };
}

/** What an atom and one after it, `j`, do to each other: U = repulsion / r^12 - dispersion / r^6 + charge / r. */
export interface Interaction {
  readonly j: number;
  /** kJ/mol nm^12 */
  readonly repulsion: number;
  /** kJ/mol nm^6 */
  readonly dispersion: number;
  /** kJ/mol nm */
  readonly charge: number;
  /** Whether it has parameters of its own, as neighbours along a chain do. */
  readonly exception: boolean;
  /** False for exclusions: then no distance matters, not even none. */
  readonly interacts: boolean;
}

/** For each atom its interactions with those after it: Lorentz-Berthelot rules unless an exception says otherwise. */
export function toInteractions({ coulomb, particles, exceptions }: NonbondedData): Interaction[][] {
  const special = new Map(exceptions.map((entry) => [pairIndex(particles.length, entry.i, entry.j), entry]));
  return particles.map((a, i) =>
    particles.slice(i + 1).map((b, offset) => {
      const j = i + 1 + offset;
      const exception = special.get(pairIndex(particles.length, i, j));
      const { chargeProduct, sigma, epsilon } = exception ?? {
        chargeProduct: a.charge * b.charge,
        sigma: (a.sigma + b.sigma) / 2,
        epsilon: Math.sqrt(a.epsilon * b.epsilon),
      };
      const sigma6 = sigma ** 6;
      return {
        j,
        repulsion: 4 * epsilon * sigma6 * sigma6,
        dispersion: 4 * epsilon * sigma6,
        charge: coulomb * chargeProduct,
        exception: exception !== undefined,
        interacts: chargeProduct !== 0 || epsilon !== 0,
      };
    }),
  );
}

/** The energy of Lennard-Jones and Coulomb interactions. */
export function createNonbondedTerm(data: NonbondedData): PairTerm {
  const atoms = data.particles.length;
  const pairs = toInteractions(data).flatMap((row, i) =>
    row.filter(({ interacts }) => interacts).map((entry) => ({ ...entry, pair: pairIndex(atoms, i, entry.j) })),
  );
  return createPairSum("nonbonded", pairs);
}

/** The sum of repulsion / r^12 - dispersion / r^6 + charge / r over pairs, each by its index. */
export function createPairSum(
  name: string,
  list: readonly (Pick<Interaction, "repulsion" | "dispersion" | "charge"> & { readonly pair: number })[],
): PairTerm {
  const pairs = Int32Array.from(list, ({ pair }) => pair);
  const repulsion = Float64Array.from(list, (entry) => entry.repulsion);
  const dispersion = Float64Array.from(list, (entry) => entry.dispersion);
  const charge = Float64Array.from(list, (entry) => entry.charge);
  return {
    name,
    evaluate({ inverse }, slope) {
      let energy = 0;
      for (let n = 0; n < pairs.length; n++) {
        const p = pairs[n]!;
        const q = inverse[p]!;
        const q2 = q * q;
        const q6 = q2 * q2 * q2;
        const repel = repulsion[n]! * q6 * q6;
        const attract = dispersion[n]! * q6;
        const coulomb = charge[n]! * q;
        energy += repel - attract + coulomb;
        // each is a power r^-m, so its dU/d(r^2) is -m/2 U / r^2
        if (slope !== null) slope[p] = slope[p]! + (3 * attract - 6 * repel - 0.5 * coulomb) * q2;
      }
      return energy;
    },
  };
}
