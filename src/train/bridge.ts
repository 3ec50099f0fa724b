/** The densities between a flow q and the target p: to p itself, and to p^2 / q, where FAB walks (Midgley et al. 2023, section 3). */
import { temperatureInput } from "../flow/temperature";
import { type Forces, internalSpace, type Space } from "../sample/space";
import { type Energies, isValid, logDensity, type Target } from "../target/target";
import type { Model } from "./model";

/** log q - log p of each point; NaN where p cannot be evaluated. */
function logRatio(
  target: Pick<Target, "boltzmann">,
  { energy, logDet }: Energies,
  logQ: Float32Array,
  temperature: number,
): Float64Array {
  return energy.map((u, i) =>
    isValid(u, logDet[i]!) ? logQ[i]! - logDensity(target, u, logDet[i]!, temperature) : NaN,
  );
}

/**
 * The space whose density at kT = 1/b is q^(1-b) p^b = exp(-b U) q with U = log q - log p; log q takes the place of the log-det. Trajectories of
 * `leapfrogs` steps follow the forces of p, and feel what q's differ by (a gradient of the flow, far dearer) at both ends alone, with all of the
 * trajectory's weight: the impulse method (Tuckerman, Berne & Martyna 1992), which keeps volume and can be taken back as leapfrog does. So the
 * gradients of `slopes` are p's plus `leapfrogs` times the rest.
 */
export function targetBridge(model: Model, temperature: number, leapfrogs: number): Space {
  const { target, engine, flow, programs } = model;
  const kT = target.boltzmann * temperature;
  const targetForce = ({ energyGradient, logDetGradient }: Forces): Float64Array =>
    logDetGradient.map((slope, k) => slope - energyGradient[k]! / kT);
  return {
    ...internalSpace(target),
    energies: undefined, // those of the target alone
    name: `the way from the flow to ${target.name} at ${temperature}`,
    boltzmann: 1,
    async forces(x, n) {
      const logDetGradient = targetForce(await target.slopes(x, n));
      return { energyGradient: new Float64Array(n * target.dof), logDetGradient };
    },
    async slopes(x, n) {
      const at = await target.slopes(x, n);
      const inputs = { x: Float32Array.from(x), ...temperatureInput(flow, temperature, n) };
      const { logQ, slope } = await engine.evaluate(programs.logProbSlope, inputs, n);
      const force = targetForce(at);
      const energyGradient = force.map((p, k) => leapfrogs * (slope![k]! - p));
      return {
        energy: logRatio(target, at, logQ!, temperature),
        logDet: Float64Array.from(logQ!),
        energyGradient,
        logDetGradient: force.map((p, k) => p + energyGradient[k]!),
      };
    },
  };
}

/**
 * The space whose density at kT = 1/b is q^(1-b) (p^2/q)^b = exp(-b U) q with U = 2 (log q - log p): log q takes the place of the log-det. All
 * that depends on x alone is kept with the walkers, so that going to the next b costs nothing.
 */
export function bridgeSpace(model: Model, temperature: number): Space {
  const { target, engine, flow, programs } = model;
  return {
    ...internalSpace(target),
    energies: undefined,
    name: `the bridge from the flow to ${target.name}`,
    boltzmann: 1,
    async slopes(x, n) {
      const rows = Float32Array.from(x);
      const { gradient, ...at } = await target.gradients(rows, n, temperature);
      const { logQ, slope } = await engine.evaluate(
        programs.logProbSlope,
        { x: rows, ...temperatureInput(flow, temperature, n) },
        n,
      );
      return {
        energy: logRatio(target, at, logQ!, temperature).map((ratio) => 2 * ratio),
        logDet: Float64Array.from(logQ!),
        // With `from` and a function this took a quarter of FAB's time on a card, and cleaning up after it another.
        energyGradient: new Float64Array(gradient).map((g, k) => 2 * (slope![k]! - g)),
        logDetGradient: Float64Array.from(slope!),
      };
    },
  };
}
