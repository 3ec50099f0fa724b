/** `tabg evaluate`: a stored run against the truth, which may have been made after it. */
import path from "node:path";
import { compareWithTruth } from "../experiments/record";
import { sampleRun } from "../experiments/run";
import { loadRun } from "../experiments/store";
import { lackOfTruth } from "../experiments/truth";
import { readRecord, writeRecord } from "../io/record";
import { summariseTruth } from "./summary";
import { interruptible } from "./interruptible";
import { parseCommand, type Streams } from "./usage";

/** Samples the folder's flow, compares it with the truth and writes that into the record, whose other numbers stay. */
export async function evaluateCommand(args: readonly string[], streams: Streams): Promise<number> {
  const { positionals } = parseCommand("evaluate", args, { positionals: ["RUN"], options: [] });
  const folder = positionals[0]!;
  const record = readRecord(path.join(folder, "record.json"));
  const run = loadRun(folder);
  try {
    const lack = lackOfTruth(run.experiment);
    if (lack !== null) throw new Error(`evaluate: ${lack}`);
    const samples = await interruptible((signal) => sampleRun(run, run.experiment.evaluationSamples, { signal }));
    const truth = await compareWithTruth(run, samples);
    writeRecord(folder, { ...record, metrics: { ...record.metrics, truth } });
    for (const line of summariseTruth(truth!)) streams.out(line);
    return 0;
  } finally {
    await run.setup.close();
  }
}
