/** Experiments by name, and down a ladder of one's own. */
import { oneOf } from "../io/one-of";
import { checkLadder } from "../train/ladder";
import {
  type Experiment,
  finalTemperature,
  type MethodName,
  METHODS,
  NO_STAGES,
  PRESETS,
  type Settings,
  SYSTEMS,
} from "./experiment";
import { SETTINGS, type SystemSettings } from "./settings";

export * from "./experiment";

/** The stages of each method. */
const STAGES: Readonly<Record<MethodName, (settings: SystemSettings) => Partial<Settings>>> = {
  "ta-bg": ({ reverseKl, anneal }) => ({ reverseKl, anneal }),
  "reverse-kl": ({ coldReverseKl }) => ({ reverseKl: coldReverseKl }),
  "forward-kl": ({ forwardKl }) => ({ forwardKl }),
  fab: ({ fab }) => ({ fab }),
  adaptive: ({ adaptive }) => adaptive,
  "trust-region": ({ trustRegion }) => trustRegion,
  conditioned: ({ conditioned }) => conditioned,
  "hot-chains": ({ hotChains }) => hotChains,
};

/**
 * A named experiment; `withChanges` and `withLadder` change it.
 * @throws RangeError for an unknown system, method or preset, naming the known ones.
 */
export function findExperiment(system: string, method: string, preset: string): Experiment {
  const place = "findExperiment";
  const name = {
    system: oneOf(place, "system", system, SYSTEMS),
    method: oneOf(place, "method", method, METHODS),
    preset: oneOf(place, "preset", preset, PRESETS),
  };
  const settings = SETTINGS[name.system][name.preset];
  const { flow, foldRotors = null, confined = [], evaluationSamples } = settings;
  const coordinates = { foldRotors, confineImpropers: confined.includes(name.method) || null };
  return { ...name, flow, ...NO_STAGES, ...coordinates, ...STAGES[name.method](settings), evaluationSamples };
}

/**
 * The experiment down another ladder, with the first stage at its first temperature; a flow that is told temperatures is made for those of the ladder.
 * @example withLadder(findExperiment("aldp", "ta-bg", "smoke"), [1200, 600, 300])
 * @throws RangeError if the experiment does not anneal, or the ladder rises, or ends elsewhere than the experiment's: results are compared there.
 */
export function withLadder(experiment: Experiment, ladder: readonly number[]): Experiment {
  const { method, flow, anneal, reverseKl, hotChains } = experiment;
  if (anneal === null) {
    throw new RangeError(`ladder: invalid method (got ${method}), expected one that anneals, for example ta-bg`);
  }
  const [from, to] = [checkLadder(ladder)[0]!, finalTemperature(experiment)];
  if (ladder.at(-1) !== to) {
    throw new RangeError(
      `ladder: invalid end (got ${ladder.at(-1)}), expected ${to}, where ${experiment.system} is evaluated`,
    );
  }
  return {
    ...experiment,
    preset: "custom",
    flow: flow.temperatures ? { ...flow, temperatures: [to, from] } : flow,
    reverseKl: reverseKl && { ...reverseKl, temperature: from },
    hotChains: hotChains && { ...hotChains, temperature: from },
    anneal: { ...anneal, ladder },
  };
}
