/** The colour scale of free energies, for pictures that are drawn without vega. */

/** Nine equidistant points of the viridis scale (CC0, matplotlib), which vega-lite's charts use by name. */
const VIRIDIS = ["440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725"];

const channel = (colour: string, at: number): number => Number.parseInt(colour.slice(2 * at, 2 * at + 2), 16);

/** The colour of a share from 0 to 1 of the scale. */
export function viridis(share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const below = Math.min(VIRIDIS.length - 2, Math.floor(place));
  const mixed = [0, 1, 2].map((at) => {
    const [a, b] = [channel(VIRIDIS[below]!, at), channel(VIRIDIS[below + 1]!, at)];
    return Math.round(a + (b - a) * (place - below));
  });
  return `rgb(${mixed.join(",")})`;
}
