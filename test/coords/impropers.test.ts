import assert from "node:assert/strict";
import { test } from "node:test";
import { convertFrames } from "../../src/coords/convert";
import { createCoordinates } from "../../src/coords/coordinates";
import { confineImpropers, findImpropers } from "../../src/coords/impropers";
import { foldRotors } from "../../src/coords/rotors";
import { createScaling } from "../../src/coords/scaling";
import { neighbours } from "../../src/coords/topology";
import { torsionColumn } from "../../src/evaluate/ramachandran";
import { loadGroundTruth } from "../../src/sample/store";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { filesOf, MOLECULES, referenceOf } from "../molecules/fixtures";
import { assertDerivatives } from "./derivatives";
import { handedness } from "./handedness";
import { assertRoundTrip, uniformX } from "./round-trip";

/** Of all torsions those that no turn about a bond changes: two of CH3, NH3+ and CH2, one of an amide's either end, two of an alpha carbon. */
const IMPROPERS = { aldp: 10, tetra: 24, hexa: 36 } as const;

for (const [name, count] of Object.entries(IMPROPERS)) {
  const molecule = loadSystem(name);
  const { topology, coordinates: free } = molecule;

  test(`${name}: what its atoms' further neighbours are measured by is confined, a third or half of a turn`, () => {
    const impropers = findImpropers(topology, free);
    assert.equal(impropers.length, count);
    const lists = neighbours(topology);
    for (const { torsion, centre, width } of impropers) {
      const [atom, i, j, l] = free.torsions[torsion]!;
      assert.ok(lists[i]!.includes(atom) && lists[i]!.includes(l) && !lists[j]!.includes(l));
      assert.equal(centre, free.minimum.torsions[torsion]);
      const around = lists[i]!.length;
      assert.ok(Math.abs(width - (around === 4 ? 1 / 3 : 1 / 2)) < 0.02, `${width} at ${around} neighbours`);
    }
  });

  for (const [kind, spec] of [
    ["confined", confineImpropers(topology, free)],
    ["confined and folded", foldRotors(topology, confineImpropers(topology, free))],
  ] as const) {
    const coordinates = createCoordinates(spec);
    const { dof, channels } = coordinates;
    const atoms = topology.atoms.length;
    const xyz = new Float64Array(3 * atoms);

    test(`${name}, ${kind}: x comes back, with log-dets that cancel and right gradients, and no x turns a centre inside out`, () => {
      const centres = free.chiral.map((k) => free.torsions[k]!);
      const own = createCoordinates(free);
      own.place(loadGroundTruth(name).x, 0, xyz);
      const expected = centres.map((row) => handedness(xyz, row));
      assertRoundTrip(coordinates, xyz, () => {
        assert.deepEqual(centres.map((row) => handedness(xyz, row)), expected); // prettier-ignore
      });
      assertDerivatives(coordinates, uniformX(coordinates, 99), atoms);
    });

    test(`${name}, ${kind}: simulated structures have a place in it, of the same energy, and a log-det less by the spans`, async () => {
      const cold = convertFrames(spec, loadGroundTruth(name).x);
      assert.ok(cold.every((value) => value >= 0 && value <= 1));
      const { x: hot, n } = loadGroundTruth(name, { temperature: 1200 });
      const made = convertFrames(spec, hot);
      const outside = Array.from({ length: n }, (_, i) => made.subarray(i * dof, (i + 1) * dof)).filter((row) =>
        row.some((value) => !(value >= 0 && value <= 1)),
      );
      assert.ok(outside.length <= n / 1000, `${outside.length} of ${n} frames at 1200 K`);
      const frames = 200;
      const targets = [molecule, { ...molecule, coordinates: spec }].map((m) => createTarget(m, { threads: 0 }));
      const [was, is] = await Promise.all(targets.map((target, k) => target.energies([hot, made][k]!, frames)));
      const less = createScaling(spec).logDet - createScaling(free).logDet;
      for (let k = 0; k < frames; k++) {
        // x is f32.
        assert.ok(Math.abs(was!.energy[k]! - is!.energy[k]!) < 2e-2, `energy ${was!.energy[k]}, ${is!.energy[k]}`);
        assert.ok(Math.abs(was!.logDet[k]! + less - is!.logDet[k]!) < 1e-5, `log-det ${is!.logDet[k]}`);
      }
    });

    test(`${name}, ${kind}: an improper's x deviates from the middle by what the prior does at 1200 K`, () => {
      const made = convertFrames(spec, loadGroundTruth(name, { temperature: 1200 }).x);
      for (const [column, channel] of channels.entries()) {
        if (channel !== "improper") continue;
        const squares = made.filter((_, k) => k % dof === column).map((value) => (value - 0.5) ** 2);
        const deviation = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
        assert.ok(deviation > 0.05 && deviation < 0.15, `column ${column}: ${deviation}`);
      }
    });
  }
}

for (const name of MOLECULES) {
  test(`${name}: simulated structures lie where its impropers may be; ranges of rings and of one's own stay`, () => {
    const { topology, coordinates } = loadSystem({ ...filesOf(name), name });
    const spec = confineImpropers(topology, coordinates);
    const { dof, toScaled, channels } = createCoordinates(spec);
    const given = new Set(coordinates.ranges?.map(({ torsion }) => torsion));
    assert.ok(spec.impropers!.length > 0 && spec.impropers!.every(({ torsion }) => !given.has(torsion)));
    const exchangeable = new Set([...spec.upperHalf, ...spec.lowerHalf]);
    const x = new Float64Array(dof);
    for (const { xyz } of referenceOf(name).slice(0, 4)) {
      toScaled(xyz, x);
      for (const torsion of spec.torsions.keys()) {
        if (exchangeable.has(torsion)) continue;
        const value = x[torsionColumn(channels, torsion)]!;
        assert.ok(value >= 0 && value <= 1, `torsion ${torsion}: ${value}`);
      }
    }
  });
}
