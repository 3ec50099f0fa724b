/** From an experiment (a value) to what can be trained: target, flow, engine and the basins to watch. */
import { confineImpropers } from "../coords/impropers";
import { foldRotors } from "../coords/rotors";
import type { Device } from "../engine/devices";
import { LEFT_HANDED } from "../evaluate/conformations";
import { torsionColumn } from "../evaluate/ramachandran";
import type { Region } from "../evaluate/temperature-curve";
import { requireWhole } from "../numerics/whole";
import { createMixtureTarget, loadMixture, scaleMixture } from "../target/gmm";
import { createTarget } from "../target/molecular-target";
import { loadSystem, type MolecularSystem } from "../target/molecule";
import type { Target } from "../target/target";
import { createModel, type Model } from "../train/model";
import { type Experiment, SYSTEMS } from "./experiment";

/** A region of x whose share is followed from rung to rung. */
export type Basin = Region;

export interface Setup {
  readonly target: Target;
  readonly model: Model;
  /** null for the mixture. */
  readonly molecule: MolecularSystem | null;
  readonly basins: readonly Basin[];
  /** As it was asked for: what a branch is set up with. */
  readonly options: SetupOptions;
  /** Ends worker threads. */
  close(): Promise<void>;
}

export interface SetupOptions {
  readonly seed: number;
  /** Worker threads of target and engine each; they take turns. Default: all cores. */
  readonly threads?: number;
  /** Where the engine runs. Default: "cpu". */
  readonly device?: Device;
  /** A molecule of one's own, in the place of the shipped one; the experiment's `system` has to be its name. */
  readonly molecule?: MolecularSystem;
}

function leftHanded({ ramachandran }: MolecularSystem, target: Target): Basin[] {
  const [low, high] = LEFT_HANDED;
  return ramachandran.map(([phi], residue) => {
    const column = torsionColumn(target.channels, phi);
    const name = ramachandran.length === 1 ? "phi > 0" : `phi${residue + 1} > 0`;
    return { name, contains: (x, offset) => x[offset + column]! > low && x[offset + column]! < high };
  });
}

/** One basin per Gaussian: the points nearest to its mean. */
function mixtureBasins(): Basin[] {
  const { modes, means } = loadMixture();
  const centre = Float64Array.from(means, scaleMixture);
  const nearest = (x: number, y: number): number => {
    let best = 0;
    let least = Infinity;
    for (let k = 0; k < modes; k++) {
      const distance = (centre[2 * k]! - x) ** 2 + (centre[2 * k + 1]! - y) ** 2;
      if (distance < least) [best, least] = [k, distance];
    }
    return best;
  };
  return Array.from({ length: modes }, (_, mode) => ({
    name: `mode ${mode + 1}`,
    contains: (x, offset) => nearest(x[offset]!, x[offset + 1]!) === mode,
  }));
}

/** The name is what the record, its published values and its ground truth are found by. */
function requireOwnName(name: string, system: string): void {
  if (name === system && !SYSTEMS.some((shipped) => shipped === name)) return;
  throw new Error(
    `createSetup: mismatched system (got an experiment on ${system} for the molecule ${name}), expected the molecule's name, and none of ` +
      `${SYSTEMS.join(", ")}; call loadSystem with a name, and set { ...experiment, system: molecule.name }`,
  );
}

/** What an experiment may change in a molecule's coordinates, by the options' names. */
const CHANGES = [
  ["foldRotors", foldRotors],
  ["confineImpropers", confineImpropers],
] as const;

/** The molecule in the coordinates of the experiment. */
function inCoordinates(molecule: MolecularSystem | null, experiment: Experiment): MolecularSystem | null {
  const wanted = CHANGES.filter(([option]) => experiment[option]);
  if (molecule) {
    const { topology } = molecule;
    return {
      ...molecule,
      coordinates: wanted.reduce((spec, [, change]) => change(topology, spec), molecule.coordinates),
    };
  }
  if (wanted[0]) {
    throw new Error(
      `createSetup: invalid ${wanted[0][0]} (got true for ${experiment.system}), expected null: it is no molecule`,
    );
  }
  return null;
}

/** What is made with an owner of threads; they end if it cannot be made. */
export function orClose<T>(owner: { close(): Promise<void> }, make: () => T): T {
  try {
    return make();
  } catch (error) {
    void owner.close();
    throw error;
  }
}

/** Builds what an experiment needs. Nothing is trained yet. */
export function createSetup(experiment: Experiment, options: SetupOptions): Setup {
  const { seed, threads, device, molecule: own } = options;
  if (own) requireOwnName(own.name, experiment.system);
  const molecule = inCoordinates(
    own ?? (experiment.system === "gmm" ? null : loadSystem(experiment.system)),
    experiment,
  );
  if (threads !== undefined) requireWhole("createSetup", { threads }, 1);
  const shared = threads === undefined ? {} : { threads };
  const target = molecule ? createTarget(molecule, shared) : createMixtureTarget();
  const model = orClose(target, () =>
    createModel(target, { flow: experiment.flow, seed, ...shared, ...(device ? { device } : {}) }),
  );
  return {
    target,
    model,
    molecule,
    basins: molecule ? leftHanded(molecule, target) : mixtureBasins(),
    options,
    async close() {
      await model.engine.close();
      await target.close();
    },
  };
}
