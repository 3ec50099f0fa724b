/** `tabg energy`: potential energies and forces of Cartesian frames. */
import { readFileSync } from "node:fs";
import { readPdb } from "../coords/pdb";
import { requireDestinations, writeFilesAtomically } from "../io/atomic";
import { encodeNpy, readNpyFloat64 } from "../io/npy";
import { createEnergy, type Energy } from "../physics/energy";
import { readSystem } from "../physics/system";
import { parseCommand, requireApart, type Streams, UsageError } from "./usage";

/** Frames [n, atoms, 3] in nm to energies [n] in kJ/mol and forces [n, atoms, 3] in kJ/mol/nm; both files appear, or neither. */
export function energyCommand(args: readonly string[], streams: Streams): number {
  const { positionals, options } = parseCommand("energy", args, {
    positionals: ["SYSTEM.xml", "FRAMES.npy"],
    options: ["pdb", "out", "forces"],
  });
  const [systemFile, framesFile] = positionals as [string, string];
  const { pdb, out, forces } = options;
  if (pdb === undefined || out === undefined) {
    throw new UsageError(`energy: missing option --${pdb === undefined ? "pdb" : "out"}; see "tabg --help"`);
  }
  const outputs = [out, ...(forces === undefined ? [] : [forces])];
  requireApart("energy", [systemFile, framesFile, pdb], outputs);
  requireDestinations(outputs);

  const energy = createEnergy(inFile(systemFile, readSystem));
  const { atoms } = inFile(pdb, readPdb);
  if (atoms.length !== energy.atoms) {
    throw new Error(
      `energy: mismatched topology (got ${atoms.length} atoms in ${pdb}), expected ${energy.atoms} as in ${systemFile}; ` +
        "give the PDB file that the system was made from",
    );
  }
  const { shape, data: frames } = readNpyFloat64(framesFile, [null, energy.atoms, 3]);
  requireFinite(framesFile, frames, energy.atoms);
  const result = evaluateFrames(energy, frames, shape[0]!, forces !== undefined);
  writeFilesAtomically([
    { file: out, chunks: encodeNpy(result.energies, [shape[0]!]) },
    ...(forces === undefined ? [] : [{ file: forces, chunks: encodeNpy(result.forces!, shape) }]),
  ]);
  streams.out(`${shape[0]} energies (kJ/mol) written to ${outputs.join(", forces (kJ/mol/nm) to ")}`);
  const broken = result.energies.filter((value) => !Number.isFinite(value)).length;
  if (broken > 0)
    streams.note(`tabg: energy: ${broken} of ${shape[0]} energies are not finite: atoms lie on each other`);
  return 0;
}

function evaluateFrames(
  energy: Energy,
  frames: Float64Array,
  n: number,
  withForces: boolean,
): { energies: Float64Array; forces: Float64Array | null } {
  const width = 3 * energy.atoms;
  const energies = new Float64Array(n);
  const forces = withForces ? new Float64Array(n * width) : null;
  for (let i = 0; i < n; i++) {
    const gradient = forces?.subarray(i * width, (i + 1) * width) ?? null;
    energies[i] = energy.evaluate(frames.subarray(i * width, (i + 1) * width), gradient);
    if (gradient !== null) for (let k = 0; k < width; k++) gradient[k] = -gradient[k]!;
  }
  return { energies, forces };
}

/** Reads a text file through a parser; errors name the file. */
function inFile<T>(file: string, parse: (text: string) => T): T {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`energy: missing or unreadable file ${file} (${(cause as Error).message})`, { cause });
  }
  try {
    return parse(text);
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause });
  }
}

function requireFinite(file: string, frames: Float64Array, atoms: number): void {
  const broken = new Map<number, number>(); // frame to the first such atom in it
  frames.forEach((value, k) => {
    const frame = Math.floor(k / (3 * atoms));
    if (!Number.isFinite(value) && !broken.has(frame)) broken.set(frame, Math.floor(k / 3) % atoms);
  });
  if (broken.size === 0) return;
  const named = [...broken].slice(0, 5).map(([frame, atom]) => `${frame} (atom ${atom})`);
  throw new Error(
    `energy: invalid coordinates in ${file} (got NaN or Infinity in ${broken.size} of ${frames.length / (3 * atoms)} frames: ` +
      `${named.join(", ")}${broken.size > named.length ? ", ..." : ""}), expected finite numbers; remove these frames (counted from 0)`,
  );
}
