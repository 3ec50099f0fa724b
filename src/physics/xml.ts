/** XML elements with their place in the document, so that every error about a value can say where it stands. */
import { XMLParser, XMLValidator } from "fast-xml-parser";

/** An element; `place` is what errors call it, e.g. `HarmonicBondForce "bonds" (force 0), Bond 12`. */
export interface Element {
  readonly tag: string;
  readonly place: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

// fast-xml-parser's `preserveOrder` form: {tag: children, ":@": attributes}; text stands under "#text".
type Node = Readonly<Record<string, Node[] | string | Readonly<Record<string, string>>>>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false, // numbers are read by `numberOf`, which knows where they stand
  processEntities: false,
  ignoreDeclaration: true,
});

/**
 * The root element of a document.
 * @throws Error if the text is not well-formed XML, with line and column.
 */
export function parseXml(text: string): Element {
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) {
    const { msg, line, col } = verdict.err;
    throw new Error(
      `parseXml: invalid XML (got "${text.slice(0, 40)}"; line ${line}, column ${col}: ${msg}), expected the text, not the ` +
        "path, of an XML file; for a System, write it with OpenMM's XmlSerializer.serialize(system)",
    );
  }
  const [root] = toElements(parser.parse(text) as Node[], "");
  if (root === undefined) throw new Error("parseXml: missing root element (got no element), expected one XML element");
  return root;
}

function toElements(nodes: readonly Node[], parent: string): Element[] {
  const seen = new Map<string, number>();
  return nodes.flatMap((node) => {
    const tag = Object.keys(node).find((key) => key !== ":@")!;
    const inner = node[tag];
    if (!Array.isArray(inner)) return [];
    const index = seen.get(tag) ?? 0;
    seen.set(tag, index + 1);
    const attributes = (node[":@"] ?? {}) as Record<string, string>;
    const place = nameOf(tag, index, attributes, parent);
    return [{ tag, place, attributes, children: toElements(inner, place) }];
  });
}

// A force carries its own type and name; lists in between ("Bonds") add nothing that the item's tag does not say.
function nameOf(tag: string, index: number, attributes: Readonly<Record<string, string>>, parent: string): string {
  if (tag === "Force") return `${attributes.type} "${attributes.name ?? ""}" (force ${index})`;
  if (Object.keys(attributes).length === 0) return parent === "" ? tag : parent;
  return parent === "" ? tag : `${parent}, ${tag} ${index}`;
}

/** The children of the one child list called `tag`; none if that list is absent. */
export function listOf(element: Element, tag: string): readonly Element[] {
  return element.children.filter((child) => child.tag === tag).flatMap((list) => list.children);
}

/** An attribute's text. @throws Error if it is absent. */
export function textOf(element: Element, attribute: string): string {
  const text = element.attributes[attribute];
  if (text === undefined)
    throw new Error(`${element.place}: missing attribute ${attribute}; serialise the System again`);
  return text;
}

/** An attribute as a finite number. @throws Error if it is absent or not one. */
export function numberOf(element: Element, attribute: string): number {
  const text = textOf(element, attribute);
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new Error(`${element.place}: invalid ${attribute} (got "${text}"), expected a finite number`);
  }
  return value;
}

/** Attributes as indices of distinct atoms. @throws Error if one is not an atom of the system, or two are the same. */
export function atomsOf(element: Element, attributes: readonly string[], atoms: number): number[] {
  const indices = attributes.map((attribute) => numberOf(element, attribute));
  if (!indices.every((i) => Number.isInteger(i) && i >= 0 && i < atoms) || new Set(indices).size < indices.length) {
    throw new Error(
      `${element.place}: invalid atoms (got ${indices.join(", ")}), expected distinct integers from 0 to ${atoms - 1}`,
    );
  }
  return indices;
}

/** @throws Error unless the attribute has this text; `expected` says what is supported and what would be lost. */
export function refuseUnless(element: Element, attribute: string, text: string, expected: string): void {
  const got = element.attributes[attribute];
  if (got !== text)
    throw new Error(`${element.place}: unsupported ${attribute} (got ${got}), expected ${text}: ${expected}`);
}

/** @throws Error for a force under periodic boundary conditions. */
export function refusePeriodic(force: Element): void {
  if ("usesPeriodic" in force.attributes)
    refuseUnless(
      force,
      "usesPeriodic",
      "0",
      "distances across a box would be lost; build the System without periodic boundaries",
    );
}
