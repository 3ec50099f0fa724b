/** Free energies over the two slowest components of a simulation (paper, TICA figures), of samples and of the truth. */
import { freeEnergy } from "../evaluate/ramachandran";
import { type Features, projectTica, type TicaModel } from "../evaluate/tica";
import { histogram2d } from "../numerics/histogram";
import { quantile } from "../numerics/quantile";
import { surfaceChart } from "./charts/surface";
import type { ChartSpec } from "./charts/style";
import { relativeWeights } from "./weights";

/** One panel: features of samples, and their log weights where they have any. */
export interface TicaPanel {
  readonly title: string;
  readonly features: Features;
  readonly logWeights?: ArrayLike<number>;
}

const BINS = 60;

/**
 * Panels over common axes, which hold all but a thousandth of the first panel at each end.
 * @throws RangeError if the model has fewer than two components.
 */
export function ticaChart(
  model: TicaModel,
  panels: readonly TicaPanel[],
  { cut = 11 }: { readonly cut?: number } = {},
): ChartSpec {
  if (model.components.length < 2 || panels.length === 0) {
    throw new RangeError(
      `ticaChart: missing components or panels (got ${model.components.length} and ${panels.length}), expected 2 components and at least one panel`,
    );
  }
  const projected = panels.map(
    ({ features }) => projectTica(model, features).slice(0, 2) as [Float64Array, Float64Array],
  );
  const range = (axis: 0 | 1): readonly [number, number] => {
    const values = projected[0]![axis];
    const [low, high] = [quantile(values, 0.001), quantile(values, 0.999)];
    const margin = 0.05 * (high - low || 1);
    return [Number((low - margin).toPrecision(3)), Number((high + margin).toPrecision(3))];
  };
  const [x, y] = [range(0), range(1)];
  const axes = [x, y].map(([low, high]) => ({ low, high, bins: BINS })) as [
    { low: number; high: number; bins: number },
    { low: number; high: number; bins: number },
  ];
  const surfaces = panels.map(({ title, logWeights }, k) => {
    const [first, second] = projected[k]!;
    return {
      title,
      freeEnergy: freeEnergy(histogram2d(first, second, axes, logWeights && relativeWeights(logWeights))),
    };
  });
  return surfaceChart(surfaces, { cut, x: "TICA 1", y: "TICA 2", range: { x, y } });
}
