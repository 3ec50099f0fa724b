/** The compiled spline kernels, called as the engine calls them, on columns of one degree of freedom. */
import { loadWasm } from "../../src/io/wasm";
import type { Columns } from "./spline.test";

interface Kernels {
  shape(n: number, circular: number, batch: number, bins: number, inverse: number): void;
  spline(...pointers: number[]): void;
  splineGradient(...pointers: number[]): void;
}

function prepare({ x, widths, heights, slopes }: Columns, circular: boolean, inverse: boolean) {
  const n = x.length;
  const batch = Math.ceil(n / 4) * 4;
  const bins = widths.length / n;
  const { call, buffer, start } = loadWasm<Kernels>("flow", 4 * batch * (6 * bins + 20));
  let next = start;
  /** Room for rows of a batch, filled up with the last column. */
  const array = (values: Float32Array | number) => {
    const rows = typeof values === "number" ? values : values.length / n;
    const view = new Float32Array(buffer, next, rows * batch);
    next += view.byteLength;
    if (typeof values !== "number") {
      for (let at = 0; at < view.length; at++) {
        view[at] = values[Math.floor(at / batch) * n + Math.min(at % batch, n - 1)]!;
      }
    }
    return {
      pointer: view.byteOffset,
      take: () => Float32Array.from({ length: rows * n }, (_, i) => view[Math.floor(i / n) * batch + (i % n)]!),
    };
  };
  call.shape(1, Number(circular), batch, bins, Number(inverse));
  const inputs = [x, widths, heights, slopes].map(array);
  const outputs = [array(1), array(1)];
  call.spline(...inputs.map((i) => i.pointer), ...outputs.map((o) => o.pointer));
  return { call, array, inputs, outputs, bins };
}

export function evaluateWithKernels(c: Columns, circular: boolean, inverse: boolean): [Float32Array, Float32Array] {
  const { outputs } = prepare(c, circular, inverse);
  return [outputs[0]!.take(), outputs[1]!.take()];
}

export function differentiateWithKernels(
  c: Columns,
  gy: Float32Array,
  gLogDet: Float32Array,
  circular: boolean,
  inverse: boolean,
): Columns {
  const { call, array, inputs, bins } = prepare(c, circular, inverse);
  const cotangents = [gy, gLogDet].map(array);
  const results = [1, bins, bins, circular ? bins : bins + 1].map(array);
  call.splineGradient(...[...inputs, ...cotangents, ...results].map((a) => a.pointer));
  const [x, widths, heights, slopes] = results.map((r) => r.take()) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return { x, widths, heights, slopes };
}
