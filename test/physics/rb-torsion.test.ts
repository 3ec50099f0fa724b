import assert from "node:assert/strict";
import { test } from "node:test";
import { createEnergy } from "../../src/physics/energy";
import { readSystem } from "../../src/physics/system";
import { xmlOf } from "../molecules/fixtures";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";
import { assertRefused, edited } from "./shipped";

const systemOf = (coefficients: readonly number[]): string =>
  `<System version="1"><Particles>${'<Particle mass="1"/>'.repeat(4)}</Particles><Constraints/><Forces>` +
  '<Force type="RBTorsionForce" version="2" usesPeriodic="0"><Torsions>' +
  `<Torsion p1="0" p2="1" p3="2" p4="3" ${coefficients.map((c, n) => `c${n}="${c}"`).join(" ")}/>` +
  "</Torsions></Force></Forces></System>";

test("an RB torsion costs the sum of c_n cos^n(phi - pi)", () => {
  const coefficients = [1.5, -2, 3, 0.7, -0.4, 0.9];
  const energy = createEnergy(readSystem(systemOf(coefficients)));
  for (const phi of [-3, -1.2, 0, 0.5, 2, Math.PI]) {
    const xyz = Float64Array.of(0.1, 0, 0, 0, 0, 0, 0, 0, 0.15, 0.1 * Math.cos(phi), 0.1 * Math.sin(phi), 0.2);
    const expected = coefficients.reduce((sum, c, n) => sum + c * Math.cos(phi - Math.PI) ** n, 0);
    assert.ok(Math.abs(energy.evaluate(xyz, null) - expected) <= TOLERANCE.f64, `phi ${phi}`);
  }
  for (const seed of [1, 2]) assertGradient(energy.terms[0]!, cloud(4, 0.1, seed), `seed ${seed}`);
});

test("what an RBTorsionForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(edited(xmlOf("paracetamol"), from, to), 'RBTorsionForce "RBTorsionForce" (force 3)', ...parts);
  const head = 'name="RBTorsionForce" type="RBTorsionForce" usesPeriodic=';
  refused(`${head}"0"`, `${head}"1"`, "periodic image");
  refused(/ c3="[^"]*"/, "", "Torsion 0: missing attribute c3");
  refused(/ c3="[^"]*"/, ' c3="x"', "Torsion 0: invalid c3");
});
