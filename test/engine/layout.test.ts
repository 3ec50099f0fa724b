import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut } from "../../src/engine/layout";
import type { Step } from "../../src/engine/pieces";
import { createRng } from "../../src/numerics/random";

const call = (inputs: string[], outputs: string[]): Step => ({
  kind: "call",
  type: "any",
  attributes: {},
  inputs,
  outputs,
});

test("tensors that are needed at the same time never overlap, in random programs", () => {
  for (let seed = 0; seed < 50; seed++) {
    const rng = createRng(seed);
    const names = ["input"];
    const steps: Step[] = [];
    for (let i = 0; i < 20; i++) {
      const inputs = Array.from({ length: 1 + rng.integer(3) }, () => names[rng.integer(names.length)]!);
      const outputs = Array.from({ length: 1 + rng.integer(2) }, (_, k) => `t${i}.${k}`);
      steps.push(call(inputs, outputs));
      names.push(...outputs);
    }
    const shapes = Object.fromEntries(names.map((name) => [name, [1 + rng.integer(300)]]));
    const kept = ["input", names.at(-1)!];
    const { offsets, bytes } = layOut({ steps, shapes }, { kept, sameAs: new Map() });
    const life = (name: string): [number, number] => {
      if (kept.includes(name)) return [0, steps.length];
      const uses = steps.flatMap((s, i) => ([...s.inputs, ...s.outputs].includes(name) ? [i] : []));
      return [uses[0]!, uses.at(-1)!];
    };
    const placed = names.map((name) => ({ at: offsets.get(name)!, size: 4 * shapes[name]![0]!, life: life(name) }));
    placed.forEach((a, i) => {
      assert.equal(a.at % 64, 0);
      assert.ok(a.at + a.size <= bytes, `seed ${seed}`);
      for (const b of placed.slice(i + 1)) {
        const together = a.life[0] <= b.life[1] && b.life[0] <= a.life[1];
        assert.ok(!together || a.at + a.size <= b.at || b.at + b.size <= a.at, `seed ${seed}`);
      }
    });
  }
});

test("a chain of steps needs room for two tensors, not for all", () => {
  const steps = Array.from({ length: 10 }, (_, i) => call([`t${i}`], [`t${i + 1}`]));
  const shapes = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`t${i}`, [16]]));
  const { bytes } = layOut({ steps: steps.slice(1), shapes }, { kept: [], sameAs: new Map() });
  assert.equal(bytes, 2 * 64);
});

test("what is written over another tensor lies where that one does, and lives as long as both", () => {
  const steps = [
    call(["input"], ["logits"]),
    call(["logits"], ["sizes"]),
    call(["input"], ["other"]),
    call(["sizes"], ["end"]),
  ];
  const shapes = Object.fromEntries(["input", "logits", "sizes", "other", "end"].map((name) => [name, [16]]));
  const { offsets } = layOut({ steps, shapes }, { kept: ["input"], sameAs: new Map([["sizes", "logits"]]) });
  assert.equal(offsets.get("sizes"), offsets.get("logits"));
  assert.notEqual(offsets.get("other"), offsets.get("sizes"));
});
