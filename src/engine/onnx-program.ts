/** A compiled program in a worker: its memory, its ONNX Runtime sessions, and the order of its steps. */
import * as ort from "onnxruntime-node";
import { loadWasm } from "../io/wasm";
import { SPLINE, SPLINE_GRADIENT } from "../flow/spline-kernels";
import { gradientName, parameterName } from "./names";
import type { TensorPlace } from "./engine";
import { layOut } from "./layout";
import { inputName, outputName, STOP, UNCONVERTED } from "./model";
import type { Pieces, Step } from "./pieces";
import type { Provider } from "./probe";

/** The functions of module `flow`; all arguments are byte offsets but those of `shape`. */
interface FlowKernels {
  shape(n: number, circular: number, batch: number, bins: number, inverse: number): void;
  spline(...pointers: number[]): void;
  splineGradient(...pointers: number[]): void;
}

/** The worker's own copies of the flat vectors; ONNX Runtime refuses tensors over shared memory. */
export interface OwnVectors {
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  readonly tensors: readonly TensorPlace[];
}

/** A program ready to run: fill its tensors, run its steps, read its tensors. */
export interface LoadedProgram {
  readonly pieces: Pieces;
  /** The memory of an input or output. */
  values(name: string): Float32Array;
  /** Runs the steps [from, to). */
  run(from: number, to: number): Promise<void>;
}

type Tensors = Readonly<Record<string, ort.Tensor>>;

const sessions = new Map<string, Promise<ort.InferenceSession>>();

/** One session per distinct model, whichever program brings it: couplings of equal sizes share theirs. */
function sessionOf(model: Uint8Array, provider: Provider): Promise<ort.InferenceSession> {
  const key = Buffer.from(model).toString("latin1");
  let session = sessions.get(key);
  if (!session) {
    session = ort.InferenceSession.create(model, {
      executionProviders: [provider],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // Lines such as "removing unused initializer" help nobody in a notebook.
      logSeverityLevel: 3,
    });
    sessions.set(key, session);
  }
  return session;
}

/** Runs a session whose outputs all have their memory; see STOP. */
async function runInto(session: ort.InferenceSession, feeds: Tensors, fetches: Tensors): Promise<void> {
  const isStopped = session.outputNames.includes(STOP);
  try {
    await session.run(feeds, isStopped ? { ...fetches, [STOP]: null } : fetches);
  } catch (error) {
    if (!isStopped || (error as Error).message !== UNCONVERTED) throw error;
  }
}

/** What the operations of our own write over: logits become sizes where they stand, and these their gradient. */
function overwritten(steps: readonly Step[]): Map<string, string> {
  // [output, input]
  const pairs: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
    // prettier-ignore
    [SPLINE]: [[2, 1], [3, 2]],
    // prettier-ignore
    [SPLINE_GRADIENT]: [[1, 1], [2, 2], [3, 3]],
  };
  return new Map(
    steps.flatMap((step) =>
      step.kind === "call" ? pairs[step.type]!.map(([o, i]) => [step.outputs[o]!, step.inputs[i]!] as const) : [],
    ),
  );
}

export async function loadProgram(
  pieces: Pieces,
  names: readonly string[],
  { parameters, gradient, tensors }: OwnVectors,
  provider: Provider,
): Promise<LoadedProgram> {
  const { steps, shapes, outputs } = pieces;
  const place = ({ shape, offset }: TensorPlace, vector: Float32Array): Float32Array =>
    vector.subarray(offset, offset + shape[0] * shape[1]);
  const fixed = new Map<string, Float32Array>();
  tensors.forEach((t, i) => {
    fixed.set(parameterName(i), place(t, parameters));
    const made = outputs[gradientName(i)];
    if (made !== undefined) fixed.set(made, place(t, gradient));
  });
  const kept = names.map((name) => outputs[name] ?? name).filter((tensor) => !fixed.has(tensor));
  const { offsets, bytes } = layOut(pieces, { kept, sameAs: overwritten(steps) });
  const { call, buffer, start } = loadWasm<FlowKernels>("flow", bytes);
  const sizeOf = (tensor: string): number => shapes[tensor]!.reduce((product, d) => product * d, 1);
  const pointer = (tensor: string): number => start + offsets.get(tensor)!;
  const array = (tensor: string): Float32Array =>
    fixed.get(tensor) ?? new Float32Array(buffer, pointer(tensor), sizeOf(tensor));
  const tensorOf = (tensor: string): ort.Tensor => {
    const constant = pieces.constants[tensor];
    if (constant) return new ort.Tensor(constant.type, constant.values as Float32Array, [...constant.shape]);
    return new ort.Tensor("float32", array(tensor), [...shapes[tensor]!]);
  };
  const prepared = await Promise.all(
    steps.map(async (step) => {
      if (step.kind === "call") {
        const { circular, inverse } = step.attributes as { readonly circular: number; readonly inverse: number };
        const [n, batch] = shapes[step.inputs[0]!] as [number, number];
        const bins = shapes[step.inputs[1]!]![0]! / n;
        const pointers = [...step.inputs, ...step.outputs.slice(0, step.type === SPLINE ? 2 : 4)].map(pointer);
        const kernel = { [SPLINE]: call.spline, [SPLINE_GRADIENT]: call.splineGradient }[step.type]!;
        return () => {
          call.shape(n, circular, batch, bins, inverse);
          kernel(...pointers);
        };
      }
      const session = await sessionOf(step.model, provider);
      const feeds = Object.fromEntries(step.inputs.map((tensor, i) => [inputName(i), tensorOf(tensor)]));
      const fetches = Object.fromEntries(step.outputs.map((tensor, i) => [outputName(i), tensorOf(tensor)]));
      return () => runInto(session, feeds, fetches);
    }),
  );
  return {
    pieces,
    values: (name) => array(outputs[name] ?? name),
    async run(from, to) {
      for (let i = from; i < to; i++) await prepared[i]!();
    },
  };
}
