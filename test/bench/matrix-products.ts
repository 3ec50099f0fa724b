/** The training step's matrix products alone, forward and both backward ones, in ONNX sessions as the engine runs them: a bound for the step. */
import path from "node:path";
import { onnx } from "onnx-proto";
// As in src/engine/onnx.ts: the first to load this native module must be the main thread.
import "onnxruntime-node";
import { conditionerSizes } from "../../src/flow/parameters";
import type { FlowSpec } from "../../src/flow/spec";
import { createPool } from "../../src/parallel/pool";

/** A graph whose inputs and outputs have these shapes. */
export interface ProductsSetup {
  readonly model: Uint8Array;
  readonly inputs: Readonly<Record<string, readonly [number, number]>>;
  readonly outputs: Readonly<Record<string, readonly [number, number]>>;
}

type Shape = readonly [number, number];

function createBuilder() {
  const nodes: onnx.INodeProto[] = [];
  const shapes = new Map<string, Shape>();
  const inputs: Record<string, Shape> = {};
  const outputs = new Map<string, Shape>();
  return {
    inputs,
    input(shape: Shape): string {
      const name = `i${Object.keys(inputs).length}`;
      shapes.set(name, (inputs[name] = shape));
      return name;
    },
    /** a b, or with either transposed; every product is an output unless another one reads it. */
    product(a: string, b: string, { transA = false, transB = false } = {}): string {
      const name = `p${nodes.length}`;
      const flag = (key: string, on: boolean) => ({ name: key, type: onnx.AttributeProto.AttributeType.INT, i: +on });
      const attribute = [flag("transA", transA), flag("transB", transB)];
      nodes.push({ name, opType: "Gemm", input: [a, b], output: [name], attribute });
      for (const read of [a, b]) outputs.delete(read);
      const shape: Shape = [shapes.get(a)![+transA]!, shapes.get(b)![+!transB]!];
      shapes.set(name, shape);
      outputs.set(name, shape);
      return name;
    },
    encode(): ProductsSetup {
      const port = ([name, dims]: [string, Shape]): onnx.IValueInfoProto => ({
        name,
        type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
      });
      const input = Object.entries(inputs).map(port);
      const graph = { name: "products", node: nodes, input, output: [...outputs].map(port) };
      const model = { irVersion: 9, opsetImport: [{ domain: "", version: 18 }], graph };
      return { model: onnx.ModelProto.encode(model).finish(), inputs, outputs: Object.fromEntries(outputs) };
    },
  };
}

/** The products of one session's share of a batch, weights of the way back transposed beforehand as in src/engine/kernels.ts; what stands between them is left out, so that only shapes and order are the step's. */
export function productsOf(spec: FlowSpec, batch: number): ProductsSetup {
  const g = createBuilder();
  for (const [c, coupling] of spec.couplings.entries()) {
    const { inputs, bins, slopes } = conditionerSizes(spec, coupling);
    const layer = (rows: number, columns: number): string => g.input([rows, columns]);
    // The first two layers are multiplied with each other, not with the batch (src/flow/flow.ts).
    const [first, second] = [layer(spec.hidden, inputs), layer(spec.hidden, spec.hidden)];
    const joined = g.product(second, first);
    const weights = [joined, ...Array.from({ length: spec.layers - 1 }, () => layer(spec.hidden, spec.hidden))];
    const values = [g.input([inputs, batch])];
    for (const w of weights) values.push(g.product(w, values.at(-1)!));
    let down = "";
    for (const rows of [bins, bins, slopes]) {
      const out = g.product(layer(rows, spec.hidden), values.at(-1)!);
      g.product(out, values.at(-1)!, { transB: true });
      down = g.product(layer(spec.hidden, rows), out);
    }
    for (let l = weights.length - 1; l >= 0; l--) {
      const gradient = g.product(down, values[l]!, { transB: true });
      if (l === 0) {
        g.product(gradient, first, { transB: true });
        g.product(second, gradient, { transA: true });
      }
      // The data of the last coupling of the inverse need no gradient.
      if (l > 0 || c < spec.couplings.length - 1) {
        down = g.product(layer(l > 0 ? spec.hidden : inputs, spec.hidden), down);
      }
    }
  }
  return g.encode();
}

/** One session per thread, each with its share of the batch. */
export async function openMatrixProducts(
  spec: FlowSpec,
  { batch, threads }: { readonly batch: number; readonly threads: number },
): Promise<{ run(): Promise<unknown>; close(): Promise<void> }> {
  const workerData = productsOf(spec, batch / threads);
  const pool = createPool<null, null>(path.join(__dirname, "matrix-products-worker.js"), { threads, workerData });
  const run = (): Promise<unknown> => pool.all(Array.from({ length: threads }, () => null));
  await run();
  return { run, close: () => pool.close() };
}
