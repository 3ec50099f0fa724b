/** The target of a molecule at two points: x -> Cartesian -> U, and back by reverse mode through the placement. */
import { createCoordinates } from "../coords/coordinates";
import type { CoordinateSpec } from "../coords/spec";
import { createEnergy } from "../physics/energy";
import { LANES } from "../physics/fused";
import type { System } from "../physics/system";
import type { Kernel } from "./kernel";

/** What a thread needs to build the kernel; plain data. */
export interface MolecularSetup {
  readonly system: System;
  readonly coordinates: CoordinateSpec;
}

/** The force field of a molecule in its scaled internal coordinates. */
export function createMolecularKernel({ system, coordinates: spec }: MolecularSetup): Kernel {
  const lanes = Array.from({ length: LANES }, () => createCoordinates(spec));
  const room = (): Float64Array[] => lanes.map(() => new Float64Array(3 * system.atoms));
  const [frames, gradients, energies] = [room(), room(), new Float64Array(LANES)];
  const energy = createEnergy(system);
  const { dof } = lanes[0]!;
  return {
    dof,
    lanes: LANES,
    evaluate(x, offset, points, withGradient) {
      for (let k = 0; k < points.length; k++) {
        points[k]!.logDet = lanes[k]!.place(x, offset + k * dof, frames[k]!);
      }
      const placed = points.length < LANES ? frames.slice(0, points.length) : frames;
      energy.evaluateTogether(placed, withGradient ? gradients : null, energies);
      for (let k = 0; k < points.length; k++) {
        const point = points[k]!;
        point.energy = energies[k]!;
        if (!withGradient) continue;
        lanes[k]!.pullback(gradients[k]!, point.energyGradient);
        lanes[k]!.logDetGradient(point.logDetGradient.fill(0));
      }
    },
  };
}
