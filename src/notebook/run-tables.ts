/** Tables of a run: what it works on, how each rung went, what came out beside the published numbers. */
import type { Estimate } from "../evaluate/logz";
import type { Experiment } from "../experiments/experiment";
import { findPublished, METHOD_LABELS } from "../experiments/published";
import type { TruthMetrics } from "../experiments/record";
import { uncutEss } from "../experiments/results";
import type { Run } from "../experiments/run";
import { type BasinRecord, evaluationsOf, finalBasins, type RunRecord } from "../io/record";
import { shareTitle } from "./charts/basins";
import { formatDuration, formatMeasured, formatNumber, formatPercent } from "./numbers";
import { endsOfLadder } from "./recorded-rungs";
import { table, type Table } from "./tables";

type Row = readonly [what: string, value: string];

/** A table of named texts. */
export function rowsTable(rows: readonly Row[]): Table {
  return table({ what: rows.map(([what]) => what), value: rows.map(([, value]) => value) });
}

const percent = (share: number | null): string => formatPercent(share ?? NaN);
const measuredPercent = (value: number | null, error: number | null): string =>
  value === null ? "–" : `${formatMeasured(100 * value, 100 * (error ?? NaN))} %`;

/** The plan of an experiment. */
export function experimentTable(experiment: Experiment): Table {
  return rowsTable([["system", experiment.system], ...planRows(experiment), ["preset", experiment.preset]]);
}

/** What is about to be trained: the molecule, the flow, the plan and the machine. */
export function overviewTable({ experiment, setup, seed }: Run): Table {
  const { target, model, molecule } = setup;
  return rowsTable([
    ["system", experiment.system],
    ...(molecule ? [["atoms", formatNumber(molecule.system.atoms)] as const] : []),
    ["degrees of freedom", formatNumber(target.dof)],
    ["parameters of the flow", formatNumber(model.engine.state().parameters.length)],
    ...planRows(experiment),
    ["preset, seed", `${experiment.preset}, ${seed}`],
    ["engine", model.engine.name],
  ]);
}

function planRows({ reverseKl, hotChains, anneal, trustRegion, pathKl, forwardKl, fab }: Experiment): Row[] {
  return [
    ...Object.entries({
      "reverse KL": reverseKl,
      "hot chains": hotChains,
      "path gradients": pathKl,
      "forward KL": forwardKl,
      FAB: fab,
    }).flatMap(([stage, options]): Row[] =>
      options
        ? [[stage, `${formatNumber(options.iterations)} iterations of ${formatNumber(options.batch)} samples`]]
        : [],
    ),
    ...(anneal ? [["ladder", anneal.ladder.map((t) => String(Number(t.toPrecision(4)))).join(", ")] as const] : []),
    ...(trustRegion
      ? [["trust region", `KL ${trustRegion.bounds.kl}, entropy ${trustRegion.bounds.entropy} nats a step`] as const]
      : []),
  ];
}

const DECISIONS = { ladder: "", shortened: "shortened", refined: "refined", bounded: "", target: "" } as const;

/** The rungs so far: the ESS of each buffer, whether the ladder had to be changed, and the time. */
export function rungTable({ rungs }: Pick<Run, "rungs">): Table {
  return table(
    {
      from: rungs.map((rung) => rung.from),
      to: rungs.map((rung) => rung.to),
      samples: rungs.map((rung) => rung.samples),
      "buffer ESS": rungs.map((rung) => rung.bufferEss),
      invalid: rungs.map((rung) => rung.invalid),
      "step changed": rungs.map((rung) => DECISIONS[rung.decision]),
      time: rungs.map((rung) => rung.seconds),
    },
    { format: { from: (t) => t.toFixed(1), to: (t) => t.toFixed(1), "buffer ESS": "percent", time: "duration" } },
  );
}

/** A table of what the run reached and what it cost, with the published values where there are any. */
export function metricsTable(record: RunRecord): Table {
  const published = findPublished(record.system, record.method);
  const truth = (record.metrics.truth ?? null) as TruthMetrics | null;
  const bound = truth?.forward?.eubo;
  const ends = endsOfLadder(record);
  const ess = percent(record.essFinal);
  const publishedEss = published ? percent(published.ess) : "";
  const rows: (readonly [metric: string, value: string, published: string])[] = [
    ...(ends === null
      ? [["ESS", ess, publishedEss] as const]
      : [
          [`ESS, annealed to ${ends.cold}`, ess, publishedEss] as const,
          [`ESS, ${ends.hot} reweighted straight to ${ends.cold}`, percent(record.essDirect), ""] as const,
        ]),
    ["ESS, no weight cut", percent(uncutEss(record)), ""],
    ["log Z", formatMeasured(record.logZ ?? NaN, record.logZError ?? NaN), published ? `< ${published.eubo}` : ""],
    ...(bound
      ? [["EUBO", formatMeasured(bound.value, bound.error), published ? formatNumber(published.eubo) : ""] as const]
      : []),
    ...(truth?.sweepTv
      ? [
          ["Ramachandran TV", percent(truth.sweepTv.plain), published ? percent(published.tv) : ""] as const,
          ["Ramachandran TV, reweighted", percent(truth.sweepTv.reweighted), ""] as const,
        ]
      : []),
    ...fewBasins(record).flatMap((basin): [string, string, string][] => [
      [`share of ${basin.basin}, sampled`, measuredPercent(basin.sampled, basin.sampledError), ""],
      [`share of ${basin.basin}, reweighted`, measuredPercent(basin.reweighted, basin.reweightedError), ""],
      [`effective samples in ${basin.basin}`, formatNumber(Math.round(basin.effective ?? NaN)), ""],
    ]),
    ["target evaluations", formatNumber(evaluationsOf(record)), published ? formatNumber(published.evaluations) : ""],
    ["gradient steps", formatNumber(record.gradientSteps), ""],
    ["training time", formatDuration(record.wallSeconds), ""],
  ];
  return table({
    metric: rows.map(([metric]) => metric),
    "this run": rows.map(([, value]) => value),
    ...(published && { [`published ${METHOD_LABELS[record.method]}`]: rows.map(([, , value]) => value) }),
  });
}

/** The share of one basin at the end of several runs, beside that in truth: by default of the first that they follow. */
export function basinTable(
  records: Readonly<Record<string, RunRecord>>,
  truth: Estimate,
  basin = Object.values(records)[0]?.basins[0]?.basin,
): Table {
  const whose = shareTitle(basin ?? "");
  const rows = Object.entries(records).map(([method, record]) => {
    const last = finalBasins(record).get(basin ?? "");
    if (!last)
      throw new RangeError(`basinTable: unknown basin (got ${basin} for ${method}), expected one that all runs follow`);
    return {
      [whose]: method,
      sampled: { value: last.sampled ?? NaN, error: last.sampledError ?? NaN },
      reweighted: { value: last.reweighted ?? NaN, error: last.reweightedError ?? NaN },
      samples: last.samples,
      effective: last.effective,
    };
  });
  const format = {
    sampled: "percent",
    reweighted: "percent",
    effective: (v: number) => formatNumber(Math.round(v)),
  } as const;
  return table([{ [whose]: "ground truth", sampled: truth }, ...rows], { format });
}

/** A mixture has 40 basins, too many for a table of metrics. */
function fewBasins(record: RunRecord): BasinRecord[] {
  const last = finalBasins(record);
  return last.size > 8 ? [] : [...last.values()];
}
