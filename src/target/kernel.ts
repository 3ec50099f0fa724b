/** The target at one point, on scalars in double precision: x -> Cartesian -> U, and back by reverse mode. */
import { createCoordinates } from "../coords/coordinates";
import type { CoordinateSpec } from "../coords/spec";
import { createEnergy } from "../physics/energy";
import type { System } from "../physics/system";

/** What a kernel writes for one point; made once and used for all, so that no point allocates. */
export interface Point {
  /** kJ/mol for molecules. */
  energy: number;
  logDet: number;
  /** dU/dx and d logDet/dx, filled when asked for. */
  readonly energyGradient: Float64Array;
  readonly logDetGradient: Float64Array;
}

/** A target without batches, threads or temperature; one instance serves one caller at a time. */
export interface Kernel {
  readonly dof: number;
  /** Evaluates x[offset ... offset + dof) into `point`. Never throws: an invalid point gives NaN or Infinity. */
  evaluate(x: ArrayLike<number>, offset: number, point: Point, withGradient: boolean): void;
}

/** Room for the results of a kernel. */
export function createPoint(dof: number): Point {
  return { energy: 0, logDet: 0, energyGradient: new Float64Array(dof), logDetGradient: new Float64Array(dof) };
}

/** What a worker thread needs to build the kernel of a molecule; plain data. */
export interface MolecularSetup {
  readonly system: System;
  readonly coordinates: CoordinateSpec;
}

/** The kernel of a molecule: its force field in its scaled internal coordinates. */
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
