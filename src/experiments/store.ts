/** A run on disk: the flow in `flow.safetensors` with the experiment that made it, the numbers in `record.json`. */
import path from "node:path";
import type { FlowSpec } from "../flow/spec";
import { type RunRecord, writeRecord } from "../io/record";
import { readSafetensors, writeSafetensors } from "../io/safetensors";
import { type Experiment, finalTemperature, NO_STAGES } from "./presets";
import { flowTemperature, type Run, startFrom } from "./run";
import { orClose, type SetupOptions } from "./setup";

const FLOW = "flow.safetensors";

/** Writes the flow as it stands, `flow.safetensors`, whole or not at all. */
export function saveFlow(run: Run, folder: string): void {
  const { setup, experiment, seed } = run;
  const { parameters } = setup.model.engine.state();
  const metadata = {
    flow: JSON.stringify(setup.model.flow),
    experiment: JSON.stringify(experiment),
    seed: String(seed),
    temperature: String(flowTemperature(run)),
  };
  const tensors = { parameters: { shape: [parameters.length], data: parameters } };
  writeSafetensors(path.join(folder, FLOW), { tensors, metadata });
}

/** Writes `record.json` and `flow.safetensors` into `folder`. */
export function saveRun(run: Run, record: RunRecord, folder: string): void {
  saveFlow(run, folder);
  writeRecord(folder, record);
}

/**
 * A run whose flow is the one stored in `folder`, ready to be sampled or annealed further; its history stays in the record.
 * @throws Error if the file is missing, or its flow is not the one that its experiment makes of the molecule.
 */
export function loadRun(folder: string, options: Omit<SetupOptions, "seed"> = {}): Run {
  const file = path.join(folder, FLOW);
  const { tensors, metadata } = readSafetensors(file);
  const { experiment, seed, temperature } = metadata;
  const data = tensors.parameters?.data;
  if (experiment === undefined || seed === undefined || !(data instanceof Float32Array)) {
    throw new Error(
      `loadRun: invalid file ${file} (got no experiment, seed or f32 parameters), expected one that saveFlow wrote`,
    );
  }
  // Files that are older than a stage do not name it.
  const whole = { ...NO_STAGES, ...(JSON.parse(experiment) as Experiment) };
  // Nor do they say where their flow stands: at the end.
  const at = temperature === undefined ? finalTemperature(whole) : Number(temperature);
  const run = startFrom(whole, { temperature: at, parameters: data }, { ...options, seed: Number(seed) });
  return orClose(run.setup, () => {
    requireFlow(file, metadata.flow, run.setup.model.flow);
    return run;
  });
}

/** As many parameters may be those of other splits, and would give noise. */
function requireFlow(file: string, stored: string | undefined, made: FlowSpec): void {
  if (stored === undefined) return;
  const architecture = ({ circular, couplings }: FlowSpec): string => JSON.stringify([circular, couplings]);
  if (architecture(JSON.parse(stored) as FlowSpec) === architecture(made)) return;
  throw new Error(
    `loadRun: mismatched flow in ${file} (got couplings of other degrees of freedom), expected those of its experiment and molecule; ` +
      "load it with the molecule, in the coordinates, and by the version that it was trained with",
  );
}
