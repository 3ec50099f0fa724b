import assert from "node:assert/strict";
import { test } from "node:test";
import { type CoordinateSpec, planPlacement, STEP, type ZMatrixRow } from "../../src/coords/spec";
import { shippedSpec, SYSTEMS } from "./reference";

const chain: Pick<CoordinateSpec, "zMatrix" | "bonds" | "angles" | "torsions"> = {
  zMatrix: [[4, 3, 2, 1], [3, 2, 1, 0], [2, 1, 0, -1], [1, 0, -1, -1], [0, -1, -1, -1]], // prettier-ignore
  bonds: [[1, 0], [2, 1], [3, 2], [4, 3]], // prettier-ignore
  angles: [[2, 1, 0], [3, 2, 1], [4, 3, 2]], // prettier-ignore
  torsions: [[3, 2, 1, 0], [4, 3, 2, 1]], // prettier-ignore
};

for (const system of SYSTEMS) {
  test(`${system}: every atom is placed once, after its references`, () => {
    const spec = shippedSpec(system);
    const { atoms, frame, steps } = planPlacement(spec);
    const placed = new Set<number>(frame);
    for (let s = 0; s < steps.length; s += STEP) {
      const [atom, ...references] = steps.subarray(s, s + 4);
      assert.ok(references.every((reference) => placed.has(reference)));
      assert.ok(!placed.has(atom!));
      placed.add(atom!);
    }
    assert.equal(placed.size, atoms);
  });
}

test("rows may come in any order", () => {
  const { frame, frameValues, steps } = planPlacement(chain);
  assert.deepEqual(frame, [0, 1, 2]);
  assert.deepEqual(frameValues, [0, 1, 4]);
  assert.deepEqual([...steps], [3, 2, 1, 0, 2, 5, 7, 4, 3, 2, 1, 3, 6, 8]);
});

test("three atoms are a frame and nothing else", () => {
  const zMatrix: ZMatrixRow[] = [[0, -1, -1, -1], [1, 0, -1, -1], [2, 1, 0, -1]]; // prettier-ignore
  const plan = planPlacement({ zMatrix, bonds: [[1, 0], [2, 1]], angles: [[2, 1, 0]], torsions: [] }); // prettier-ignore
  assert.equal(plan.steps.length, 0);
});

test("rows that wait for each other are refused by name", () => {
  const zMatrix: ZMatrixRow[] = [[3, 4, 1, 0], [4, 3, 2, 1], ...chain.zMatrix.slice(2)]; // prettier-ignore
  assert.throws(() => planPlacement({ ...chain, zMatrix }), /invalid Z-matrix \(got rows \[\[3,4,1,0\],\[4,3,2,1\]\]/);
});

test("a row without its bond, angle or torsion in the lists is refused", () => {
  assert.throws(() => planPlacement({ ...chain, bonds: chain.bonds.slice(0, 3) }), /missing bond .* atoms 4-3/);
  assert.throws(() => planPlacement({ ...chain, angles: chain.angles.slice(0, 2) }), /missing angle .* atoms 4-3-2/);
  assert.throws(() => planPlacement({ ...chain, torsions: chain.torsions.slice(1) }), /missing torsion .* 3-2-1-0/);
});

test("a frame that is not a chain of three atoms is refused", () => {
  const bent: ZMatrixRow[] = [...chain.zMatrix.slice(0, 2), [2, 0, 1, -1], ...chain.zMatrix.slice(3)];
  assert.throws(() => planPlacement({ ...chain, zMatrix: bent }), /invalid frame/);
  assert.throws(() => planPlacement({ ...chain, zMatrix: chain.zMatrix.slice(0, 4) }), /invalid frame/);
});

test("an atom placed twice is refused", () => {
  const zMatrix: ZMatrixRow[] = [[3, 2, 1, 0], ...chain.zMatrix.slice(1)]; // prettier-ignore
  assert.throws(() => planPlacement({ ...chain, zMatrix }), /mismatched spec \(got 5 rows for 4 atoms/);
});
