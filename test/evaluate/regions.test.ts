import assert from "node:assert/strict";
import { test } from "node:test";
import { RAMACHANDRAN_AXIS } from "../../src/evaluate/ramachandran";
import { metastableRegions, regionShares } from "../../src/evaluate/regions";
import type { Histogram } from "../../src/numerics/histogram";

interface Well {
  readonly phi: number;
  readonly psi: number;
  readonly share: number;
}

const KAPPA = 20;

/** Two-dimensional von Mises densities of one width, which close around the edges, in the middles of the bins. */
function histogramOf(wells: readonly Well[]): Histogram {
  const { bins, low, high } = RAMACHANDRAN_AXIS;
  const middle = (bin: number): number => low + ((bin + 0.5) * (high - low)) / bins;
  const one = ({ phi, psi, share }: Well, i: number, j: number): number =>
    share * Math.exp(KAPPA * (Math.cos(middle(i) - phi) + Math.cos(middle(j) - psi) - 2));
  const weights = Float64Array.from({ length: bins * bins }, (_, k) => {
    const [i, j] = [Math.floor(k / bins), k % bins];
    return wells.reduce((sum, well) => sum + one(well, i, j), 0);
  });
  return { axes: [RAMACHANDRAN_AXIS, RAMACHANDRAN_AXIS], weights, dropped: 0 };
}

const BIN = (2 * Math.PI) / RAMACHANDRAN_AXIS.bins;
const FAR = [
  { phi: -1.5, psi: 1.5, share: 0.7 },
  { phi: 1.2, psi: 0.4, share: 0.25 },
  { phi: -1.2, psi: -1.4, share: 0.05 },
];

test("wells far apart are regions at their places with their shares, the largest first", () => {
  const { regions, regionAt } = metastableRegions(histogramOf(FAR));
  assert.equal(regions.length, 3);
  FAR.forEach(({ phi, psi, share }, k) => {
    const region = regions[k]!;
    assert.ok(Math.abs(region.phi - phi) < BIN && Math.abs(region.psi - psi) < BIN, `${region.phi}, ${region.psi}`);
    // The tails beyond the watershed, three standard deviations away at least.
    assert.ok(Math.abs(region.share - share) < 2e-3, `${region.share} for ${share}`);
    assert.equal(regionAt(phi, psi), k);
  });
  assert.ok(Math.abs(regions.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12);
});

test("a well at the corner of the plane is one region, on all four sides of it", () => {
  const { regions, regionAt } = metastableRegions(histogramOf([{ phi: Math.PI, psi: -Math.PI, share: 1 }]));
  assert.equal(regions.length, 1);
  const near = Math.PI - 0.2;
  assert.deepEqual(
    [regionAt(near, near), regionAt(-near, near), regionAt(near, -near), regionAt(-near, -near)],
    [0, 0, 0, 0],
  );
});

test("a barrier parts two regions if it is as high as it has to be", () => {
  // Two equal wells a distance 2 d apart along psi: a maximum of exp(k (cos(y - d) - 1)) + exp(k (cos(y + d) - 1)), and a saddle at y = 0.
  const d = 0.5;
  const along = (y: number): number =>
    Math.exp(KAPPA * (Math.cos(y - d) - 1)) + Math.exp(KAPPA * (Math.cos(y + d) - 1));
  const barrier = Math.log(Math.max(...Array.from({ length: 1000 }, (_, i) => along(i / 1000))) / along(0));
  const wells = histogramOf([d, -d].map((psi) => ({ phi: 0, psi, share: 0.5 })));
  // Smoothing and bins of 3.6 degrees lower it by some percent.
  assert.equal(metastableRegions(wells, { barrier: 0.85 * barrier }).regions.length, 2);
  assert.equal(metastableRegions(wells, { barrier: 1.05 * barrier }).regions.length, 1);
});

test("rare regions are left out, and nothing is at angles that belong to none", () => {
  const { regions, regionAt } = metastableRegions(histogramOf(FAR), { least: 0.1 });
  assert.equal(regions.length, 2);
  assert.equal(regionAt(FAR[2]!.phi, FAR[2]!.psi), -1);
});

test("shares of samples are counted plain and weighted", () => {
  const map = metastableRegions(histogramOf(FAR));
  const at = [0, 0, 1, 2].map((k) => FAR[k]!);
  const angles = { phi: Float64Array.from(at, ({ phi }) => phi), psi: Float64Array.from(at, ({ psi }) => psi) };
  const shares = regionShares(map, angles, [0, 0, Math.log(2), -Infinity], { blocks: 2 });
  assert.deepEqual(
    shares.map(({ sampled }) => sampled),
    [0.5, 0.25, 0.25],
  );
  [0.5, 0.5, 0].forEach((share, k) => assert.ok(Math.abs(shares[k]!.reweighted - share) < 1e-12));
});

test("what has no plane, no weight, or no sense is refused by name", () => {
  const empty = { ...histogramOf(FAR), weights: new Float64Array(RAMACHANDRAN_AXIS.bins ** 2) };
  assert.throws(() => metastableRegions(empty), /metastableRegions: invalid histogram/);
  assert.throws(() => metastableRegions({ ...histogramOf(FAR), axes: [RAMACHANDRAN_AXIS] }), /two axes/);
  assert.throws(() => metastableRegions(histogramOf(FAR), { barrier: 0 }), /barrier > 0/);
  assert.throws(() => metastableRegions(histogramOf(FAR), { least: 1 }), /least < 1/);
});
