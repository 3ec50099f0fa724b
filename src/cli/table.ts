/**
 * `npm run table`: the results table, figures/results.md and figures/results.csv, from the records of all runs in data/.
 * `npm run table -- --out FOLDER RECORD.json ...`: that of these records, beside what is published of their systems.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { findRecords, resultRows } from "../experiments/results";
import { writeTextAtomically } from "../io/atomic";
import { dataPath, projectRoot } from "../io/paths";
import { readRecord } from "../io/record";
import { table } from "../notebook";
import { resultsColumns, resultsMarkdown } from "../notebook/results-table";

const head = (title: string, from: string): string => `# ${title}

Made by \`npm run table\` from ${from}: mean ± standard deviation over the seeds whose record has the number. Published rows are those of arXiv
2510.18460, table 1; CMT is constrained mass transport, its own method. "From hot chains": chains of Hamiltonian Monte Carlo at 1200 K in the place
of reverse KL. On aldp TA-BG, adaptive or not, and hot chains have confined impropers, on hexa TA-BG, the other methods the paper's prior; what else
differs stands in README. For the ESS the largest 0.01 % of the weights are cut to the smallest of them, as the paper does; "uncut" is that of the weights as they
are, which a few samples may carry. EUBO bounds log Z from above (of the mixture, whose log Z is 0, it is the forward KL to the truth). TV is the
total variation of the Ramachandran histograms from those of every sweep of the ground truth, of the samples as they are and reweighted; "matched"
is that of as many samples as half of its frames, to be read beside the "floor" that one half has from the other. The evaluations of forward KL are
those of the simulation that it learns from.

`;

try {
  const { values, positionals: files } = parseArgs({
    options: {
      out: { type: "string", default: path.join(projectRoot(), "figures") },
      title: { type: "string", default: "Results" },
    },
    allowPositionals: true,
  });
  const all = files.length === 0;
  const records = all ? findRecords(dataPath()) : files.map(readRecord);
  const rows = resultRows(records).filter(({ system }) => all || records.some((record) => record.system === system));
  const markdown = resultsMarkdown(rows);
  const from = all ? "`data/*/runs/*/record.json`" : `${files.length} records`;
  writeTextAtomically(path.join(values.out, "results.md"), head(values.title, from) + markdown);
  writeTextAtomically(path.join(values.out, "results.csv"), table(resultsColumns(rows)).toCSV().trimEnd() + "\n");
  console.log(markdown.trimEnd());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
