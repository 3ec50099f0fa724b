/** The architecture of a flow as a plain value: which dofs each coupling transforms, given which others (paper appendix on architecture; Dinh et al. 2017). */
import type { Channel } from "../coords/spec";
import { createRng, type Rng } from "../numerics/random";
import { MIN_BIN } from "./spline-kernels";
import { checkSteered, checkTemperatures, type TemperatureRange, type Told } from "./temperature";

/** One coupling layer: `transform` is mapped by splines whose parameters depend on `given`. Both list linear dofs first, circular ones last. */
export interface CouplingSpec {
  readonly transform: readonly number[];
  readonly given: readonly number[];
  /** Added to every circular dof (modulo 1) after this coupling in the direction latent to data; 0 for none. */
  readonly shift: number;
}

/** A whole flow on [0,1]^dof. Structured-clonable and JSON-serialisable. */
export interface FlowSpec extends Told {
  readonly dof: number;
  readonly circular: readonly boolean[];
  readonly bins: number;
  /** Width of the conditioners' hidden layers. */
  readonly hidden: number;
  /** Number of hidden layers with a ReLU, after a first linear layer without one. */
  readonly layers: number;
  readonly couplings: readonly CouplingSpec[];
}

/** What a user chooses; the rest follows from the channels and the seed. */
export interface FlowOptions {
  readonly couplings: number;
  readonly hidden: number;
  readonly layers: number;
  readonly bins: number;
  /** Seed of the random splits and shifts: part of the architecture, not of the training. */
  readonly seed: number;
  /** Of a flow that is told the temperature: one for all of them. Changes neither splits nor shifts. */
  readonly temperatures?: TemperatureRange;
  /** The hottest temperature, of a flow whose prior narrows with the temperature; null or left out: of one whose prior does not, as in the paper. */
  readonly steered?: number | null;
}

/** The paper's flow for molecules: 16 couplings, five linear layers of 256, 8 bins. */
export const PAPER_FLOW: FlowOptions = { couplings: 16, hidden: 256, layers: 4, bins: 8, seed: 0 };

/** The paper's flow for the Gaussian mixture: 13 couplings, 16 bins. */
export const PAPER_MIXTURE_FLOW: FlowOptions = { couplings: 13, hidden: 120, layers: 1, bins: 16, seed: 0 };

function shuffled(items: readonly number[], rng: Rng): number[] {
  const a = [...items];
  for (let i = a.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    [a[i], a[j]] = [a[j]!, a[i]!];
  }
  return a;
}

/**
 * Couplings in pairs: every channel is split on its own into floor(n/2) random members, transformed first given the rest, and
 * then the reverse; a random shift of all torsions follows each pair. In two dimensions this alternates x1|x2 and x2|x1.
 * @param channels the kind of each dof of x.
 * @throws RangeError if a half would be empty or an option is not a positive integer.
 */
export function createFlowSpec(channels: readonly Channel[], options: FlowOptions): FlowSpec {
  const { couplings, hidden, layers, bins, seed, temperatures, steered } = options;
  for (const [name, value] of Object.entries({ couplings, hidden, layers, bins })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`createFlowSpec: invalid ${name} (got ${value}), expected a positive integer`);
    }
  }
  if (bins * MIN_BIN >= 1) {
    throw new RangeError(
      `createFlowSpec: invalid bins (got ${bins}), expected fewer than ${1 / MIN_BIN}, for each is at least ${MIN_BIN} wide`,
    );
  }
  if (temperatures) checkTemperatures(temperatures);
  if (steered) checkSteered(steered, temperatures);
  const dof = channels.length;
  if (dof < 2)
    throw new RangeError(`createFlowSpec: invalid number of dofs (got ${dof}), expected at least 2 to couple`);
  const circular = channels.map((c) => c === "torsion");
  const linearFirst = (a: number, b: number): number => Number(circular[a]) - Number(circular[b]) || a - b;
  const rng = createRng(seed, 1);
  const specs: CouplingSpec[] = [];
  while (specs.length < couplings) {
    const first: number[] = [];
    for (const kind of ["bond", "angle", "improper", "torsion"] as const) {
      const members = channels.flatMap((c, i) => (c === kind ? [i] : []));
      first.push(...shuffled(members, rng).slice(0, Math.floor(members.length / 2)));
    }
    if (first.length === 0 || first.length === dof) {
      throw new RangeError(`createFlowSpec: invalid channels (got ${channels.join(",")}), expected two of one kind`);
    }
    const rest = channels.flatMap((_, i) => (first.includes(i) ? [] : [i]));
    first.sort(linearFirst);
    rest.sort(linearFirst);
    const shift = circular.includes(true) ? rng.uniform() : 0;
    specs.push({ transform: first, given: rest, shift: 0 }, { transform: rest, given: first, shift });
  }
  // An odd number of couplings ends after the first half of the last pair.
  const kept = specs.slice(0, couplings);
  const spec = { dof, circular, bins, hidden, layers, couplings: alternating(kept, dof) };
  return { ...spec, ...(temperatures && { temperatures }), ...(steered && { steered }) };
}

/** With two dofs the random choice of the first would let x1|x2 follow x1|x2; there the order simply alternates. */
function alternating(specs: CouplingSpec[], dof: number): CouplingSpec[] {
  if (dof !== 2) return specs;
  return specs.map((s, i) => ({ ...s, transform: [i % 2], given: [1 - (i % 2)] }));
}
