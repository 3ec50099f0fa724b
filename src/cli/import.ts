/** `tabg import`: Cartesian trajectories to points of the flow's space. */
import { readFileSync } from "node:fs";
import { atomOrder } from "../coords/atom-order";
import { readPdb } from "../coords/pdb";
import type { Topology } from "../coords/topology";
import { requireDestinations, writeFilesAtomically } from "../io/atomic";
import { encodeNpy, readNpy } from "../io/npy";
import { importFrames } from "../target/import-frames";
import { loadSystem } from "../target/molecule";
import { parseCommand, requireApart, type Streams, UsageError } from "./usage";

/** Frames [n, atoms, 3] or [n, 3 * atoms] in nm to x [n, dof] and, if asked for, log-dets [n]; both files appear, or neither. */
export function importCommand(args: readonly string[], streams: Streams): number {
  const { positionals, options } = parseCommand("import", args, {
    positionals: ["FRAMES.npy"],
    options: ["system", "pdb", "order", "out", "log-dets"],
  });
  const file = positionals[0]!;
  const { system, pdb, order, out, "log-dets": logDets } = options;
  if (system === undefined || out === undefined) {
    throw new UsageError(`import: missing option --${system === undefined ? "system" : "out"}; see "tabg --help"`);
  }
  const outputs = [out, ...(logDets === undefined ? [] : [logDets])];
  const inputs = [file, system, pdb, order].flatMap((input) => input ?? []);
  requireApart("import", inputs, outputs);
  requireDestinations(outputs);
  const molecule = loadSystem(pdb === undefined ? system : { systemXml: system, pdb });
  const { n, dof, x, logDet, report } = importFrames(molecule, readNpy(file), {
    name: file,
    ...(order === undefined ? {} : { order: readOrder(order, molecule.topology) }),
  });
  writeFilesAtomically([
    { file: out, chunks: encodeNpy(x, [n, dof]) },
    ...(logDets === undefined ? [] : [{ file: logDets, chunks: encodeNpy(logDet, [n]) }]),
  ]);
  const { frames, exchanged, mirrored, hydrogens, outside } = report;
  streams.out(`${n} of ${frames} frames written to ${outputs.join(", log-dets to ")}`);
  if (exchanged > 0) streams.note(`tabg: import: equivalent hydrogens exchanged in ${exchanged} frames`);
  if (n < frames) {
    streams.note(
      `tabg: import: ${frames - n} frames dropped: ${outside} with bonds or angles out of range, ${hydrogens} with hydrogens out of their ` +
        `halves, ${mirrored} with a mirrored centre`,
    );
  }
  return 0;
}

/** From a PDB whose atoms stand as in the trajectory, or a list such as 3,0,1,2: the position of each atom of the system. */
function readOrder(order: string, topology: Topology): number[] {
  if (/^[\d,\s]+$/.test(order)) return order.split(",").map(Number);
  let text: string;
  try {
    text = readFileSync(order, "utf8");
  } catch (cause) {
    throw new Error(`import: missing or unreadable file ${order} (${(cause as Error).message})`, { cause });
  }
  try {
    return atomOrder(topology, readPdb(text).atoms);
  } catch (cause) {
    throw new Error(`${order}: ${(cause as Error).message}`, { cause });
  }
}
