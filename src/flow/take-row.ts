/** `takeRow`: one entry per column, the single operation that TensorFlow.js lacks (ONNX calls it GatherElements). */
import * as tf from "@tensorflow/tfjs";

/** Kernel name; a backend that has a native gather along an axis registers its own. */
export const TAKE_ROW = "TakeRow";

/** Eager backends compose it: a one-hot mask times the table, summed. */
const compose: tf.KernelFunc = ({ inputs }) => {
  const table = inputs.table as tf.Tensor2D;
  const index = inputs.index as tf.Tensor2D;
  return tf.tidy(() => {
    const rows = tf.reshape(tf.range(0, table.shape[0], 1, "float32"), [-1, 1]);
    return tf.sum(tf.mul(tf.cast(tf.equal(rows, index), "float32"), table), 0, true);
  });
};
for (const backendName of ["cpu", "tensorflow"]) {
  tf.registerKernel({ kernelName: TAKE_ROW, backendName, kernelFunc: compose });
}

/**
 * The entry `table[index[0, v], v]` for every column v.
 * @param table [rows, columns] @param index [1, columns], whole numbers as f32
 * @returns [1, columns]; not differentiable on its own (the spline brings its own gradient).
 */
export function takeRow(table: tf.Tensor2D, index: tf.Tensor2D): tf.Tensor2D {
  return tf.engine().runKernel(TAKE_ROW, { table, index }) as tf.Tensor2D;
}
