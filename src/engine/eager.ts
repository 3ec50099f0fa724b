/** The eager engine: programs run op by op on a TensorFlow.js backend ("tensorflow" of tfjs-node(-gpu), or "cpu" for tests), in this thread. */
import * as tf from "@tensorflow/tfjs";
import { createOptimiser, createVectors } from "./adam";
import { type Arrays, clipFactor, type Engine, type EngineOptions, type Field, roomFor, rowsOf } from "./engine";

/** Rows per evaluation: bounds the memory of intermediate tensors. */
const CHUNK = 4096;

/** @param backendName a registered TensorFlow.js backend; it becomes the current one during every call. */
export function createEagerEngine(
  { parameters: initial, tensors }: Omit<EngineOptions, "threads">,
  { backendName, label }: { readonly backendName: string; readonly label: string },
): Engine {
  const vectors = createVectors(initial.length, 1);
  const { parameters, first, second } = vectors;
  const gradient = vectors.gradients[0]!;
  const optimiser = createOptimiser(vectors);
  const all = { from: 0, to: initial.length };
  parameters.set(initial);
  let updates = 0;

  const views = (vector: Float32Array): tf.Tensor2D[] =>
    tensors.map(({ shape, offset }) => tf.tensor2d(vector.slice(offset, offset + shape[0] * shape[1]), [...shape]));
  const data = (name: string, fields: readonly Field[], arrays: Arrays, from: number, to: number): tf.Tensor2D[] =>
    rowsOf(name, fields, arrays, from, to).map((rows, i) => tf.tensor2d(rows, [to - from, fields[i]!.width]));
  const scoped = <T>(body: () => T): T => {
    tf.setBackend(backendName);
    tf.engine().startScope(label);
    try {
      return body();
    } finally {
      tf.engine().endScope();
    }
  };

  const evaluate: Engine["evaluate"] = async (program, inputs, n) => {
    const result = roomFor(program.outputs, n);
    for (let from = 0; from < n; from += CHUNK) {
      scoped(() => {
        const rows = data(program.name, program.inputs, inputs, from, Math.min(n, from + CHUNK));
        const outputs = program.run(views(parameters), rows) as tf.Tensor[];
        program.outputs.forEach(({ name, width }, i) => result[name]!.set(outputs[i]!.dataSync(), from * width));
      });
    }
    return result;
  };

  return {
    name: label,
    threads: 1,
    evaluate,
    async gradient(program, inputs, n, supply) {
      const lateInputs = supply ? await supply(await evaluate(program, inputs, n)) : {};
      if (lateInputs === null) return NaN;
      return scoped(() => {
        const batch = data(program.name, program.inputs, inputs, 0, n);
        const late = data(program.name, program.late, lateInputs, 0, n);
        const loss = (...p: tf.Tensor[]): tf.Scalar =>
          program.loss(batch, program.run(p, batch), late) as unknown as tf.Scalar;
        const { value, grads } = tf.valueAndGrads(loss)(views(parameters));
        grads.forEach((g, i) => gradient.set(g.dataSync(), tensors[i]!.offset));
        return value.dataSync()[0]!;
      });
    },
    async update({ clipNorm, ...adam }) {
      const gradientNorm = Math.sqrt(optimiser.reduce(all, 0, 1));
      if (!Number.isFinite(gradientNorm)) return { gradientNorm, applied: false };
      optimiser.update(all, 0, ++updates, clipFactor(gradientNorm, clipNorm), adam);
      return { gradientNorm, applied: true };
    },
    lastGradient: () => Promise.resolve(Float32Array.from(gradient)),
    parameters,
    state: () => ({
      parameters: new Float32Array(parameters),
      first: new Float32Array(first),
      second: new Float32Array(second),
      updates,
    }),
    restore(state) {
      parameters.set(state.parameters);
      first.set(state.first);
      second.set(state.second);
      updates = state.updates;
    },
    resetOptimiser() {
      first.fill(0);
      second.fill(0);
      updates = 0;
    },
    close: () => Promise.resolve(),
  };
}
