/** A worker that runs the matrix products: one single-threaded session over tensors allocated once. */
import { workerData } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import { createRng } from "../../src/numerics/random";
import { serve } from "../../src/parallel/serve";
import type { ProductsSetup } from "./matrix-products";

const { model, inputs, outputs } = workerData as ProductsSetup;
const rng = createRng(1);

/** Values of unit variance over the square root of the columns: products neither overflow nor underflow. */
const tensors = (shapes: ProductsSetup["inputs"], fill: boolean): Record<string, ort.Tensor> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, [rows, columns]]) => {
      const data = new Float32Array(rows * columns);
      const bound = Math.sqrt(3 / columns);
      if (fill) for (let i = 0; i < data.length; i++) data[i] = bound * (2 * rng.uniform() - 1);
      return [name, new ort.Tensor("float32", data, [rows, columns])];
    }),
  );

const session = ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
const feeds = tensors(inputs, true);
const fetches = tensors(outputs, false);

serve<null, null>(async () => {
  await (await session).run(feeds, fetches);
  return { value: null };
});
