/** A Langevin run of a molecule, from its minimum to means with errors: slower than parallel tempering, and independent of all it rests on. */
import { createCoordinates } from "../coords/coordinates";
import { type Estimate, meanEstimate } from "../evaluate/logz";
import { writeTextAtomically } from "../io/atomic";
import { count, duration, estimate, readFields, type Rules, table, text } from "../io/fields";
import type { MolecularSystem } from "../target/molecule";
import { initLangevin, type LangevinOptions, stepLangevin } from "./langevin";
import { createObservables } from "./observables";
import { cartesianSpace } from "./space";
import { minimumStructure } from "./starts";

export interface LangevinRunOptions extends LangevinOptions {
  /** Independent molecules, which all begin at the minimum with velocities of their own. */
  readonly replicas: number;
  /** Of each replica, after the warm-up, ns. */
  readonly nanoseconds: number;
  /** ns */
  readonly warmUp: number;
  /** Time steps from one observation to the next. */
  readonly every: number;
}

/** Plain data, as stored. */
export interface LangevinRecord {
  readonly system: string;
  readonly command: string;
  readonly seed: number;
  readonly settings: LangevinRunOptions;
  /** Energies with gradient. */
  readonly evaluations: number;
  readonly wallSeconds: number;
  /** Populations, and energies in kJ/mol; the error is that of independent replicas. */
  readonly means: Readonly<Record<string, Estimate>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** What a run says; `onProgress` is told the share done. */
export async function runLangevin(
  name: string,
  molecule: MolecularSystem,
  options: LangevinRunOptions,
  seed: number,
  onProgress: (share: number) => void = () => undefined,
): Promise<Pick<LangevinRecord, "evaluations" | "wallSeconds" | "means">> {
  const { replicas, nanoseconds, warmUp, timestep, every } = options;
  const space = cartesianSpace(name, molecule.system);
  const { dof } = space;
  const masses = Float64Array.from({ length: dof }, (_, k) => molecule.system.masses[Math.floor(k / 3)]!);
  const observables = createObservables(molecule);
  const sums = observables.names.map(() => new Float64Array(replicas));
  const begin = performance.now();
  let state = await initLangevin(space, masses, options, startOf(molecule, replicas), seed);
  const before = Math.round((1000 * warmUp) / timestep);
  const all = before + Math.round((1000 * nanoseconds) / timestep);
  let seen = 0;
  for (let step = 1; step <= all; step++) {
    state = await stepLangevin(space, masses, options, state);
    if (step <= before || step % every !== 0) continue;
    seen++;
    for (let replica = 0; replica < replicas; replica++) {
      const values = observables.observe(state.walkers.x.subarray(replica * dof, (replica + 1) * dof));
      values.forEach((value, k) => (sums[k]![replica]! += value));
    }
    onProgress(step / all);
  }
  const means = sums.map((sum) => meanEstimate(sum.map((value) => value / seen)));
  return {
    evaluations: replicas * (all + 1),
    wallSeconds: (performance.now() - begin) / 1e3,
    means: Object.fromEntries(observables.names.map((observable, k) => [observable, means[k]!])),
  };
}

/** Every replica at the minimum. */
function startOf({ system, coordinates: spec }: MolecularSystem, replicas: number): Float64Array {
  const coordinates = createCoordinates(spec);
  const xyz = new Float64Array(3 * system.atoms);
  coordinates.place(minimumStructure(spec), 0, xyz);
  return Float64Array.from({ length: replicas * xyz.length }, (_, k) => xyz[k % xyz.length]!);
}

const RULES: Rules<LangevinRecord> = {
  system: text,
  command: text,
  seed: count,
  settings: table,
  evaluations: count,
  wallSeconds: duration,
  means: ["an object of estimates", (value) => table[1](value) && Object.values(value as object).every(estimate[1])],
  versions: table,
};

/**
 * A stored record.
 * @throws Error naming the file and the first field that is missing or of the wrong kind.
 */
export const readLangevin = (file: string): LangevinRecord =>
  readFields(file, { place: "readLangevin", rules: RULES, remedy: "make it with npx tabg langevin" });

/** Writes the record, whole or not at all. */
export function writeLangevin(file: string, record: LangevinRecord): void {
  writeTextAtomically(file, JSON.stringify(record, null, 1) + "\n");
}
