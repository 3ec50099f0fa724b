/** Experiments by name. */
import { type Experiment, type MethodName, METHODS, NO_STAGES, PRESETS, type Settings, SYSTEMS } from "./experiment";
import { SETTINGS, type SystemSettings } from "./settings";

export * from "./experiment";

function oneOf<T extends string>(what: string, got: string, known: readonly T[]): T {
  const found = known.find((k) => k === got);
  if (found === undefined)
    throw new RangeError(`findExperiment: unknown ${what} (got "${got}"), expected one of ${known.join(", ")}`);
  return found;
}

/** The stages of each method. */
const STAGES: Readonly<Record<MethodName, (settings: SystemSettings) => Partial<Settings>>> = {
  "ta-bg": ({ reverseKl, anneal }) => ({ reverseKl, anneal }),
  "reverse-kl": ({ coldReverseKl }) => ({ reverseKl: coldReverseKl }),
  "forward-kl": ({ forwardKl }) => ({ forwardKl }),
  fab: ({ fab }) => ({ fab }),
  "trust-region": ({ trustRegion }) => trustRegion,
  conditioned: ({ conditioned }) => conditioned,
};

/**
 * A named experiment. To change it: `{ ...findExperiment("aldp", "ta-bg", "smoke"), preset: "custom", ... }`.
 * @throws RangeError for an unknown system, method or preset, naming the known ones.
 */
export function findExperiment(system: string, method: string, preset: string): Experiment {
  const name = {
    system: oneOf("system", system, SYSTEMS),
    method: oneOf("method", method, METHODS),
    preset: oneOf("preset", preset, PRESETS),
  };
  const settings = SETTINGS[name.system][name.preset];
  const { flow, evaluationSamples } = settings;
  return { ...name, flow, ...NO_STAGES, ...STAGES[name.method](settings), evaluationSamples };
}
