/**
 * Expressions of OpenMM's custom forces, compared with known ones. Nothing is computed from them: one that is known is computed by
 * our own code, with the numbers that stand in it.
 */

import { refuse } from "./force";
import type { Element } from "./xml";

/** A formula and the definitions after it (`formula; name=value; ...`), without blanks. `#name` stands for any unsigned number. */
export interface Template {
  readonly formula: string;
  readonly definitions: Readonly<Record<string, string>>;
}

/** The numbers where a template has `#name`. */
export type Constants = Readonly<Record<string, number>>;

/** An expression taken apart. A name may be defined more than once. */
export interface Expression {
  readonly formula: string;
  readonly definitions: readonly { readonly name: string; readonly value: string }[];
}

/** Takes an expression's text apart; blanks mean nothing in it. */
export function parseExpression(text: string): Expression {
  const [formula = "", ...definitions] = text.replace(/\s/g, "").split(";");
  return {
    formula,
    definitions: definitions.filter(Boolean).map((definition) => {
      const [name = "", ...value] = definition.split("=");
      return { name, value: value.join("=") };
    }),
  };
}

/** The constants of an expression that is the template; null if it differs in any other way, the order of definitions apart. */
export function matchExpression({ formula, definitions }: Expression, template: Template): Constants | null {
  const names = Object.keys(template.definitions);
  if (definitions.length !== names.length) return null; // so none is defined twice either
  const values = new Map(definitions.map(({ name, value }) => [name, value]));
  const parts = names.map((name) => [values.get(name), template.definitions[name]!] as const);
  const constants: Record<string, number> = {};
  for (const [text, pattern] of [[formula, template.formula] as const, ...parts]) {
    const found = text?.match(toPattern(pattern));
    if (!found) return null;
    for (const [name, number] of Object.entries(found.groups ?? {})) constants[name] = Number(number);
  }
  return constants;
}

/** Which of the known expressions `text` is, and the numbers in it. @throws Error if it is none of them. */
export function recogniseExpression<Name extends string>(
  element: Element,
  text: string,
  known: Readonly<Record<Name, Template>>,
  remedy?: string,
): { name: Name; constants: Constants } {
  const expression = parseExpression(text);
  for (const name of Object.keys(known) as Name[]) {
    const constants = matchExpression(expression, known[name]);
    if (constants !== null) return { name, constants };
  }
  return refuse(element, {
    what: "expression",
    got: `"${text}"`,
    expected: `the ${Object.keys(known).join(" or ")} expression as OpenMM writes it`,
    lost: "the energy would not be the one it defines",
    ...(remedy !== undefined && { remedy }),
  });
}

// `#name` becomes a named group that matches a number; all else stands for itself.
function toPattern(template: string): RegExp {
  const literal = template.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`^${literal.replace(/#(\w+)/g, "(?<$1>(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)")}$`);
}
