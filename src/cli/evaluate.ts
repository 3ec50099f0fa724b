/** `tabg evaluate`: a stored run against the truth, which may have been made after it. */
import path from "node:path";
import { finalTemperature } from "../experiments/experiment";
import { compareWithTruth } from "../experiments/record";
import { sampleRun } from "../experiments/run";
import { loadRun } from "../experiments/store";
import { hasTruth, truthTemperature } from "../experiments/truth";
import { readRecord, writeRecord } from "../io/record";
import { summariseTruth } from "./summary";
import { interruptible } from "./interruptible";
import { parseCommand, type Streams } from "./usage";

/** Samples the folder's flow, compares it with the truth and writes that into the record, whose other numbers stay. */
export async function evaluateCommand(args: readonly string[], streams: Streams): Promise<number> {
  const { positionals } = parseCommand("evaluate", args, { positionals: ["RUN"], options: [] });
  const folder = positionals[0]!;
  const record = readRecord(path.join(folder, "record.json"));
  const { system } = record;
  if (!hasTruth(system)) {
    throw new Error(
      `evaluate: missing ground truth of ${system}, expected data/${system}/ground-truth; ` +
        `make it with npm run ground-truth -- ${system} --preset full`,
    );
  }
  const run = loadRun(folder);
  try {
    const temperature = finalTemperature(run.experiment);
    if (temperature !== truthTemperature(system)) {
      throw new Error(
        `evaluate: invalid run (got one that ends at ${temperature}), expected one to ${truthTemperature(system)}, where the truth of ${system} is`,
      );
    }
    const samples = await interruptible((signal) => sampleRun(run, run.experiment.evaluationSamples, { signal }));
    const truth = await compareWithTruth(run, samples);
    writeRecord(folder, { ...record, metrics: { ...record.metrics, truth } });
    for (const line of summariseTruth(truth!)) streams.out(line);
    return 0;
  } finally {
    await run.setup.close();
  }
}
