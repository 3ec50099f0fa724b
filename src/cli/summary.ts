/** What a record says, as lines of a terminal. */
import type { TruthMetrics } from "../experiments/record";
import { uncutEss } from "../experiments/results";
import type { RunRecord } from "../io/record";

/** The record's main numbers, a line each. */
export function summarise(record: RunRecord): string[] {
  const percent = (value: number | null): string =>
    value === null ? "not available" : `${(100 * value).toPrecision(3)} %`;
  const logZ = !Number.isFinite(record.logZ)
    ? "not available"
    : `${record.logZ!.toFixed(3)} +- ${record.logZError?.toFixed(3) ?? "?"}`;
  const metrics = record.metrics ?? {};
  return [
    `run       ${record.system} ${record.method}, preset ${record.preset}, seed ${record.seed}, ${record.engine}`,
    `ESS       ${percent(record.essFinal)} (no weight cut: ${percent(uncutEss({ metrics }))}; straight from the first temperature: ${percent(record.essDirect)})`,
    `per rung  ${record.essPerRung.map(percent).join(", ") || "none"}`,
    `log Z     ${logZ}`,
    ...summariseDoubt(metrics),
    ...(metrics.truth ? summariseTruth(metrics.truth as TruthMetrics) : []),
    `cost      ${record.evaluations} target evaluations, ${record.gradientSteps} gradient steps, ${record.wallSeconds.toFixed(0)} s`,
  ];
}

/** Says so if the samples are worth less than two: what is reweighted means nothing then. */
function summariseDoubt({ effective, invalid, evaluationSamples: n }: Partial<RunRecord["metrics"]>): string[] {
  if (typeof effective !== "number" || effective >= 2) return [];
  const what =
    effective === 0
      ? `none of ${String(n)} samples has a weight, ${String(invalid)} have no finite energy: the flow is broken`
      : `one of ${String(n)} samples carries all the weight: log Z and all that is reweighted mean nothing`;
  return [`warning   ${what}; train longer, in smaller steps, or with a smaller learning rate`];
}

/** The main numbers of a comparison, a line each. */
export function summariseTruth({ frames, forward, sweepTv, ramachandranTv }: TruthMetrics): string[] {
  const percent = (share: number | null): string =>
    share === null ? "not available" : `${(100 * share).toFixed(2)} %`;
  return [
    `truth     ${frames} samples`,
    ...(forward ? [`EUBO      ${forward.eubo.value.toFixed(4)} +- ${forward.eubo.error.toFixed(4)}`] : []),
    ...(sweepTv ? [`TV        ${percent(sweepTv.plain)}, reweighted ${percent(sweepTv.reweighted)}`] : []),
    ...(ramachandranTv
      ? [`TV        at equal counts ${percent(ramachandranTv.matched)}, noise floor ${percent(ramachandranTv.floor)}`]
      : []),
  ];
}
