/** Conformations with coordinates and log-dets by bgflow (float64): 24 from 300 K, 24 from 1200 K, 24 clashing ones from a prior. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type CoordinateSpec, planPlacement, type PlacementPlan } from "../../src/coords/spec";
import { readNpyFloat64 } from "../../src/io/npy";
import { dataPath, projectRoot } from "../../src/io/paths";

export const SYSTEMS = ["aldp", "tetra", "hexa"] as const;
export type SystemName = (typeof SYSTEMS)[number];

/** The first so many conformations are simulated; the clashing ones after them have torsions anywhere on the circle. */
export const SIMULATED = 48;

export interface Conformation {
  /** [bonds nm, angles / pi, torsions (tau + pi) / 2 pi] */
  readonly q: Float64Array;
  /** nm, as simulated. */
  readonly xyz: Float64Array;
  /** nm, placed by bgflow in its fixed frame. */
  readonly fixedFrame: Float64Array;
  readonly logDetToInternal: number;
  readonly logDetToCartesian: number;
}

export function shippedSpec(system: SystemName): CoordinateSpec {
  return JSON.parse(readFileSync(dataPath(system, "coordinates.json"), "utf8")) as CoordinateSpec;
}

function fixture(system: SystemName, file: string): Float64Array {
  return readNpyFloat64(path.join(projectRoot(), "test", "fixtures", system, `${file}.npy`)).data;
}

export function loadReference(system: SystemName): {
  spec: CoordinateSpec;
  plan: PlacementPlan;
  conformations: Conformation[];
} {
  const spec = shippedSpec(system);
  const plan = planPlacement(spec);
  const bonds = fixture(system, "bonds_nm");
  const angles = fixture(system, "angles_over_pi");
  const torsions = fixture(system, "torsions_0_1");
  const xyz = fixture(system, "xyz_nm");
  const fixedFrame = fixture(system, "xyz_fixed_frame_nm");
  const toInternal = fixture(system, "logdet_xyz_to_ic");
  const toCartesian = fixture(system, "logdet_ic_to_xyz_fixed_frame");
  const row = (data: Float64Array, k: number, width: number): Float64Array => data.slice(k * width, (k + 1) * width);
  const conformations = Array.from(toInternal, (logDetToInternal, k) => ({
    q: Float64Array.from([
      ...row(bonds, k, plan.bonds),
      ...row(angles, k, plan.angles),
      ...row(torsions, k, plan.torsions),
    ]),
    xyz: row(xyz, k, 3 * plan.atoms),
    fixedFrame: row(fixedFrame, k, 3 * plan.atoms),
    logDetToInternal,
    logDetToCartesian: toCartesian[k]!,
  }));
  return { spec, plan, conformations };
}
