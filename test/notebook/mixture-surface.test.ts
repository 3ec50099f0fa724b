import assert from "node:assert/strict";
import { test } from "node:test";
import { mixtureSurface } from "../../src/notebook/mixture-surface";

test("the plane's surface has its minimum where the weight is, x slowest", () => {
  const points = { n: 3, x: Float32Array.of(0.105, 0.805, 0.105, 0.805, 0.505, 0.205) };
  const plain = mixtureSurface("sampled", points).freeEnergy;
  const [often, rare] = [10 * 100 + 80, 50 * 100 + 20];
  assert.equal(plain[often], 0);
  assert.ok(Math.abs(plain[rare]! - Math.log(2)) < 1e-12);
  const weighted = mixtureSurface("weighted", points, [0, 0, Math.log(6)]).freeEnergy;
  assert.equal(weighted[rare], 0);
  assert.ok(Math.abs(weighted[often]! - Math.log(3)) < 1e-12);
});
