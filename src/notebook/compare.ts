/** Several runs side by side: what each ladder reached, rung by rung and in the end, and what it cost. */
import type { TruthMetrics } from "../experiments/record";
import { modesFound } from "../experiments/results";
import { evaluationsOf, type RunRecord } from "../io/record";
import { essCurvesChart } from "./charts/comparison";
import type { ChartSpec } from "./charts/style";
import { recordedEss, recordedRungs } from "./recorded-rungs";
import { table, type Table } from "./tables";

export interface Comparison {
  readonly table: Table;
  readonly chart: ChartSpec;
}

/** The total variation distance of the samples to every sweep of the truth, where the record has one. */
function tvOf({ metrics }: RunRecord): number | null {
  const truth = metrics.truth as TruthMetrics | null | undefined;
  return truth?.sweepTv?.plain ?? null;
}

/**
 * A table and a chart of records under names of one's own; it shows itself at the end of a cell.
 * @example compare({ "9 steps": record, "3 steps": other })
 * @throws RangeError if there is no record.
 */
export function compare(records: Readonly<Record<string, RunRecord>>): Comparison {
  const entries = Object.entries(records);
  if (entries.length === 0) {
    throw new RangeError("compare: missing records (got none), expected some, for example { first: record }");
  }
  const each = <T>(value: (record: RunRecord) => T): T[] => entries.map(([, record]) => value(record));
  const modes = each(modesFound);
  const hasTv = each(tvOf).some((tv) => tv !== null);
  return {
    table: table(
      {
        run: entries.map(([name]) => name),
        rungs: each((record) => recordedRungs(record).length),
        "lowest rung ESS": each((record) => {
          const shares = recordedRungs(record).map(({ ess }) => ess);
          return shares.length > 0 ? Math.min(...shares) : null;
        }),
        "final ESS": each(({ essFinal }) => essFinal),
        "log Z": each(({ logZ, logZError }) => (logZ === null ? null : { value: logZ, error: logZError ?? NaN })),
        ...(hasTv && { TV: each(tvOf) }),
        ...(modes.some((count) => count !== null) && { modes }),
        evaluations: each(evaluationsOf),
        "gradient steps": each(({ gradientSteps }) => gradientSteps),
        time: each(({ wallSeconds }) => wallSeconds),
      },
      {
        format: {
          "lowest rung ESS": "percent",
          "final ESS": "percent",
          ...(hasTv && { TV: "percent" as const }),
          time: "duration",
        },
      },
    ),
    chart: essCurvesChart(entries.map(([name, record]) => ({ name, rungs: recordedEss(record) }))),
  };
}
