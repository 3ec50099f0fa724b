/** `npm run table`: the results table, figures/results.md and figures/results.csv, from the records of all runs in data/. */
import path from "node:path";
import { findRecords, resultRows } from "../experiments/results";
import { writeTextAtomically } from "../io/atomic";
import { dataPath, projectRoot } from "../io/paths";
import { table } from "../notebook";
import { resultsColumns, resultsMarkdown } from "../notebook/results-table";

const HEAD = `# Results

Made by \`npm run table\` from \`data/*/runs/*/record.json\`: mean over the seeds ± their standard deviation. Published rows are those of arXiv 2510.18460,
table 1. EUBO bounds log Z from above (of the mixture, whose log Z is 0, it is the forward KL to the truth). TV is the total variation of the Ramachandran
histograms from those of every sweep of the ground truth, of the samples as they are and reweighted; "matched" is that of as many samples as half of its
frames, to be read beside the "floor" that one half has from the other. The evaluations of forward KL are those of the simulation that it learns from.

`;

try {
  const rows = resultRows(findRecords(dataPath()));
  const markdown = resultsMarkdown(rows);
  const figure = (name: string): string => path.join(projectRoot(), "figures", name);
  writeTextAtomically(figure("results.md"), HEAD + markdown);
  writeTextAtomically(figure("results.csv"), table(resultsColumns(rows)).toCSV().trimEnd() + "\n");
  console.log(markdown.trimEnd());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
