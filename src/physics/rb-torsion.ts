/** Ryckaert-Bellemans torsions: U = sum_n c_n cos^n(phi - pi), OpenMM's RBTorsionForce, read as periodic torsions. */
import { expectLayout, expectNonPeriodic } from "./force";
import type { TorsionData } from "./torsion";
import { atomsOf, listOf, numberOf, type Element } from "./xml";

/** Row n: cos^n(phi) as a sum of cos(m phi), coefficients m = 0 ... 5. */
const POWERS = [
  [1, 0, 0, 0, 0, 0],
  [0, 1, 0, 0, 0, 0],
  [1 / 2, 0, 1 / 2, 0, 0, 0],
  [0, 3 / 4, 0, 1 / 4, 0, 0],
  [3 / 8, 0, 1 / 2, 0, 1 / 8, 0],
  [0, 5 / 8, 0, 5 / 16, 0, 1 / 16],
] as const;

/** Reads an `RBTorsionForce` element. What the sum over k (1 + cos(m phi)) has too much or lacks is its term of periodicity 0. */
export function readRbTorsions(force: Element, atoms: number): TorsionData {
  expectLayout(force, 2, ["Torsions"]);
  expectNonPeriodic(force);
  const torsions = listOf(force, "Torsions").flatMap((torsion) => {
    const quadruple = atomsOf(torsion, ["p1", "p2", "p3", "p4"], atoms) as [number, number, number, number];
    // cos(phi - pi) = -cos(phi)
    const signed = POWERS.map((_, n) => (n % 2 === 0 ? 1 : -1) * numberOf(torsion, `c${n}`));
    const series = [0, 1, 2, 3, 4, 5].map((m) => POWERS.reduce((sum, row, n) => sum + signed[n]! * row[m]!, 0));
    const [constant, ...barriers] = series as [number, ...number[]];
    const excess = barriers.reduce((sum, barrier) => sum + barrier, 0);
    return [(constant - excess) / 2, ...barriers].map((barrier, periodicity) => ({
      atoms: quadruple,
      periodicity,
      phase: 0,
      barrier,
    }));
  });
  return { type: "torsion", torsions };
}
