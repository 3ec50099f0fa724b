import assert from "node:assert/strict";
import { test } from "node:test";
import { onnx } from "onnx-proto";
import { ELEMENT } from "../../src/engine/graph";
import { compile } from "../../src/engine/compile";
import type { Step } from "../../src/engine/pieces";
import { SETTINGS } from "../../src/experiments/settings";
import { parameterShapes } from "../../src/flow/parameters";
import type { Channel } from "../../src/coords/spec";
import { createFlowSpec } from "../../src/flow/spec";
import { createMixtureTarget } from "../../src/target/gmm";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { flowPrograms } from "../../src/train/programs";
import { CUDA, WEBGPU } from "./operators";

const NAMES = Object.fromEntries(Object.entries(ELEMENT).map(([name, code]) => [code, name]));
const COMPARISONS = ["Equal", "Greater", "GreaterOrEqual", "Less"];

/** Every operator of a model with the element types of its inputs, repeats left out: "Gather float32,int32". */
function operatorsOf(model: Uint8Array): Set<string> {
  const graph = onnx.ModelProto.decode(model).graph!;
  const types = new Map<string, string>();
  for (const { name, dataType } of graph.initializer!) types.set(name!, NAMES[dataType!]!);
  for (const { name } of graph.input!) types.set(name!, "float32");
  const found = new Set<string>();
  for (const { opType, input, output, attribute } of graph.node!) {
    const inputs = input!.map((name) => types.get(name)!);
    found.add(`${opType} ${[...new Set(inputs)].join()}`);
    let type = inputs[opType === "Where" ? 1 : 0]!;
    if (opType === "Cast") type = NAMES[Number(attribute![0]!.i)]!;
    if (COMPARISONS.includes(opType!)) type = "bool";
    types.set(output![0]!, type);
  }
  return found;
}

const CASES: readonly (readonly [string, readonly Channel[], "aldp" | "gmm"])[] = [
  ["alanine dipeptide", createTarget(loadSystem("aldp"), { threads: 0 }).channels, "aldp"],
  ["the mixture", createMixtureTarget().channels, "gmm"],
];
for (const [name, channels, system] of CASES) {
  test(`WebGPU and CUDA implement every operator of the paper's flow for ${name}, with gradients`, () => {
    const spec = createFlowSpec(channels, SETTINGS[system].paper.flow);
    const programs = flowPrograms(spec);
    for (const program of Object.values(programs)) {
      const { steps } = compile(program, { tensors: parameterShapes(spec), batch: 64, custom: false });
      assert.equal(steps.length, 1); // a device takes the whole graph
      const operators = operatorsOf((steps[0] as Step & { kind: "model" }).model);
      assert.ok(operators.has("Gemm float32") && operators.size > 15, program.name); // the reading of the model works
      for (const [provider, known] of Object.entries({ WEBGPU, CUDA })) {
        const unknown = [...operators].filter((operator) => !known.has(operator));
        assert.deepEqual(unknown, [], `${program.name} on ${provider}`);
      }
    }
  });
}

test("an operator that a provider lacks would be noticed", () => {
  assert.ok(!WEBGPU.has("Softplus float32") && CUDA.has("Softplus float32"));
});
