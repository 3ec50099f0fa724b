/** Step sizes that reach a wanted acceptance: dual averaging (Nesterov 2009, as in Hoffman & Gelman 2014, section 3.2). */

/** One step size in search of its acceptance; plain data. */
export interface DualAveraging {
  readonly count: number;
  /** Mean shortfall of the acceptance, the recent counting more. */
  readonly shortfall: number;
  readonly logStep: number;
  /** The average over iterations, which is kept when the search ends. */
  readonly logAverage: number;
  /** log of ten times the first step size, towards which early iterations lean: too large a step is found out sooner than too small a one. */
  readonly lean: number;
}

// Hoffman & Gelman's values.
const GAMMA = 0.05;
const DELAY = 10;
const DECAY = 0.75;

export function initDualAveraging(stepSize: number): DualAveraging {
  const log = Math.log(stepSize);
  return { count: 0, shortfall: 0, logStep: log, logAverage: log, lean: Math.log(10) + log };
}

/** The next step size after a proposal accepted with this probability. */
export function stepDualAveraging(state: DualAveraging, acceptance: number, wanted: number): DualAveraging {
  const count = state.count + 1;
  const share = 1 / (count + DELAY);
  const shortfall = (1 - share) * state.shortfall + share * (wanted - acceptance);
  const logStep = state.lean - (Math.sqrt(count) / GAMMA) * shortfall;
  const weight = count ** -DECAY;
  return { ...state, count, shortfall, logStep, logAverage: weight * logStep + (1 - weight) * state.logAverage };
}
