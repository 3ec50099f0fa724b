/** Tables of two indices that OpenMM's custom forces look numbers up in (Discrete2DFunction). */
import { refuse } from "./force";
import { listOf, numberOf, textOf, type Element } from "./xml";

/** `value(a, b)` is at [a + size * b]. */
export interface SquareTable {
  readonly size: number;
  readonly values: readonly number[];
}

/** The tables of a force, by name; they have to be these and no other, square, and of one size. */
export function readTables<Name extends string>(force: Element, names: readonly Name[]): Record<Name, SquareTable> {
  const functions = listOf(force, "Functions");
  const tables = new Map(functions.map((table) => [textOf(table, "name"), readTable(table)]));
  const sizes = new Set([...tables.values()].map(({ size }) => size));
  if (functions.length !== names.length || !names.every((name) => tables.has(name)) || sizes.size > 1) {
    refuse(force, {
      what: "tabulated functions",
      got: [...tables].map(([name, { size }]) => `${name} of size ${size}`).join(", ") || "none",
      expected: names.length === 0 ? "none" : `${names.join(" and ")} of one size`,
      lost: "what it looks up would be missing or wrong",
    });
  }
  return Object.fromEntries(tables) as Record<Name, SquareTable>;
}

function readTable(table: Element): SquareTable {
  const type = textOf(table, "type");
  if (type !== "Discrete2DFunction") {
    refuse(table, { what: "function", got: type, expected: "Discrete2DFunction", lost: "its values would be misread" });
  }
  const [size, height] = [numberOf(table, "xsize"), numberOf(table, "ysize")];
  const values = listOf(table, "Values").map((value) => numberOf(value, "v"));
  if (size !== height || values.length !== size * size || size === 0) {
    throw new Error(
      `${table.place}: mismatched table (got ${size} times ${height} with ${values.length} values), expected a square one with all values`,
    );
  }
  return { size, values };
}

/** An attribute as an index into such tables. */
export function indexOf(element: Element, attribute: string, { size }: SquareTable): number {
  const index = numberOf(element, attribute);
  if (Number.isInteger(index) && index >= 0 && index < size) return index;
  throw new Error(
    `${element.place}: invalid index ${attribute} (got ${index}), expected an integer from 0 to ${size - 1}`,
  );
}
