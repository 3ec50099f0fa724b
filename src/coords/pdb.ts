/** Reading PDB files: ATOM, HETATM and CONECT records of the first model (wwPDB format 3.3, fixed columns). */

/** One atom as the file names it. */
export interface PdbAtom {
  /** E.g. "CA". */
  readonly name: string;
  /** E.g. "C"; read from columns 77-78, or from the name where they are blank. */
  readonly element: string;
  /** Residue name and number, e.g. "ALA2". */
  readonly residue: string;
}

/** The atoms of a file, in its order. */
export interface PdbStructure {
  readonly atoms: readonly PdbAtom[];
  /** nm, [3 * atoms]. */
  readonly xyz: Float64Array;
  /** The bonds of the CONECT records, as atom indices (not serial numbers), each once and ascending. */
  readonly conect: readonly (readonly [number, number])[];
}

const ANGSTROM = 0.1;

function readAtom(line: string): PdbAtom {
  const name = line.slice(12, 16).trim();
  // Without an element column: a name starts in column 13 only if its element has two letters or it is a four-letter hydrogen.
  const fromName = /^[A-Z]/i.test(line[12] ?? "") && name.length < 4 ? name.slice(0, 2) : name.replace(/^\d+/, "")[0];
  const element = line.slice(76, 78).trim() || (fromName ?? "");
  return {
    name,
    element: element.slice(0, 1).toUpperCase() + element.slice(1).toLowerCase(),
    residue: line.slice(17, 20).trim() + line.slice(22, 26).trim(),
  };
}

function readPosition(line: string, number: number): number[] {
  const columns = [line.slice(30, 38), line.slice(38, 46), line.slice(46, 54)];
  const position = columns.map((text) => (text.trim() === "" ? NaN : Number(text) * ANGSTROM));
  if (!position.every(Number.isFinite)) {
    throw new Error(
      `readPdb: invalid coordinates in line ${number} (got ${JSON.stringify(columns.join(""))}), ` +
        "expected three finite numbers in columns 31-54",
    );
  }
  return position;
}

/** The first model of a PDB file's text; alternative locations other than the first (blank or A) are left out. */
export function readPdb(text: string): PdbStructure {
  const atoms: PdbAtom[] = [];
  const xyz: number[] = [];
  const indexOf = new Map<string, number>();
  const bonds = new Map<string, [number, number]>();
  let inFirstModel = true;
  text.split(/\r?\n/).forEach((line, at) => {
    const record = line.slice(0, 6).trim();
    if (record === "ENDMDL") inFirstModel = false;
    if (inFirstModel && (record === "ATOM" || record === "HETATM") && /[ A]/.test(line[16] ?? " ")) {
      indexOf.set(line.slice(6, 11).trim(), atoms.length);
      atoms.push(readAtom(line));
      xyz.push(...readPosition(line, at + 1));
    }
    if (record === "CONECT") {
      const [first, ...others] = [6, 11, 16, 21, 26].map((column) =>
        indexOf.get(line.slice(column, column + 5).trim()),
      );
      for (const other of others) {
        if (first === undefined || other === undefined) continue;
        const bond: [number, number] = first < other ? [first, other] : [other, first];
        bonds.set(bond.join("-"), bond);
      }
    }
  });
  if (atoms.length === 0) throw new Error("readPdb: missing atoms (got no ATOM or HETATM record), expected a PDB file");
  return { atoms, xyz: Float64Array.from(xyz), conect: [...bonds.values()] };
}
