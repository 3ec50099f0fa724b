import assert from "node:assert/strict";
import { test } from "node:test";
import { findRings, ringRanges } from "../../src/coords/rings";
import type { ZMatrixRow } from "../../src/coords/spec";
import { topologyOf } from "./molecules";

const carbons = (n: number, bonds: [number, number][]) =>
  topologyOf(Array.from({ length: n }, (_, k) => `R:C${k}`), bonds); // prettier-ignore
const cycle = (n: number, first = 0): [number, number][] =>
  Array.from({ length: n }, (_, k) => [first + k, first + ((k + 1) % n)].sort((a, b) => a - b) as [number, number]);

test("rings of up to seven atoms are found, each once; larger ones and chains are none", () => {
  for (const n of [3, 4, 5, 6, 7]) {
    const rings = findRings(carbons(n, cycle(n)));
    assert.deepEqual(rings.map((ring) => [...ring].sort((a, b) => a - b)), [Array.from({ length: n }, (_, k) => k)]); // prettier-ignore
  }
  assert.deepEqual(findRings(carbons(8, cycle(8))), []);
  assert.deepEqual(findRings(carbons(4, [[0, 1], [1, 2], [1, 3]])), []); // prettier-ignore
});

test("fused rings are found as the small ones that they are made of", () => {
  // two hexagons that share the bond 0-5, as in naphthalene
  const naphthalene = carbons(10, [...cycle(6), [0, 6], [6, 7], [7, 8], [8, 9], [5, 9]]);
  const rings = findRings(naphthalene).map((ring) => [...ring].sort((a, b) => a - b).join());
  assert.deepEqual(rings.sort(), ["0,1,2,3,4,5", "0,5,6,7,8,9"]);
});

test("torsions of a planar ring stay near its plane, of another ring near cis, and others are free", () => {
  const rows: ZMatrixRow[] = [[3, 2, 1, 0], [6, 2, 1, 3], [7, 6, 2, 1]]; // prettier-ignore
  const flat = carbons(8, [...cycle(6), [2, 6], [6, 7]]);
  assert.deepEqual(ringRanges(flat, rows, [0.5, 0.99, 0.3], new Set()), [
    { torsion: 0, centre: 0.5, width: 1 / 3 },
    { torsion: 1, centre: 1, width: 1 / 3 },
  ]);
  assert.deepEqual(ringRanges(flat, rows, [0.5, 0.99, 0.3], new Set([1])).map(({ torsion }) => torsion), [0]); // prettier-ignore
  const puckered = carbons(10, [...cycle(6), [2, 6], [6, 7], [2, 8], [0, 9]]);
  assert.deepEqual(ringRanges(puckered, rows, [0.65, 0.8, 0.3], new Set()), [
    { torsion: 0, centre: 0.5, width: 2 / 3 },
  ]);
});
