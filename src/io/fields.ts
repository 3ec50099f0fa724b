/** JSON files whose fields are checked when they are read: records that people may have edited, or that are something else. */
import { readFileSync } from "node:fs";

/** What a field has to be, in words and as a test. */
export type Rule = readonly [expected: string, holds: (value: unknown) => boolean];
export type Rules<T> = Readonly<Record<keyof T, Rule>>;

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
/** Whether a value has fields: an object that is no array. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const text: Rule = ["a text", (value) => typeof value === "string" && value !== ""];
export const count: Rule = ["a non-negative integer", (value) => Number.isSafeInteger(value) && (value as number) >= 0];
export const duration: Rule = ["a non-negative number", (value) => isNumber(value) && value >= 0];
/** What a run may be unable to give. */
export const metric: Rule = ["a number or null", (value) => value === null || isNumber(value)];
export const metrics: Rule = [
  "an array of numbers or nulls",
  (value) => Array.isArray(value) && value.every(metric[1]),
];
export const table: Rule = ["an object", isObject];
export const list: Rule = ["an array of objects", (value) => Array.isArray(value) && value.every(isObject)];
export const counts: Rule = ["an object of counts", (value) => isObject(value) && Object.values(value).every(count[1])];
export const estimate: Rule = [
  "an object of value and error",
  (value) => isObject(value) && ["value", "error"].every((name) => metric[1](value[name])),
];

/** An object with fields of its own. */
export const fields = <T>(rules: Rules<T>): Rule => [
  `an object of ${Object.keys(rules).join(", ")}`,
  (value) => isObject(value) && Object.entries<Rule>(rules).every(([name, [, holds]]) => holds(value[name])),
];

/** @throws Error naming the file and the first field that is missing or of the wrong kind. */
export function checkFields<T>(file: string, record: unknown, rules: Rules<T>): T {
  const found = isObject(record) ? record : {};
  for (const [name, [expected, holds]] of Object.entries<Rule>(rules)) {
    if (holds(found[name])) continue;
    const what = found[name] === undefined ? "missing" : "invalid";
    const shown = (JSON.stringify(found[name]) ?? "nothing").slice(0, 80);
    throw new Error(`record ${file}: ${what} field ${name} (got ${shown}), expected ${expected}`);
  }
  return record as T;
}

/**
 * A checked JSON file.
 * @param remedy what to do if it is missing or no JSON
 */
export function readFields<T>(
  file: string,
  { place, rules, remedy }: { readonly place: string; readonly rules: Rules<T>; readonly remedy: string },
): T {
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`${place}: missing or invalid file ${file} (${(cause as Error).message}); ${remedy}`, { cause });
  }
  return checkFields(file, record, rules);
}
