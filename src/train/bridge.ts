/** Between a flow q and the density p^2 / q, where its importance weights vary most: what FAB walks along (Midgley et al. 2023, section 3). */
import { internalSpace, type Space } from "../sample/space";
import { isValid, logDensity } from "../target/target";
import type { Model } from "./model";

/**
 * The space whose density at kT = 1/b is q^(1-b) (p^2/q)^b = exp(-b U) q with U = 2 (log q - log p): log q takes the place of the log-det. All
 * that depends on x alone is kept with the walkers, so that going to the next b costs nothing.
 */
export function bridgeSpace(model: Model, temperature: number): Space {
  const { target, engine, programs } = model;
  return {
    ...internalSpace(target),
    name: `the bridge from the flow to ${target.name}`,
    boltzmann: 1,
    async slopes(x, n) {
      const rows = Float32Array.from(x);
      const { energy, logDet, gradient } = await target.gradients(rows, n, temperature);
      const { logQ, slope } = await engine.evaluate(programs.logProbSlope, { x: rows }, n);
      const difference = (i: number): number =>
        isValid(energy[i]!, logDet[i]!)
          ? 2 * (logQ![i]! - logDensity(target, energy[i]!, logDet[i]!, temperature))
          : NaN;
      return {
        energy: Float64Array.from({ length: n }, (_, i) => difference(i)),
        logDet: Float64Array.from(logQ!),
        energyGradient: Float64Array.from(gradient, (g, k) => 2 * (slope![k]! - g)),
        logDetGradient: Float64Array.from(slope!),
      };
    },
  };
}
