/**
 * How far a flow q may go towards a target p in one step (constrained mass transport, arXiv 2510.18460, propositions 2.1 to 2.3).
 *
 * Wanted is the density that minimises KL(q' || p) subject to KL(q' || q) <= e and H(q) - H(q') <= h. The Lagrangian, with multipliers
 * lambda, eta >= 0, is, but for what q' does not enter, (1 + lambda + eta) E'[log q'] - E'[log p~ + lambda log q]. It is convex in q', and smallest at
 *
 *   q' = q^(lambda / s) p~^(1 / s) / Z',   s = 1 + lambda + eta,
 *
 * where it is the concave dual g = -s log Z' - lambda e + eta (H(q) - h). Its slopes are the constraints: dg/dlambda = KL(q' || q) - e and
 * dg/deta = H(q) - H(q') - h, which fall as their multipliers grow. At the maximum each is 0, or negative with a multiplier of 0.
 *
 * Two shares in (0, 1] say the same as the multipliers and are bounded: a = 1 / (1 + eta), by which the target is tempered, and m = (1 + eta) / s, how far
 * the geometric path leads from the flow to the tempered target: q' ~ q^(1 - m) p~^(a m). At a given a the largest m within e maximises g over lambda,
 * and the slope of that maximum with eta is still H(q) - H(q') - h: so a is the largest whose own m keeps within h. No step is needed that a
 * bracket does not hold, and both shares are 1 where no bound is active: the step is the target itself.
 *
 * Entropies may refer to any volume; with that of Cartesian coordinates p~^a is the target at the temperature T / a.
 */

/** In nats, both above 0. */
export interface Bounds {
  /** On KL(q' || q). */
  readonly kl: number;
  /** On H(q) - H(q'), the entropy lost. */
  readonly entropy: number;
}

/** The density q' ~ q^(1 - share) p~^(tempering * share), and what it spends. */
export interface Step {
  readonly tempering: number;
  readonly share: number;
  /** Multiplier of the bound on KL. */
  readonly lambda: number;
  /** Multiplier of the bound on entropy. */
  readonly eta: number;
  readonly kl: number;
  /** Negative if entropy was gained. */
  readonly entropyLoss: number;
}

/** Samples that can be used: log(p~/q) and log q of each. */
interface Sampled {
  readonly weights: Float64Array;
  readonly logQ: Float64Array;
  /** E[-log q] over them. */
  readonly entropy: number;
}

/** Where a bound is met closely enough, relative to it for KL; a root in a bracket of rounding errors is as good. */
const CLOSE = 1e-12;

/**
 * The step within the bounds, from samples of the flow alone: means over it stand for all integrals.
 * @param logWeights log(p~/q) [n]; -Infinity for invalid samples, without which the flow is meant.
 * @param logQ [n] log q with respect to the volume that entropies refer to; of invalid samples anything.
 * @throws RangeError if a bound is not positive or no sample is valid.
 */
export function trustStep(logWeights: Float64Array, logQ: Float64Array, bounds: Bounds): Step {
  if (!(bounds.kl > 0 && bounds.entropy > 0)) {
    throw new RangeError(
      `trustStep: invalid bounds (got KL ${bounds.kl}, entropy ${bounds.entropy}), expected positive numbers of nats; a large one binds nothing`,
    );
  }
  const sampled = usable(logWeights, logQ);
  const shareAt = (tempering: number): number =>
    largestShare((share) => Math.log(Math.max(spend(sampled, tempering, share).kl, Number.MIN_VALUE) / bounds.kl));
  const tempering = largestShare((a) => spend(sampled, a, shareAt(a)).entropyLoss - bounds.entropy);
  const share = shareAt(tempering);
  const eta = 1 / tempering - 1;
  return { tempering, share, lambda: (1 + eta) * (1 / share - 1), eta, ...spend(sampled, tempering, share) };
}

/** log(q'/q) of each sample, without its constant; of samples with weight -Infinity that. */
export function stepWeights(
  logWeights: Float64Array,
  logQ: Float64Array,
  { tempering, share }: Pick<Step, "tempering" | "share">,
): Float64Array {
  return logWeights.map((weight, i) =>
    weight === -Infinity ? -Infinity : share * (tempering * weight - (1 - tempering) * logQ[i]!),
  );
}

function usable(logWeights: Float64Array, logQ: Float64Array): Sampled {
  const isValid = (_: number, i: number): boolean => logWeights[i]! > -Infinity;
  const valid = logQ.filter(isValid);
  if (valid.length === 0) {
    throw new RangeError(
      `trustStep: missing samples (got ${logQ.length}, none valid), expected at least one with a finite energy; begin with a flow that avoids clashes`,
    );
  }
  return {
    weights: logWeights.filter(isValid),
    logQ: valid,
    entropy: -valid.reduce((sum, value) => sum + value, 0) / valid.length,
  };
}

/** KL(q' || q) and H(q) - H(q'). */
function spend(
  { weights, logQ, entropy }: Sampled,
  tempering: number,
  share: number,
): Pick<Step, "kl" | "entropyLoss"> {
  const n = weights.length;
  const [w, l] = [share * tempering, share * (tempering - 1)];
  let largest = -Infinity;
  for (let i = 0; i < n; i++) largest = Math.max(largest, w * weights[i]! + l * logQ[i]!);
  let [total, ratios, densities] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const ratio = w * weights[i]! + l * logQ[i]! - largest;
    const weight = Math.exp(ratio);
    if (weight === 0) continue;
    total += weight;
    ratios += weight * ratio;
    densities += weight * logQ[i]!;
  }
  const kl = ratios / total - Math.log(total / n);
  return { kl, entropyLoss: entropy + densities / total + kl };
}

/**
 * The largest share in (0, 1] at which an increasing function is not above 0: 1, or its root. The function has to be below 0 near 0.
 * In log(share), for a share may be 1e-8 where most samples clash; by false position (Illinois), with a bisection every third time, so
 * that every bracket shrinks.
 */
function largestShare(excess: (share: number) => number): number {
  let [high, above] = [0, excess(1)];
  if (above <= 0) return 1;
  let low = -0.5;
  let below = excess(Math.exp(low));
  while (below > 0) {
    [high, above] = [low, below];
    low *= 2;
    below = excess(Math.exp(low));
  }
  let side = 0;
  for (let k = 1; high - low > 1e-15 * Math.max(1, -low); k++) {
    const middle = k % 3 === 0 ? (low + high) / 2 : low + ((high - low) * below) / (below - above);
    if (!(middle > low && middle < high)) break;
    const value = excess(Math.exp(middle));
    if (Math.abs(value) < CLOSE) return Math.exp(middle);
    if (value > 0) {
      [high, above] = [middle, value];
      if (side > 0) below /= 2;
      side = 1;
    } else {
      [low, below] = [middle, value];
      if (side < 0) above /= 2;
      side = -1;
    }
  }
  return Math.exp(low);
}
