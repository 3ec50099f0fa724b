/** The quickstart as it is, but for an experiment that takes seconds: written where the tests may run it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./lab";

/** Where the copy lies, from the project's root; `../runs/quickstart` of its cells is then beside it. */
export const FOLDER = "runs/browser/notebooks";

const CHOICE = 'const experiment = findExperiment("aldp", "ta-bg", preset);';
/** Section 6 is passed over as in the quickstart, whose ladder there is that of section 3. */
const LADDER = /geometricLadder\(\{[^)]*\)/;
/** As few iterations as still give weights that are not all nothing. */
const SMALL = `const full = findExperiment("aldp", "ta-bg", preset);
const experiment = {
  ...full,
  preset: "custom" as const,
  flow: { ...full.flow, couplings: 4, hidden: 64 },
  reverseKl: { ...full.reverseKl, iterations: 400 },
  anneal: {
    ...full.anneal, ladder: [1200, 1100, 1000, 1000], samples: 10000, maxSamples: 10000, buffer: 10000, iterations: 40, passes: null,
    essFloor: 0,
  },
  evaluationSamples: 10000,
};`;

/** Writes the copy, without outputs; returns its path from the project's root. */
export function writeSmallQuickstart(): string {
  const folder = path.join(ROOT, FOLDER);
  rmSync(path.dirname(folder), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = path.join(ROOT, "notebooks", "00-quickstart.ipynb");
  const notebook = JSON.parse(readFileSync(file, "utf8")) as {
    cells: { cell_type: string; source: string[]; outputs?: object[]; execution_count?: null }[];
  };
  let changed = 0;
  const cells = notebook.cells.map((cell) => {
    const source = cell.source.join("");
    if (source.includes(CHOICE)) changed++;
    const code = cell.cell_type === "code" ? { outputs: [], execution_count: null } : {};
    return {
      ...cell,
      ...code,
      source: [source.replace(CHOICE, SMALL).replace(LADDER, "[...experiment.anneal.ladder]")],
    };
  });
  if (changed !== 1) throw new Error(`small quickstart: ${changed} cells choose the experiment by the line ${CHOICE}`);
  const target = `${FOLDER}/00-quickstart.ipynb`;
  writeFileSync(path.join(ROOT, target), JSON.stringify({ ...notebook, cells }));
  return target;
}
