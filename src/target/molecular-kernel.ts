/** The target of a molecule at one point: x -> Cartesian -> U, and back by reverse mode through the placement. */
import { createCoordinates } from "../coords/coordinates";
import type { CoordinateSpec } from "../coords/spec";
import { createEnergy } from "../physics/energy";
import type { System } from "../physics/system";
import type { Kernel } from "./kernel";

/** What a thread needs to build the kernel; plain data. */
export interface MolecularSetup {
  readonly system: System;
  readonly coordinates: CoordinateSpec;
}

/** The force field of a molecule in its scaled internal coordinates. */
export function createMolecularKernel({ system, coordinates: spec }: MolecularSetup): Kernel {
  const coordinates = createCoordinates(spec);
  const energy = createEnergy(system);
  const xyz = new Float64Array(3 * system.atoms);
  const gradXyz = new Float64Array(3 * system.atoms);
  return {
    dof: coordinates.dof,
    evaluate(x, offset, point, withGradient) {
      point.logDet = coordinates.place(x, offset, xyz);
      point.energy = energy.evaluate(xyz, withGradient ? gradXyz : null);
      if (!withGradient) return;
      coordinates.pullback(gradXyz, point.energyGradient);
      coordinates.logDetGradient(point.logDetGradient.fill(0));
    },
  };
}
