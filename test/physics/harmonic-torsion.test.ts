import assert from "node:assert/strict";
import { test } from "node:test";
import { createEnergy } from "../../src/physics/energy";
import { readSystem } from "../../src/physics/system";
import { xmlOf } from "../molecules/fixtures";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";
import { assertRefused, edited } from "./shipped";

const systemOf = (energy: string, parameters = ["k", "theta0"], values = [7, 2.5]): string =>
  `<System version="1"><Particles>${'<Particle mass="1"/>'.repeat(4)}</Particles><Constraints/><Forces>` +
  `<Force type="CustomTorsionForce" name="impropers" version="3" usesPeriodic="0" energy="${energy}"><PerTorsionParameters>` +
  `${parameters.map((name) => `<Parameter name="${name}"/>`).join("")}</PerTorsionParameters><GlobalParameters/>` +
  `<EnergyParameterDerivatives/><Torsions><Torsion p1="0" p2="1" p3="2" p4="3" param1="${values[0]}" param2="${values[1]}"/>` +
  "</Torsions></Force></Forces></System>";
const PLAIN = "k*(theta-theta0)^2";
// As CharmmPsfFile, AmberPrmtopFile and GromacsTopFile of OpenMM 8.6 write them.
const SHORT = "k*min(dtheta, 2*pi-dtheta)^2; dtheta = abs(theta-theta0); pi = 3.1415926535";
const AMBER = "k*min(dtheta, 2*3.141592653589793-dtheta)^2; dtheta = abs(theta-theta0)";
const HALF =
  "0.5*k*(thetap-theta0)^2; thetap = step(-(theta-theta0+pi))*2*pi+theta+step(theta-theta0-pi)*(-2*pi); pi = 3.14159265358979";
const twisted = (phi: number): Float64Array =>
  Float64Array.of(0.1, 0, 0, 0, 0, 0, 0, 0, 0.15, 0.1 * Math.cos(phi), 0.1 * Math.sin(phi), 0.2);

test("an improper costs k (phi - phi0)^2 by each of the known expressions, the short way round where they say so", () => {
  for (const phi of [-3, -1, 0, 2.5, 3]) {
    const away = phi - 2.5;
    const short = Math.min(Math.abs(away), 2 * Math.PI - Math.abs(away));
    const expected = {
      [PLAIN]: 7 * away ** 2,
      [SHORT]: 7 * short ** 2,
      [AMBER]: 7 * short ** 2,
      [HALF]: 3.5 * short ** 2,
    };
    for (const [expression, value] of Object.entries(expected)) {
      const got = createEnergy(readSystem(systemOf(expression))).evaluate(twisted(phi), null);
      assert.ok(Math.abs(got - value) <= TOLERANCE.f64 * 100, `${expression} at ${phi}: ${got}, expected ${value}`);
    }
  }
  const swapped = createEnergy(readSystem(systemOf(PLAIN, ["theta0", "k"], [2.5, 7])));
  assert.equal(
    swapped.evaluate(twisted(1), null),
    createEnergy(readSystem(systemOf(PLAIN))).evaluate(twisted(1), null),
  );
});

test("its gradient is the derivative", () => {
  for (const expression of [PLAIN, SHORT]) {
    const [term] = createEnergy(readSystem(systemOf(expression))).terms;
    for (const seed of [1, 2, 3]) assertGradient(term!, cloud(4, 0.1, seed), `seed ${seed}`);
  }
});

test("what a CustomTorsionForce cannot hold here is refused by name, with its expression", () => {
  const place = 'CustomTorsionForce "impropers" (force 0)';
  assertRefused(
    systemOf("k*(1+cos(theta))"),
    place,
    "unknown expression",
    '"k*(1+cos(theta))"',
    "would not be the one",
  );
  assertRefused(systemOf(SHORT.replace("3.1415926535", "3")), place, "unknown number pi", "got 3");
  assertRefused(systemOf(PLAIN, ["k", "phi0"]), place, "unknown PerTorsionParameters", "k, phi0");
  const charmm = xmlOf("ala3-charmm");
  assertRefused(edited(charmm, "<GlobalParameters/>", '<GlobalParameters><Parameter name="s" default="1"/></GlobalParameters>'), "CustomTorsionForce", "GlobalParameters"); // prettier-ignore
});
