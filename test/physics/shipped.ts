/**
 * The shipped systems with energies and forces by OpenMM 8.6.1 (Reference platform, double precision) for 24 conformations at
 * 300 K, 24 at 1200 K and 24 clashing ones; and their system.xml with edits.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { readNpyFloat64 } from "../../src/io/npy";
import { dataPath, projectRoot } from "../../src/io/paths";
import { createEnergy, type Energy } from "../../src/physics/energy";
import { readSystem, type ForceData, type System } from "../../src/physics/system";
import type { SystemName } from "../coords/reference";

export function shippedXml(system: SystemName): string {
  return readFileSync(dataPath(system, "system.xml"), "utf8");
}

export function shippedSystem(system: SystemName): System {
  return readSystem(shippedXml(system));
}

export function shippedEnergy(system: SystemName): Energy {
  return createEnergy(shippedSystem(system));
}

/** The system's force of that type; every shipped system has each type at most once. */
export function forceOf<Type extends ForceData["type"]>(
  system: System,
  type: Type,
): Extract<ForceData, { type: Type }> {
  const [force] = system.forces.filter((candidate) => candidate.type === type);
  assert.ok(force, `no ${type} force`);
  return force as Extract<ForceData, { type: Type }>;
}

/** Rows of test/fixtures/<system>/<file>.npy. */
export function fixtureRows(system: SystemName, file: string): Float64Array[] {
  const { shape, data } = readNpyFloat64(path.join(projectRoot(), "test", "fixtures", system, `${file}.npy`));
  const width = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, k) => data.slice(k * width, (k + 1) * width));
}

/** `text` with the first `from` replaced by `to`; it must be there, so that no test passes on an unedited file. */
export function edited(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, () => to);
  assert.notEqual(result, text, `nothing to edit: ${from}`);
  return result;
}

/** A shipped system.xml with one edit inside the <Force> of that type. */
export function editedForce(system: SystemName, type: string, from: string | RegExp, to: string): string {
  const xml = shippedXml(system);
  const force = xml
    .match(/<Force [\s\S]*?(\/>|<\/Force>)(?=\s*(<Force |<\/Forces>))/g)
    ?.find((text) => text.includes(`type="${type}"`));
  assert.ok(force, `${system} has no ${type}`);
  return edited(xml, force, edited(force, from, to));
}

/** Checks that a file is refused by one error in the house's form that holds all of `parts`. */
export function assertRefused(xml: string, ...parts: string[]): void {
  assert.throws(
    () => readSystem(xml),
    ({ message }: Error) => {
      assert.match(message, /^[^:]+: (invalid|unknown|missing|mismatched) .*\(got .+\), expected ./s);
      for (const part of parts) assert.ok(message.includes(part), `${message}\nlacks: ${part}`);
      return true;
    },
  );
}
