/** `tabg langevin`: plain dynamics of a molecule, a check on its ground truth. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { requireDestinations } from "../io/atomic";
import { formatDuration, formatMeasured } from "../notebook/numbers";
import { type LangevinRecord, runLangevin, writeLangevin } from "../sample/langevin-run";
import { loadSystem, SHIPPED_SYSTEMS } from "../target/molecule";
import { parseCommand, parsePositive, parseSeed, requireOneOf, type Streams } from "./usage";

/** Half a femtosecond: hydrogens are free, and at 1200 K their bonds turn round in a third of the time they need at 300 K. */
const SETTINGS = { timestep: 0.0005, friction: 2, replicas: 16, warmUp: 0.05, every: 10 };

export async function langevinCommand(args: readonly string[], streams: Streams): Promise<number> {
  const { positionals, options } = parseCommand("langevin", args, {
    positionals: ["SYSTEM"],
    options: ["temperature", "nanoseconds", "seed", "out"],
  });
  const system = requireOneOf("langevin", "system", positionals[0]!, SHIPPED_SYSTEMS);
  const temperature = parsePositive("langevin", "temperature", options.temperature ?? "1200");
  const nanoseconds = parsePositive("langevin", "nanoseconds", options.nanoseconds ?? "1");
  const seed = parseSeed("langevin", options.seed);
  const out = options.out ?? path.join("runs", `${system}-langevin-${temperature}K.json`);
  mkdirSync(path.dirname(path.resolve(out)), { recursive: true });
  requireDestinations([out]); // before hours of work
  const settings = { ...SETTINGS, temperature, nanoseconds };
  let shown = performance.now();
  const result = await runLangevin(system, loadSystem(system), settings, seed, (share) => {
    if (performance.now() - shown < 5000) return;
    shown = performance.now();
    streams.note(`${(100 * share).toFixed(1)} %`);
  });
  const { versions } = require("../experiments/versions") as typeof import("../experiments/versions");
  const command = `npx tabg langevin ${system} --temperature ${temperature} --nanoseconds ${nanoseconds} --seed ${seed}`;
  const record: LangevinRecord = { system, command, seed, settings, ...result, versions: versions() };
  writeLangevin(out, record);
  for (const [name, { value, error }] of Object.entries(record.means)) {
    streams.out(`${name.padEnd(24)} ${formatMeasured(value, error)}`);
  }
  streams.out(`written   ${out}, ${formatDuration(record.wallSeconds)}`);
  return 0;
}
