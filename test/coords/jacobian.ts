/** The log-det of a placement from its numerical Jacobian. */
import { createPlacement, type Placement } from "../../src/coords/placement";
import type { PlacementPlan } from "../../src/coords/spec";
import { differences, logAbsDeterminant } from "./compare";

/** log|det dxyz/dq| in the fixed frame, by central differences. */
export function numericLogDet(plan: PlacementPlan, q: Float64Array): number {
  const placement = createPlacement(plan);
  return logAbsDeterminant(differences((moved) => freePositions(plan, placement, moved), q)) + frameFactors(plan, q);
}

/** The 3N - 6 Cartesian coordinates that origin and orientation leave free: all but those fixed in the first three atoms. */
function freePositions(plan: PlacementPlan, placement: Placement, q: Float64Array): Float64Array {
  const xyz = new Float64Array(3 * plan.atoms);
  placement.place(q, xyz);
  const [first, second, third] = plan.frame;
  const norm = Math.hypot(xyz[3 * second]!, xyz[3 * second + 1]!, xyz[3 * second + 2]!);
  const along = (xyz[3 * third + 1]! * xyz[3 * second + 1]! + xyz[3 * third + 2]! * xyz[3 * second + 2]!) / norm;
  const rest = Array.from(xyz).filter((_, i) => ![first, second, third].includes(Math.floor(i / 3)));
  return Float64Array.from([norm, along, xyz[3 * third]!, ...rest]);
}

/**
 * What the convention counts besides those 3N - 6 coordinates: the rotations of the frame, whose volume elements are
 * b1^2 for the direction of the first bond and b2 sin(theta) for the turn about it, and 2 pi for each of the two azimuths.
 */
function frameFactors(plan: PlacementPlan, q: Float64Array): number {
  const [b1, b2, angle] = plan.frameValues.map((k) => q[k]!) as [number, number, number];
  return 2 * Math.log(b1) + Math.log(b2 * Math.sin(Math.PI * angle)) + 2 * Math.log(2 * Math.PI);
}
