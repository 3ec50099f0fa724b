/** Molecules that do not come with the package, with energies and forces by OpenMM 8.6.1: made by test/fixtures/molecules/make.py. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readNpyFloat64 } from "../../src/io/npy";
import { projectRoot } from "../../src/io/paths";
import { readSystem, type System } from "../../src/physics/system";

const folder = path.join(projectRoot(), "test", "fixtures", "molecules");

/** Their names. */
export const MOLECULES = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

export function filesOf(molecule: string): { systemXml: string; pdb: string } {
  return {
    systemXml: path.join(folder, molecule, "system.xml"),
    pdb: path.join(folder, molecule, "topology.pdb"),
  };
}

export function xmlOf(molecule: string): string {
  return readFileSync(filesOf(molecule).systemXml, "utf8");
}

/** What OpenMM says of a few frames: xyz (nm), energies of each force and of all (kJ/mol), forces (kJ/mol/nm). */
export function referenceOf(molecule: string) {
  const rows = (file: string): Float64Array[] => {
    const { shape, data } = readNpyFloat64(path.join(folder, molecule, `${file}.npy`));
    const width = data.length / shape[0]!;
    return Array.from({ length: shape[0]! }, (_, k) => data.slice(k * width, (k + 1) * width));
  };
  const [frames, energies, forces] = [rows("frames_nm"), rows("energies_kj_mol"), rows("forces_kj_mol_nm")];
  return frames.map((xyz, k) => ({ xyz, byForce: energies[k]!, forces: forces[k]! }));
}

export function systemOf(molecule: string): System {
  return readSystem(xmlOf(molecule));
}
