/** `npm run figures`: the figures of the README from the recorded run of alanine dipeptide, and the numbers beside them. */
import path from "node:path";
import { finalTemperature } from "../experiments/presets";
import { sampleRun } from "../experiments/run";
import { loadRun } from "../experiments/store";
import { readRecord } from "../io/record";
import { dataPath, projectRoot } from "../io/paths";
import { basinChart, essChart, metricsTable, ramachandranSurfaces, recordedEss, show, surfaceChart } from "../notebook";

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
  await show(surfaceChart(ramachandranSurfaces(run, samples, temperature), { cut: 11 }), figure("surfaces"));

  const straight = { value: record.essDirect ?? 0, label: "1200 K weighted straight to 300 K" };
  await show(essChart(recordedEss(record), { reference: straight }), figure("ess"));
  await show(basinChart(record.basins), figure("basin"));
  console.log(metricsTable(record).text());
}

figures(process.argv[2] ?? dataPath("aldp", "runs", "ta-bg-laptop-1")).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
