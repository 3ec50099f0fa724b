/** The minimum of a molecule's energy next to a structure: what scaled coordinates are centred on (paper, "Coordinates"). */
import { createCoordinates } from "../coords/coordinates";
import type { CoordinateSpec } from "../coords/spec";
import { minimise } from "../numerics/minimise";
import { createEnergy } from "../physics/energy";
import type { System } from "../physics/system";

/** How a structure became a minimum. */
export interface Relaxation {
  /** kJ/mol, of the structure that was given (constrained bonds at their length) and of the minimum. */
  readonly before: number;
  readonly after: number;
  /** nm: the root mean square change of all distances between atoms. */
  readonly moved: number;
  readonly iterations: number;
  /** False where the gradient was still larger than a thermal kick at 1 K; the structure is downhill all the same. */
  readonly converged: boolean;
}

/** kJ/mol per unit of x: moving a coordinate by a tenth of its range changes the energy by less than 0.001 kJ/mol. */
const OPTIONS = { iterations: 5000, tolerance: 1e-2, step: 0.05 };

/**
 * Walks downhill in the internal coordinates of `spec`, so that constraints hold; its halves and ranges do not bind.
 * @param xyz nm, [3 * atoms].
 * @throws Error if the energy of the structure is not finite.
 */
export function relaxStructure(
  system: System,
  spec: CoordinateSpec,
  xyz: Float64Array,
): { xyz: Float64Array; relaxation: Relaxation } {
  const free = createCoordinates({ ...spec, chiral: [], upperHalf: [], lowerHalf: [], ranges: [] });
  const energy = createEnergy(system);
  const start = new Float64Array(free.dof);
  free.toScaled(xyz, start);
  const placed = new Float64Array(xyz.length);
  const gradXyz = new Float64Array(xyz.length);
  const valueAt = (x: Float64Array, gradX: Float64Array): number => {
    if (Number.isNaN(free.place(x, 0, placed))) return Infinity; // a bond or an angle that is none
    const value = energy.evaluate(placed, gradXyz);
    free.pullback(gradXyz, gradX);
    return value;
  };
  const before = valueAt(start, new Float64Array(free.dof));
  if (!Number.isFinite(before)) {
    throw new Error(
      `relaxStructure: invalid structure (got an energy of ${before} kJ/mol), expected a finite one; ` +
        "atoms of the PDB lie on each other or in line: minimise it with OpenMM first",
    );
  }
  const { x, value, iterations, converged } = minimise(valueAt, start, OPTIONS);
  const relaxed = new Float64Array(xyz.length);
  free.place(x, 0, relaxed);
  return {
    xyz: relaxed,
    relaxation: { before, after: value, moved: distanceChange(xyz, relaxed), iterations, converged },
  };
}

/** The root mean square difference of all distances between atoms: it needs no superposition. */
function distanceChange(a: Float64Array, b: Float64Array): number {
  const distance = (xyz: Float64Array, i: number, j: number): number =>
    Math.hypot(xyz[i]! - xyz[j]!, xyz[i + 1]! - xyz[j + 1]!, xyz[i + 2]! - xyz[j + 2]!);
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < a.length; i += 3) {
    for (let j = 0; j < i; j += 3, pairs++) sum += (distance(a, i, j) - distance(b, i, j)) ** 2;
  }
  return Math.sqrt(sum / pairs);
}
