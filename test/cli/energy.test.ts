import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { runCommandLine } from "../../src/cli/main";
import { readNpy, writeNpy } from "../../src/io/npy";
import { collect } from "./streams";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-energy-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);

/** Two atoms on a spring: U = 1000 / 2 (r - 0.1)^2. */
const SYSTEM = `<?xml version="1.0" ?>
<System openmmVersion="8.6" type="System" version="1">
  <PeriodicBoxVectors><A x="2" y="0" z="0"/><B x="0" y="2" z="0"/><C x="0" y="0" z="2"/></PeriodicBoxVectors>
  <Particles><Particle mass="12"/><Particle mass="16"/></Particles>
  <Constraints/>
  <Forces>
    <Force forceGroup="0" name="HarmonicBondForce" type="HarmonicBondForce" usesPeriodic="0" version="2">
      <Bonds><Bond d=".1" k="1000" p1="0" p2="1"/></Bonds>
    </Force>
  </Forces>
</System>
`;
const atom = (serial: number, name: string): string =>
  `ATOM  ${String(serial).padStart(5)}  ${name.padEnd(3)} LIG A   1       0.000   0.000   ${serial}.000  1.00  0.00           ${name}\n`;
writeFileSync(at("system.xml"), SYSTEM);
writeFileSync(at("topology.pdb"), `${atom(1, "C")}${atom(2, "O")}END\n`);
writeFileSync(at("three.pdb"), `${atom(1, "C")}${atom(2, "O")}${atom(3, "H")}END\n`);
// Lengths 0.1, 0.2 and 0.05 nm.
const FRAMES = [0, 0, 0, 0, 0, 0.1, 1, 1, 1, 1.2, 1, 1, 0, 0.05, 0, 0, 0, 0];
writeNpy(at("frames.npy"), Float64Array.from(FRAMES), [3, 2, 3]);

async function energy(
  frames: string,
  options: Record<string, string> = {},
  system = "system.xml",
): Promise<[number, string]> {
  const all = { pdb: at("topology.pdb"), out: at("energies.npy"), ...options };
  const flags = Object.entries(all).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value]));
  const streams = collect();
  const status = await runCommandLine(["energy", at(system), at(frames), ...flags], streams);
  return [status, [...streams.lines.out, ...streams.lines.note].join("\n")];
}

function close(actual: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => assert.ok(Math.abs(actual[i]! - value) < 1e-9, `${i}: ${actual[i]} against ${value}`));
}

test("energies and forces of a spring are those of the closed form, in f64 with the frames' shape", async () => {
  const [status, text] = await energy("frames.npy", { forces: at("forces.npy") });
  assert.equal(status, 0, text);
  assert.match(text, /^3 energies \(kJ\/mol\) written to .*energies\.npy, forces .* to .*forces\.npy$/);
  const energies = readNpy(at("energies.npy"));
  assert.ok(energies.data instanceof Float64Array);
  assert.deepEqual(energies.shape, [3]);
  close(energies.data, [0, 5, 1.25]);
  const forces = readNpy(at("forces.npy"));
  assert.deepEqual(forces.shape, [3, 2, 3]);
  close(forces.data, [0, 0, 0, 0, 0, 0, 100, 0, 0, -100, 0, 0, 0, 50, 0, 0, -50, 0]);
});

test("single-precision frames are read, and forces are written only if asked for", async () => {
  rmSync(at("forces.npy"), { force: true });
  writeNpy(at("single.npy"), Float32Array.from(FRAMES), [3, 2, 3]);
  const [status] = await energy("single.npy");
  assert.equal(status, 0);
  const { data } = readNpy(at("energies.npy"));
  [0, 5, 1.25].forEach((value, i) => assert.ok(Math.abs(data[i]! - value) < 1e-4)); // 1000 nm^-1 times f32 of 0.2 nm
  assert.ok(!existsSync(at("forces.npy")));
});

test("no frames give no energies", async () => {
  writeNpy(at("empty.npy"), new Float64Array(0), [0, 2, 3]);
  assert.equal((await energy("empty.npy"))[0], 0);
  assert.deepEqual(readNpy(at("energies.npy")).shape, [0]);
});

