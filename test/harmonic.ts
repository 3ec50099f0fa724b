/** A target known at every temperature: U = k |x - centre|^2 / 2, so that each coordinate is normal with variance T / k; in the plane log Z = log(2 pi T / k). */
import { createRng, type Rng } from "../src/numerics/random";
import { createBatchEvaluator, createCountedTarget } from "../src/target/batch";
import { createSamples, type Samples } from "../src/target/samples";
import type { Channel } from "../src/coords/spec";
import type { Target } from "../src/target/target";

/** At T = 4 the standard deviation is 0.1, that of the prior. */
export const STIFFNESS = 400;

export function createHarmonicTarget({
  dof = 2,
  stiffness = STIFFNESS,
  centre = 0.5,
  channels = new Array<Channel>(dof).fill("bond"),
}: {
  readonly dof?: number;
  readonly stiffness?: number;
  readonly centre?: number;
  readonly channels?: readonly Channel[];
} = {}): Target {
  return createCountedTarget(
    { name: "harmonic", dof, channels, boltzmann: 1 },
    createBatchEvaluator({
      dof,
      lanes: 1,
      evaluate(x, offset, [point]) {
        point!.energy = 0;
        for (let axis = 0; axis < dof; axis++) {
          const away = x[offset + axis]! - centre;
          point!.energy += (stiffness * away * away) / 2;
          point!.energyGradient[axis] = stiffness * away;
        }
      },
    }),
  );
}

export const harmonicLogZ = (temperature: number): number => Math.log((2 * Math.PI * temperature) / STIFFNESS);
export const harmonicDeviation = (temperature: number): number => Math.sqrt(temperature / STIFFNESS);

/** Exact samples, with their own density at their temperature for log q: what a perfect flow would give. */
export function sampleHarmonic(temperatures: Float64Array, rng: Rng = createRng(1)): Samples {
  const { length: n } = temperatures;
  const samples = createSamples(n, 2, temperatures);
  for (let i = 0; i < n; i++) {
    const deviation = harmonicDeviation(temperatures[i]!);
    for (const k of [2 * i, 2 * i + 1]) {
      samples.x[k] = 0.5 + deviation * rng.normal();
      samples.energy[i]! += (STIFFNESS * (samples.x[k] - 0.5) ** 2) / 2;
    }
    samples.logQ[i] = -samples.energy[i]! / temperatures[i]! - harmonicLogZ(temperatures[i]!);
  }
  return samples;
}
