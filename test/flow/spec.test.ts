import assert from "node:assert/strict";
import { test } from "node:test";
import { initParameters, parameterCount, parameterShapes, vectorLength } from "../../src/flow/parameters";
import type { Channel } from "../../src/coords/spec";
import { createFlowSpec, PAPER_FLOW, PAPER_MIXTURE_FLOW } from "../../src/flow/spec";
import { createRng } from "../../src/numerics/random";

const channels = (bonds: number, angles: number, torsions: number): Channel[] => [
  ...new Array<Channel>(bonds).fill("bond"),
  ...new Array<Channel>(angles).fill("angle"),
  ...new Array<Channel>(torsions).fill("torsion"),
];

test("the paper's flows have exactly the published number of parameters", () => {
  // 3N-6 internal coordinates less the constrained bonds; counts from the paper's appendix
  assert.equal(parameterCount(createFlowSpec(channels(21, 20, 19), PAPER_FLOW)), 7_421_512);
  assert.equal(parameterCount(createFlowSpec(channels(41 - 22, 40, 39), PAPER_FLOW)), 9_452_376);
  assert.equal(parameterCount(createFlowSpec(channels(61 - 32, 60, 59), PAPER_FLOW)), 12_124_616);
  assert.equal(parameterCount(createFlowSpec(["bond", "bond"], PAPER_MIXTURE_FLOW)), 268_957);
});

test("a pair of couplings transforms every dof once, torsions last, and shifts after the second", () => {
  // Impropers stand among the torsions, and are split on their own.
  const kinds: Channel[] = [...channels(5, 4, 3), "improper", "torsion", "improper", "improper", "improper"];
  const spec = createFlowSpec(kinds, { couplings: 6, hidden: 8, layers: 1, bins: 4, seed: 7 });
  for (let c = 0; c < 6; c += 2) {
    const [a, b] = [spec.couplings[c]!, spec.couplings[c + 1]!];
    assert.deepEqual(
      [...a.transform, ...b.transform].sort((i, j) => i - j),
      kinds.map((_, i) => i),
    );
    assert.deepEqual(a.given, b.transform);
    assert.deepEqual(b.given, a.transform);
    assert.deepEqual([a.shift === 0, b.shift > 0], [true, true]);
    for (const kind of ["bond", "angle", "improper", "torsion"]) {
      const n = kinds.filter((k) => k === kind).length;
      assert.equal(a.transform.filter((i) => kinds[i] === kind).length, Math.floor(n / 2));
    }
    for (const half of [a.transform, b.transform]) {
      const circular = half.map((i) => spec.circular[i]);
      assert.deepEqual(circular, half.map((i) => kinds[i] === "torsion")); // prettier-ignore
      assert.deepEqual(
        circular,
        [...circular].sort((x, y) => Number(x) - Number(y)),
      );
    }
  }
});

test("equal seeds give equal architectures, other seeds others", () => {
  const make = (seed: number) =>
    createFlowSpec(channels(9, 9, 9), { couplings: 4, hidden: 8, layers: 1, bins: 4, seed });
  assert.deepEqual(make(1), make(1));
  assert.notDeepEqual(make(1), make(2));
});

test("two dofs alternate", () => {
  const spec = createFlowSpec(["bond", "bond"], { couplings: 5, hidden: 8, layers: 1, bins: 4, seed: 0 });
  assert.deepEqual(
    spec.couplings.map((c) => c.transform[0]),
    [0, 1, 0, 1, 0],
  );
});

test("parameter tensors fill the vector without overlap", () => {
  const spec = createFlowSpec(channels(3, 2, 4), { couplings: 2, hidden: 5, layers: 2, bins: 3, seed: 0 });
  const shapes = parameterShapes(spec);
  shapes.slice(1).forEach(({ offset }, i) => {
    const before = shapes[i]!;
    assert.ok(offset >= before.offset + before.shape[0] * before.shape[1]);
    assert.equal(offset % 16, 0);
  });
  assert.equal(initParameters(spec, createRng(0)).length, vectorLength(shapes));
});

test("an architecture that cannot be is refused with its value", () => {
  const options = { couplings: 2, hidden: 5, layers: 1, bins: 3, seed: 0 };
  assert.throws(() => createFlowSpec(["bond"], options), /invalid number of dofs \(got 1\)/);
  assert.throws(() => createFlowSpec(["bond", "angle"], options), /expected two of one kind/);
  assert.throws(() => createFlowSpec(channels(2, 2, 2), { ...options, bins: 0 }), /invalid bins \(got 0\)/);
});
