/** Distances between C-alpha atoms, the features of TICA, and the samples' free energy over its two slowest components (paper, hexapeptide). */
import { type Frames, requireCoordinates } from "../coords/convert";
import { createCoordinates } from "../coords/coordinates";
import { type Axis, type Histogram, histogram2d } from "../numerics/histogram";
import type { MolecularSystem } from "../target/molecule";
import { kullbackLeibler, totalVariation } from "./divergence";
import { type Distances, distancesOf, measureParts, type Part, type Parts, weightsOf } from "./parts";
import { type Features, fitTica, projectTica, type TicaOptions } from "./tica";

/**
 * The distances (nm) between all pairs of C-alpha atoms, [n, pairs].
 * @throws Error if the frames are known to be of other coordinates than the molecule's.
 */
export function alphaDistances(
  { topology, coordinates }: Pick<MolecularSystem, "topology" | "coordinates">,
  frames: Frames,
): Features {
  requireCoordinates("alphaDistances", coordinates, frames);
  const { n, dof, x } = frames;
  const alphas = topology.atoms.flatMap(({ name }, atom) => (name === "CA" ? [atom] : []));
  const pairs = alphas.flatMap((i, k) => alphas.slice(k + 1).map((j) => [3 * i, 3 * j] as const));
  const { place } = createCoordinates(coordinates);
  const xyz = new Float64Array(3 * topology.atoms.length);
  const dimension = pairs.length;
  const values = new Float32Array(n * dimension);
  for (let k = 0; k < n; k++) {
    place(x, k * dof, xyz);
    for (let p = 0; p < dimension; p++) {
      const [i, j] = pairs[p]!;
      const [dx, dy, dz] = [xyz[i]! - xyz[j]!, xyz[i + 1]! - xyz[j + 1]!, xyz[i + 2]! - xyz[j + 2]!];
      values[k * dimension + p] = Math.sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return { n, dimension, values };
}

/** The plane of the two slowest components, which the truth defines. */
export interface TicaComparison {
  /** Autocorrelations of the two components at the lag. */
  readonly eigenvalues: readonly number[];
  readonly tv: Distances;
  readonly kld: Distances;
  /** On 100 x 100 bins over the range of the truth; what lies beyond counts at the edge. `freeEnergy` makes surfaces of them. */
  readonly histograms: Parts<Histogram>;
}

const BINS = 100;

/** Compares samples over the two slowest components of the truth, whose rows must be in the order of time; null with fewer than two independent distances. */
export function compareTica(
  parts: Parts<Part>,
  molecule: Pick<MolecularSystem, "topology" | "coordinates">,
  options: TicaOptions,
): TicaComparison | null {
  const features = alphaDistances(molecule, parts.truth.set);
  if (features.dimension < 2) return null;
  const model = fitTica(features, { ...options, components: 2 });
  if (model.components.length < 2) return null; // distances that depend on each other
  const project = (of: Features): readonly [Float64Array, Float64Array] => {
    const [first, second] = projectTica(model, of);
    return [first!, second!];
  };
  const truth = project(features);
  const samples = project(alphaDistances(molecule, parts.plain.set));
  const axes = [rangeOf(truth[0]), rangeOf(truth[1])] as const;
  const histograms = measureParts(parts, (part) => {
    const [first, second] = part.set === parts.truth.set ? truth : samples;
    return histogram2d(rowsOf(part, first, axes[0]), rowsOf(part, second, axes[1]), axes, weightsOf(part) ?? undefined);
  });
  const { eigenvalues } = model;
  const [tv, kld] = [distancesOf(histograms, totalVariation), distancesOf(histograms, kullbackLeibler)];
  return { eigenvalues, tv, kld, histograms };
}

function rangeOf(values: Float64Array): Axis {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  return { low, high, bins: BINS };
}

/** The rows of a part, moved to the edge where they lie outside. */
function rowsOf({ from, step, count }: Part, values: Float64Array, { low, high }: Axis): Float64Array {
  const rows = new Float64Array(count);
  for (let k = 0; k < count; k++) rows[k] = Math.min(high, Math.max(low, values[from + k * step]!));
  return rows;
}
