/** Experiments that differ from a preset in some options, which are named by their places: `anneal.batch`. */
import { isObject } from "../io/fields";
import { type Difference, differences } from "./differences";
import { type Experiment, type PresetName, PRESETS, SYSTEMS } from "./experiment";
import { findExperiment, withLadder } from "./presets";

export type Value = number | boolean | readonly number[] | null;
/** Values of options by their places. */
export type Changes = Readonly<Record<string, Value>>;

/** Options that null turns off; those that are numbers or true otherwise can be turned on. */
const OFF = {
  numbers: ["passes", "reuse", "stepEss", "steered", "alpha", "averageDecay"],
  flags: ["foldRotors", "confineImpropers"],
  groups: ["chains", "exchange", "refinement", "ending"],
};

const isAmount = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value >= 0;

/** What an option that stands at `present` can be, in words; null if the value is such a one. */
function objection(name: string, present: unknown, value: Value): string | null {
  const mayBeOff = OFF.numbers.includes(name);
  const canBeNull = present === null || mayBeOff || [...OFF.flags, ...OFF.groups].includes(name);
  if (value === null && canBeNull) return null;
  if (OFF.flags.includes(name)) return typeof value === "boolean" ? null : "true, false or null";
  if (isObject(present)) return `one of its options: ${Object.keys(present).join(", ")}`;
  if (Array.isArray(present))
    return Array.isArray(value) && value.length > 0 && value.every(isAmount) ? null : "numbers from 0";
  if (typeof present === "boolean") return typeof value === "boolean" ? null : "true or false";
  if (typeof present === "number" || mayBeOff)
    return isAmount(value) ? null : `a number from 0${mayBeOff ? ", or null" : ""}`;
  return "nothing: the experiment does without";
}

/** The options with the one at a path changed. */
function put(options: object, [name, ...path]: readonly string[], value: Value, place: string): object {
  const known = options as Readonly<Record<string, unknown>>;
  const wrong = (what: string, expected: string): RangeError =>
    new RangeError(`withChanges: ${what} ${place} (got ${JSON.stringify(value)}), expected ${expected}`);
  if (!Object.hasOwn(known, name!))
    throw wrong("unknown option", `one of ${Object.keys(known).join(", ")} for ${name}`);
  const present = known[name!];
  if (path.length > 0) {
    if (!isObject(present)) throw wrong("unknown option", `none below ${name}, which is ${JSON.stringify(present)}`);
    return { ...known, [name!]: put(present, path, value, place) };
  }
  const given = Array.isArray(present) && typeof value === "number" ? [value] : value;
  const expected = objection(name!, present, given);
  if (expected !== null) throw wrong("invalid option", expected);
  return { ...known, [name!]: given };
}

/**
 * The experiment with some options changed; with another ladder as `withLadder` does it.
 * @example withChanges(findExperiment("aldp", "ta-bg", "smoke"), { "flow.couplings": 12, "anneal.schedule.peak": 1e-3 })
 * @throws RangeError for an option that the experiment does not have, naming those that it has there, or a value of another kind.
 */
export function withChanges(experiment: Experiment, changes: Changes): Experiment {
  const ladder = changes["anneal.ladder"];
  const isLadder = (Array.isArray(ladder) || typeof ladder === "number") && experiment.anneal !== null;
  const start = isLadder ? withLadder(experiment, [ladder].flat()) : experiment;
  const { system, method, preset, ...settings } = start;
  const changed = Object.entries(changes).reduce<object>(
    (all, [place, value]) => put(all, place.split("."), value, place),
    settings,
  ) as typeof settings;
  return { system, method, preset: Object.keys(changes).length === 0 ? preset : "custom", ...changed };
}

/** The preset that an experiment is closest to, and what it changes in it; null for a molecule of one's own. */
export function changesOf(
  experiment: Experiment,
): { readonly preset: PresetName; readonly changes: readonly Difference[] } | null {
  const { system, method, anneal } = experiment;
  if (!SYSTEMS.some((name) => name === system)) return null;
  const candidates = PRESETS.map((preset) => {
    const all = differences({ ...experiment, preset }, findExperiment(system, method, preset));
    // The first stage follows a ladder, and what a flow is told.
    const [hot, cold] = [anneal?.ladder[0], anneal?.ladder.at(-1)];
    const follows = ({ place, got }: Difference): boolean =>
      /^(reverseKl|hotChains)\.temperature$/.test(place)
        ? got === hot
        : place === "flow.temperatures" && String(got) === String([cold, hot]);
    return { preset, changes: all.filter((difference) => !follows(difference)) };
  });
  return candidates.reduce((best, next) => (next.changes.length < best.changes.length ? next : best));
}