test("wrong input is one clear error, and no file is written or changed", async () => {
  writeNpy(at("energies.npy"), Float64Array.of(42), [1]);
  const before = readFileSync(at("energies.npy"));
  const files = readdirSync(folder);
  const broken = Float64Array.from(FRAMES);
  broken[9] = NaN;
  broken[0] = Infinity;
  writeNpy(at("broken.npy"), broken, [3, 2, 3]);
  writeNpy(at("flat.npy"), Float64Array.from(FRAMES), [3, 6]);
  writeFileSync(at("cut.xml"), SYSTEM.slice(0, 300));
  writeFileSync(at("alien.xml"), SYSTEM.replaceAll("HarmonicBondForce", "CustomMagicForce"));
  const cases: [[number, string], RegExp][] = [
    [
      await energy("broken.npy"),
      /invalid coordinates in .*broken\.npy .*in 2 of 3 frames: 0 \(atom 0\), 1 \(atom 1\)\).*counted from 0/,
    ],
    [await energy("flat.npy"), /mismatched shape \(got \[3, 6\]\), expected \[any, 2, 3\]/],
    [
      await energy("frames.npy", { pdb: at("three.pdb") }),
      /mismatched topology \(got 3 atoms in .*three\.pdb\), expected 2/,
    ],
    [await energy("frames.npy", {}, "none.xml"), /missing or unreadable file .*none\.xml/],
    [await energy("frames.npy", {}, "cut.xml"), /cut\.xml: /],
    [await energy("frames.npy", {}, "alien.xml"), /alien\.xml: .*CustomMagicForce/],
    [await energy("frames.npy", {}, "topology.pdb"), /topology\.pdb: /],
    [await energy("none.npy"), /missing file .*none\.npy/],
    [await energy("frames.npy", { out: at("no/energies.npy") }), /missing folder .*no; create it first/],
    [await energy("frames.npy", { forces: at("energies.npy") }), /twice/],
  ];
  for (const [[status, text], message] of cases) {
    assert.match(text, message);
    assert.equal(status, 1, text);
  }
  assert.deepEqual(readFileSync(at("energies.npy")), before);
  const made = ["broken.npy", "flat.npy", "cut.xml", "alien.xml"];
  assert.deepEqual(new Set(readdirSync(folder)), new Set([...files, ...made]));
});

test("a call without its options, or onto its own input, is a usage error", async () => {
  const cases: [[number, string], RegExp][] = [
    [await energy("frames.npy", { pdb: "" }), /missing option --pdb/],
    [await energy("frames.npy", { out: "" }), /missing option --out/],
    [await energy("frames.npy", { out: at("frames.npy") }), /frames\.npy, which is an input\), expected another file/],
  ];
  for (const [[status, text], message] of cases) {
    assert.match(text, message);
    assert.equal(status, 2, text);
  }
});

test("atoms that lie on each other are counted in a note", async () => {
  const clash = SYSTEM.replace(
    "</Forces>",
    `<Force alpha="0" cutoff="1" dispersionCorrection="0" exceptionsUsePeriodic="0" ewaldTolerance="5e-4" forceGroup="0" includeDirectSpace="1" ljAlpha="0" ljnx="0" ljny="0" ljnz="0" method="0" name="NonbondedForce" nx="0" ny="0" nz="0" recipForceGroup="-1" rfDielectric="78.3" switchingDistance="-1" type="NonbondedForce" useSwitchingFunction="0" version="4">
    <GlobalParameters/><ParticleOffsets/><ExceptionOffsets/>
    <Particles><Particle eps="1" q="0" sig=".3"/><Particle eps="1" q="0" sig=".3"/></Particles><Exceptions/></Force></Forces>`,
  );
  writeFileSync(at("clash.xml"), clash);
  writeNpy(at("clash.npy"), new Float64Array(6), [1, 2, 3]);
  const [status, text] = await energy("clash.npy", {}, "clash.xml");
  assert.equal(status, 0, text);
  assert.match(text, /1 of 1 energies are not finite: atoms lie on each other/);
});
