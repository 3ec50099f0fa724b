/** What the steps of a round tell those who watch, and what the run keeps of them. */
import { reverseEss } from "../evaluate/ess";
import { logWeights, samplesBetween } from "../target/samples";
import type { RoundInfo, Rung } from "../train/round";
import { finalTemperature } from "./experiment";
import { followBasins, type Run } from "./run";
import type { Told } from "./stage";

/** Of a step that trains nothing. */
const UNTRAINED = { loss: NaN, gradientNorm: NaN, ess: null, updates: 0 };

/** Without iterations, minutes of walking would tell nothing. */
export function tellSweep(step: number | null, place: Pick<Told, "temperature" | "steps">): Told | null {
  if (!step) return null;
  return { ...place, ...UNTRAINED, stage: "walking", step };
}

/** Of which stage a step was, where its samples come from, and when it began (ms). */
interface RoundStep extends Pick<Told, "stage" | "temperature"> {
  readonly start: number;
}

/** What a step of a round tells, and keeps in the run. */
export function tellRound(run: Run, info: RoundInfo, { stage, temperature, start }: RoundStep): Told | null {
  const isLast = info.kind === "trained" && info.isLast;
  if (isLast) followRung(run, info.rung);
  run.rungSeconds += (performance.now() - start) / 1e3;
  if (info.kind === "prepared") return null;
  if (info.kind === "mixed") return { ...UNTRAINED, stage: "mixing", temperature, step: info.blocks, steps: info.of };
  if (info.kind === "walked") return tellSweep(info.sweep, { temperature: info.rung.to, steps: info.sweeps });
  if (info.kind === "drawn") {
    // A draw of millions takes minutes, in which nothing else is told.
    return { ...UNTRAINED, stage: "sampling", temperature, step: info.samples, steps: info.room };
  }
  const { rung, loss, gradientNorm, rollback, iteration } = info;
  if (isLast) keepRung(run, rung);
  const place = { stage, temperature: rung.to, step: iteration + 1, steps: rung.iterations };
  return { ...place, loss, gradientNorm, ess: rung.bufferEss, rollback, updates: 1, ...(isLast && { rung }) };
}

/** What a rung's samples say that will be forgotten with them. */
function followRung(run: Run, { samples, drawn, logWeights: weights, to }: Rung): void {
  const last = finalTemperature(run.experiment);
  if (run.rungs.length === 0) run.essDirect = reverseEss(logWeights(run.setup.target, samples, last));
  const basins = followBasins(run, samples, to, weights);
  if (drawn === samples.n) return void run.basins.push(...basins);
  // What the flow samples is told by its own samples, the last, and not by those of flows before it.
  const own = samplesBetween(samples, samples.n - drawn, samples.n);
  const sampled = followBasins(run, own, to, weights.subarray(samples.n - drawn));
  run.basins.push(
    ...basins.map((basin, i) => ({ ...basin, sampled: sampled[i]!.sampled, sampledError: sampled[i]!.sampledError })),
  );
}

function keepRung(run: Run, rung: Rung): void {
  const { from, to, decision, bufferEss, invalid, iterations, drawn, trust } = rung;
  const kept = { from, to, decision, bufferEss, invalid, iterations, ...(trust && { trust }) };
  run.rungs.push({ ...kept, samples: drawn, seconds: run.rungSeconds });
  run.rungSeconds = 0;
}
