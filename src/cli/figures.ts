/** `npm run figures [-- FOLDER ...]`: the figures of the README from the recorded runs of molecules, or from others, and the numbers beside them. */
import path from "node:path";
import { finalTemperature } from "../experiments/presets";
import { sampleRun } from "../experiments/run";
import { loadRun } from "../experiments/store";
import { readRecord } from "../io/record";
import { dataPath, projectRoot } from "../io/paths";
import { basinChart, essChart, metricsTable, ramachandranSurfaces, recordedEss, show, surfaceChart } from "../notebook";
import { endsOfLadder } from "../notebook/recorded-rungs";

/** Samples in the surfaces; target evaluations. */
const SAMPLES = 500_000;

async function figures(folder: string): Promise<void> {
  const record = readRecord(path.join(folder, "record.json"));
  const figure = (name: string): { save: string } => ({
    save: path.join(projectRoot(), "figures", `${record.system}-${name}`),
  });
  const run = loadRun(folder);
  const temperature = finalTemperature(run.experiment);
  const samples = await sampleRun(run, SAMPLES);
  await run.setup.close();
  // Of what has no such torsions the first pair is asked for, and refused in words.
  const residues = Math.max(1, run.setup.molecule?.ramachandran.length ?? 0);
  const surfaces = Array.from({ length: residues }, (_, pair) =>
    ramachandranSurfaces(run, samples, temperature, { pair, ...(residues > 1 && { name: `residue ${pair + 1}` }) }),
  ).flat();
  await show(surfaceChart(surfaces, { cut: 11, columns: 2 }), figure("surfaces"));

  const ends = endsOfLadder(record);
  const reference = ends && { value: record.essDirect ?? 0, label: `${ends.hot} weighted straight to ${ends.cold}` };
  await show(essChart(recordedEss(record), { ...(reference && { reference }) }), figure("ess"));
  const [basin] = run.setup.basins;
  const first = record.basins.filter(({ basin: name }) => name === basin!.name);
  await show(basinChart(first, { basin: basin!.name }), figure("basin"));
  console.log(metricsTable(record).text());
}

async function main(given: readonly string[]): Promise<void> {
  const recorded = [
    dataPath("aldp", "runs", "ta-bg-laptop-1"),
    dataPath("tetra", "runs", "ta-bg-laptop-1"),
    dataPath("hexa", "runs", "hot-chains-laptop-1"),
  ];
  for (const folder of given.length > 0 ? given : recorded) await figures(folder);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
