/** A molecule as a stick model in SVG: its minimum of energy, or chosen samples side by side. */
import { type Frames, requireCoordinates } from "../coords/convert";
import { createCoordinates } from "../coords/coordinates";
import { createPlacement } from "../coords/placement";
import { createScaling } from "../coords/scaling";
import { planPlacement } from "../coords/spec";
import type { MolecularSystem } from "../target/molecule";
import { COLOURS, INK } from "./charts/style";
import { principalView } from "./principal-view";

/** A picture that is no chart. */
export interface Drawing {
  readonly svg: string;
  /** In words, for where no picture can be shown. */
  readonly description: string;
}

/** One panel. */
export interface Frame {
  /** nm, [3 * atoms]. */
  readonly xyz: ArrayLike<number>;
  readonly title?: string;
}

export interface DrawingOptions {
  /** What to draw; the minimum of energy by default. */
  readonly frames?: readonly Frame[];
  /** Turns about the vertical axis, degrees. */
  readonly turn?: number;
  /** px of a panel's side. */
  readonly size?: number;
}

/** By element; what is not named here is drawn in the last. */
const ELEMENTS: Readonly<Record<string, string>> = {
  C: "#4d4d4d",
  N: COLOURS[0],
  O: COLOURS[1],
  S: COLOURS[4],
  H: "#b8b8b8",
};
const OTHER = COLOURS[3];
/** Share of half a bond. */
const EDGE_FROM = 0.6;
const MARGIN = 14;

/** The minimum of energy, nm, [3 * atoms]. */
export function minimumFrame({ coordinates }: Pick<MolecularSystem, "coordinates">): Float64Array {
  const plan = planPlacement(coordinates);
  const xyz = new Float64Array(3 * plan.atoms);
  createPlacement(plan).place(createScaling(coordinates).constants, xyz);
  return xyz;
}

/**
 * Cartesian frames (nm, [3 * atoms]) of the samples in these rows.
 * @throws RangeError for a row that does not exist; Error if the samples are known to be of other coordinates than the molecule's.
 */
export function framesOf(
  { coordinates, system }: Pick<MolecularSystem, "coordinates" | "system">,
  samples: Frames,
  rows: readonly number[],
): Float64Array[] {
  requireCoordinates("framesOf", coordinates, samples);
  const { place } = createCoordinates(coordinates);
  return rows.map((row) => {
    if (!Number.isInteger(row) || row < 0 || row >= samples.n) {
      throw new RangeError(`framesOf: unknown sample (got ${row}), expected an integer from 0 to ${samples.n - 1}`);
    }
    const xyz = new Float64Array(3 * system.atoms);
    place(samples.x, row * samples.dof, xyz);
    return xyz;
  });
}

/**
 * Sticks, seen along the shortest principal axis, what is far paler; a mirror image stays one.
 * @example moleculeDrawing(molecule, { frames: framesOf(molecule, samples, [0, 1]).map((xyz) => ({ xyz })) })
 * @throws RangeError if a frame has another number of atoms.
 */
export function moleculeDrawing(
  molecule: Pick<MolecularSystem, "name" | "topology" | "coordinates">,
  { frames = [{ xyz: minimumFrame(molecule) }], turn = 0, size = 260 }: DrawingOptions = {},
): Drawing {
  const { name, topology } = molecule;
  const atoms = topology.atoms.length;
  const wrong = frames.find(({ xyz }) => xyz.length !== 3 * atoms);
  if (wrong) {
    throw new RangeError(
      `moleculeDrawing: mismatched frame (got ${wrong.xyz.length} numbers), expected 3 * ${atoms} of ${name}`,
    );
  }
  const head = frames.some(({ title }) => title !== undefined) ? 20 : 0;
  const views = frames.map(({ xyz }) => principalView(xyz, (turn * Math.PI) / 180));
  const reach = (axis: number): number =>
    Math.max(...views.flatMap((view) => Array.from({ length: atoms }, (_, atom) => Math.abs(view[3 * atom + axis]!))));
  // One scale for all, so that a stretched conformation looks longer than a folded one.
  const scale = (size / 2 - MARGIN) / Math.max(reach(0), reach(1));
  const panelHeight = Math.round(2 * (scale * reach(1) + MARGIN));
  const panels = views.map((view, i) => {
    const title = frames[i]!.title;
    const text =
      title === undefined ? "" : `<text x="${size / 2}" y="14" text-anchor="middle">${escapeText(title)}</text>`;
    return `<g transform="translate(${i * size} 0)">${text}<g transform="translate(${size / 2} ${head + panelHeight / 2})">${sticks(molecule, view, scale)}</g></g>`;
  });
  const [width, height] = [size * frames.length, panelHeight + head];
  return {
    svg:
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `style="background:white" font-family="Arimo, Arial, sans-serif" font-size="12" fill="${INK}">${panels.join("")}</svg>`,
    description: `${name}, ${atoms} atoms${frames.length > 1 ? `, ${frames.length} frames` : ""}`,
  };
}

/**
 * Half a stick per end of each bond, from back to front. A white edge parts it from what lies behind; it begins away from the atom, where it
 * would cut into the other sticks of the joint.
 */
function sticks({ topology }: Pick<MolecularSystem, "topology">, view: Float64Array, scale: number): string {
  const depths = Array.from({ length: view.length / 3 }, (_, atom) => view[3 * atom + 2]!);
  const [far, near] = [Math.min(...depths), Math.max(...depths)];
  const halves = topology.bonds.flatMap(([i, j]) => {
    const at = (atom: number, axis: number): number => view[3 * atom + axis]!;
    return (
      [
        [i, j],
        [j, i],
      ] as const
    ).map(([from, to]) => {
      const middle = (axis: number): number => (at(from, axis) + at(to, axis)) / 2;
      // Nearer atoms are fully coloured, the furthest half faded.
      const fade = near > far ? (0.55 * (near - at(from, 2))) / (near - far) : 0;
      return { from, depth: middle(2) + 0.25 * at(from, 2), fade, x2: middle(0), y2: middle(1) };
    });
  });
  halves.sort((a, b) => a.depth - b.depth);
  return halves
    .map(({ from, fade, x2, y2 }) => {
      const { element } = topology.atoms[from]!;
      const [x1, y1] = [view[3 * from]!, view[3 * from + 1]!];
      const point = (x: number, y: number): string => `${(scale * x).toFixed(1)},${(-scale * y).toFixed(1)}`;
      const line = `M${point(x1, y1)}L${point(x2, y2)}`;
      const edge = `M${point(x1 + EDGE_FROM * (x2 - x1), y1 + EDGE_FROM * (y2 - y1))}L${point(x2, y2)}`;
      const width = element === "H" ? 4 : 7;
      return (
        `<path d="${edge}" stroke="white" stroke-width="${width + 3}"/>` +
        `<path d="${line}" stroke="${paler(ELEMENTS[element] ?? OTHER, fade)}" stroke-width="${width}" stroke-linecap="round"/>`
      );
    })
    .join("");
}

/** A colour #rrggbb moved towards white by a share. */
function paler(colour: string, share: number): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `#${channels
    .map((c) =>
      Math.round(c + share * (255 - c))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

const escapeText = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
