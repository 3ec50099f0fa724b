import assert from "node:assert/strict";
import { test } from "node:test";
import { createScaling } from "../../src/coords/scaling";
import { TOLERANCE } from "../tolerances";
import { shippedSpec, SYSTEMS } from "./reference";

const DOF = { aldp: [21, 20, 19], tetra: [19, 40, 39], hexa: [29, 60, 59] };

for (const system of SYSTEMS) {
  const spec = shippedSpec(system);
  const { channels, index, offset, scale, logDet, constants } = createScaling(spec);

  test(`${system}: x is the free bonds, then the angles, then the torsions`, () => {
    const [bonds, angles, torsions] = DOF[system] as [number, number, number];
    const expected = ["bond", "angle", "torsion"].flatMap((channel, k) =>
      Array.from({ length: [bonds, angles, torsions][k]! }, () => channel),
    );
    assert.deepEqual(channels, expected);
    assert.deepEqual([...index], [...index].sort((a, b) => a - b)); // prettier-ignore
  });

  test(`${system}: the middle of bonds and angles is the minimum, and 0.1 of x is 0.007 nm or 0.18 rad`, () => {
    channels.forEach((channel, k) => {
      if (channel === "torsion") return;
      const value = (x: number): number => offset[k]! + scale[k]! * x;
      const unit = channel === "bond" ? 1 : Math.PI;
      const minimum = [...spec.minimum.bonds, ...spec.minimum.angles][index[k]!]!;
      assert.ok(Math.abs(value(0.5) - minimum) < TOLERANCE.f64);
      assert.ok(Math.abs(unit * (value(0.6) - minimum) - (channel === "bond" ? 0.007 : 0.18)) < TOLERANCE.f64);
    });
  });

  test(`${system}: confined torsions hold their value at the minimum, all others the whole circle`, () => {
    const confined = new Set([...spec.chiral, ...spec.upperHalf, ...spec.lowerHalf]);
    const torsions = channels.indexOf("torsion");
    spec.minimum.torsions.forEach((value, k) => {
      const x = (value - offset[torsions + k]!) / scale[torsions + k]!;
      assert.equal(scale[torsions + k]!, confined.has(k) ? 0.5 : 1);
      assert.ok(x >= 0 && x <= 1, `torsion ${k} at the minimum lies at x = ${x}`);
    });
  });

  test(`${system}: the log-det is the sum of the logarithms of the spans; constrained bonds add nothing`, () => {
    const [bonds, angles] = DOF[system] as [number, number];
    const halves = spec.chiral.length + spec.upperHalf.length + spec.lowerHalf.length;
    const expected = bonds * Math.log(0.07) + angles * Math.log(1.8 / Math.PI) + halves * Math.log(0.5);
    assert.ok(Math.abs(logDet - expected) < TOLERANCE.f64);
    for (const { bond, length } of spec.constrained) assert.equal(constants[bond], length);
  });
}

test("a constraint or torsion that does not exist is refused", () => {
  const spec = shippedSpec("aldp");
  assert.throws(
    () => createScaling({ ...spec, constrained: [{ bond: 21, length: 0.1 }] }),
    /invalid constraint.*bond 21/,
  );
  assert.throws(() => createScaling({ ...spec, constrained: [{ bond: 2, length: NaN }] }), /length NaN nm/);
  assert.throws(
    () => createScaling({ ...spec, chiral: [19] }),
    /invalid torsion \(got 19 .*expected an index below 19/,
  );
});
