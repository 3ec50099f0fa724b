/** XML elements with their place in the document, so that every error about a value can say where it stands. */

/** An element; `place` is what errors call it, e.g. `HarmonicBondForce "bonds" (force 0), Bond 12`. */
export interface Element {
  readonly tag: string;
  readonly place: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

// fast-xml-parser's `preserveOrder` form: {tag: children, ":@": attributes}; text stands under "#text".
type Node = Readonly<Record<string, Node[] | string | Readonly<Record<string, string>>>>;

const OPTIONS = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false, // numbers are read by `numberOf`, which knows where they stand
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
};

/**
 * The root element of a document.
 * @throws Error if the text is not well-formed XML, with line and column, or has a DOCTYPE.
 */
export function parseXml(text: string): Element {
  // Loaded on first use: whole programs read no XML, among them the worker threads of every target.
  const { XMLParser, XMLValidator } = require("fast-xml-parser") as typeof import("fast-xml-parser");
  // Entities could stand for any part of the document, and for gigabytes of it; OpenMM writes none.
  const declaration = /<!(DOCTYPE|ENTITY)[^>[]*/i.exec(text);
  if (declaration !== null) {
    throw new Error(
      `parseXml: invalid document type declaration (got "${declaration[0].trim()}"), expected none, as its entities would not ` +
        "be expanded; write the file with OpenMM's XmlSerializer.serialize(system)",
    );
  }
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) {
    const { msg, line, col } = verdict.err;
    throw new Error(
      `parseXml: invalid XML (got "${text.slice(0, 40)}"; line ${line}, column ${col}: ${msg}), expected the text, not the ` +
        "path, of an XML file; for a System, write it with OpenMM's XmlSerializer.serialize(system)",
    );
  }
  const [root, second] = toElements(
    parseNodes(() => new XMLParser(OPTIONS).parse(text) as Node[]),
    null,
  );
  if (root === undefined || second !== undefined) {
    const got = root === undefined ? "none" : `<${root.tag}>, <${second!.tag}>`;
    throw new Error(`parseXml: invalid root of the document (got ${got}), expected one element that holds all others`);
  }
  return root;
}

/** The parser refuses what its validator lets pass: tags of reserved names, nesting without end. */
function parseNodes(parse: () => Node[]): Node[] {
  try {
    return parse();
  } catch (cause) {
    throw new Error(
      `parseXml: invalid XML (got ${(cause as Error).message.slice(0, 200)}), expected what OpenMM's XmlSerializer.serialize(system) writes`,
      { cause },
    );
  }
}

function toElements(nodes: readonly Node[], parent: Pick<Element, "tag" | "place"> | null, depth = 0): Element[] {
  if (depth > DEEPEST) {
    throw new Error(
      `parseXml: invalid XML (got elements nested ${DEEPEST} deep), expected a System, whose forces end at 8`,
    );
  }
  const seen = new Map<string, number>();
  return nodes.flatMap((node) => {
    const tag = Object.keys(node).find((key) => key !== ":@")!;
    const inner = node[tag];
    if (!Array.isArray(inner)) return []; // text
    const index = seen.get(tag) ?? 0;
    seen.set(tag, index + 1);
    const attributes = (node[":@"] ?? {}) as Record<string, string>;
    const place = placeOf(tag, index, attributes, parent);
    return [{ tag, place, attributes, children: toElements(inner, { tag, place }, depth + 1) }];
  });
}

const DEEPEST = 16;

// What a System and a Force hold are lists ("Bonds"), which say nothing that the tags of their items do not.
const HOLD_LISTS: ReadonlySet<string> = new Set(["System", "Force"]);

function placeOf(
  tag: string,
  index: number,
  attributes: Element["attributes"],
  parent: Pick<Element, "tag" | "place"> | null,
): string {
  if (parent === null) return tag;
  if (tag === "Force") return `${attributes.type ?? "Force"} "${attributes.name ?? ""}" (force ${index})`;
  return HOLD_LISTS.has(parent.tag) ? parent.place : `${parent.place}, ${tag} ${index}`;
}

/** The children of the one child list called `tag`; none if that list is absent. */
export function listOf(element: Element, tag: string): readonly Element[] {
  return element.children.filter((child) => child.tag === tag).flatMap((list) => list.children);
}

/** An attribute's text. @throws Error if it is absent. */
export function textOf(element: Element, attribute: string): string {
  const text = element.attributes[attribute];
  if (text === undefined) {
    const got = Object.keys(element.attributes).join(", ") || "none";
    throw new Error(
      `${element.place}: missing attribute ${attribute} (got ${got}), expected what OpenMM 8.6 writes; serialise the System again`,
    );
  }
  return text;
}

const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** An attribute as a finite decimal number. @throws Error if it is absent or not one. */
export function numberOf(element: Element, attribute: string): number {
  const text = textOf(element, attribute);
  const value = DECIMAL.test(text) ? Number(text) : NaN;
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
