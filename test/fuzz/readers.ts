/** The readers of files from outside, each with files to damage. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readPdb } from "../../src/coords/pdb";
import { encodeNpy, readNpy } from "../../src/io/npy";
import { dataPath } from "../../src/io/paths";
import { readRecord } from "../../src/io/record";
import { readLangevin } from "../../src/sample/langevin-run";
import { readGroundTruthRecord } from "../../src/sample/truth-record";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors";
import { createEnergy } from "../../src/physics/energy";
import { readSystem } from "../../src/physics/system";
import { loadSystem } from "../../src/target/molecule";
import { METHANOL_PDB, METHANOL_XML } from "./methanol";

export interface Reader {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  /** Words that mean something to it. */
  readonly words: readonly string[];
  read(bytes: Buffer): unknown;
}

/** The readers, on files of their own in a new folder; `close` removes it. */
export function createReaders(): { readers: readonly Reader[]; close(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), "tabg-fuzz-"));
  const inFile =
    <T>(name: string, read: (file: string) => T) =>
    (bytes: Buffer): T => {
      const file = path.join(folder, name);
      writeFileSync(file, bytes);
      return read(file);
    };
  const safetensors = path.join(folder, "seed.safetensors");
  writeSafetensors(safetensors, {
    tensors: {
      a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      b: { shape: [2], data: Float64Array.of(1, 2) },
    },
    metadata: { seed: "1", experiment: '{"system":"aldp"}' },
  });
  const pdb = path.join(folder, "methanol.pdb");
  writeFileSync(pdb, METHANOL_PDB);
  const forces = [...METHANOL_XML.matchAll(/type="(\w+)"/g)].map(([, type]) => type!);
  const readers: Reader[] = [
    {
      name: "system.xml",
      seeds: [Buffer.from(METHANOL_XML)],
      words: [
        ...forces,
        "<Force>",
        "</Force>",
        "<!DOCTYPE x>",
        "<!ENTITY a 'b'>",
        "&a;",
        "&lt;",
        "<![CDATA[",
        "<?xml?>",
        "<!--",
      ],
      read: (bytes) => {
        const system = readSystem(bytes.toString("utf8"));
        return createEnergy(system).evaluate(new Float64Array(3 * system.atoms).map(Math.sin), null);
      },
    },
    {
      name: "molecule",
      seeds: [Buffer.from(METHANOL_XML)],
      words: forces,
      read: inFile("molecule.xml", (systemXml) => loadSystem({ systemXml, pdb })),
    },
    {
      name: "pdb",
      seeds: [Buffer.from(METHANOL_PDB), readFileSync(dataPath("aldp", "topology.pdb"))],
      words: ["ATOM  ", "HETATM", "CONECT", "ENDMDL", "MODEL ", "TER"],
      read(bytes) {
        const { atoms, xyz, conect } = readPdb(bytes.toString("utf8"));
        expect(xyz.length === 3 * atoms.length && xyz.every(Number.isFinite), "coordinates");
        expect(
          conect.every((bond) => bond.every((atom) => atom in atoms)),
          "bonds",
        );
      },
    },
    {
      name: "npy",
      seeds: [
        Buffer.concat(encodeNpy(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3])),
        Buffer.concat(encodeNpy(Float32Array.of(1, 2), [2])),
        Buffer.concat(encodeNpy(Uint8Array.of(1), [])),
      ],
      words: ["<f4", "<f8", ">f8", "<i8", "|u1", "|O", "True", "False", "descr", "shape", "(", ")"],
      read: inFile("array.npy", (file) => {
        const { shape, data } = readNpy(file);
        expect(shape.reduce((product, n) => product * n, 1) === data.length, "shape");
      }),
    },
    {
      name: "safetensors",
      seeds: [readFileSync(safetensors)],
      words: ["__metadata__", "F32", "F64", "BF16", "data_offsets", "dtype", "shape", "null", "true", "[]", "{}"],
      read: inFile("tensors.safetensors", (file) => {
        const { tensors, metadata } = readSafetensors(file);
        expect(
          Object.values(metadata).every((text) => typeof text === "string"),
          "metadata",
        );
        for (const { shape, data } of Object.values(tensors)) {
          expect(shape.reduce((product, n) => product * n, 1) === data.length, "shape");
        }
      }),
    },
    {
      name: "record",
      seeds: [Buffer.from(JSON.stringify(shortRecord(), null, 1))],
      words: ["null", "true", "[]", "{}", '"essFinal"', '"evaluations"', '"losses"'],
      read: inFile("record.json", readRecord),
    },
    {
      name: "ground-truth record",
      seeds: [readFileSync(dataPath("aldp", "ground-truth", "record-seed-1.json"))],
      words: ["null", "true", "[]", "{}", '"cold"', '"leftHanded"', '"error"'],
      read: inFile("truth.json", readGroundTruthRecord),
    },
    {
      name: "Langevin record",
      seeds: [readFileSync(dataPath("aldp", "ground-truth", "langevin-1200K.json"))],
      words: ["null", "true", "[]", "{}", '"means"', '"error"'],
      read: inFile("langevin.json", readLangevin),
    },
  ];
  return { readers, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What was read has to be what its type says; anything else counts as a crash. */
function expect(holds: boolean, what: string): void {
  if (!holds) throw new TypeError(`what was read has inconsistent ${what}`);
}

/** A recorded run with the long parts shortened. */
function shortRecord(): object {
  const file = dataPath("aldp", "runs", "ta-bg-smoke-1", "record.json");
  const record = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  return { ...record, basins: (record.basins as object[]).slice(0, 1), losses: [], metrics: {} };
}
