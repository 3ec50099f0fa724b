/** Experiments by name. */
import { type Experiment, METHODS, PRESETS, SYSTEMS } from "./experiment";
import { SETTINGS } from "./settings";

export * from "./experiment";

function oneOf<T extends string>(what: string, got: string, known: readonly T[]): T {
  const found = known.find((k) => k === got);
  if (found === undefined)
    throw new RangeError(`findExperiment: unknown ${what} (got "${got}"), expected one of ${known.join(", ")}`);
  return found;
}

/**
 * A named experiment. To change it: `{ ...findExperiment("aldp", "ta-bg", "smoke"), preset: "custom", ... }`.
 * @throws RangeError for an unknown system, method or preset, naming the known ones.
 */
export function findExperiment(system: string, method: string, preset: string): Experiment {
  const [s, m, p] = [
    oneOf("system", system, SYSTEMS),
    oneOf("method", method, METHODS),
    oneOf("preset", preset, PRESETS),
  ];
  const settings = SETTINGS[s][p];
  if (m === "ta-bg") return { system: s, method: m, preset: p, ...settings };
  // The baseline spends on the last temperature what annealing spends on all.
  const { reverseKl, anneal } = settings;
  const temperature = anneal!.ladder.at(-1)!;
  const iterations =
    reverseKl.iterations +
    Math.round((anneal!.iterations * (anneal!.ladder.length - 1) * anneal!.batch) / reverseKl.batch);
  return {
    system: s,
    method: m,
    preset: p,
    ...settings,
    reverseKl: { ...reverseKl, temperature, iterations },
    anneal: null,
  };
}
