/**
 * What ONNX Runtime's providers for graphics cards implement of the operators that a traced flow may contain, by element types at opset 18.
 * An operator that is not here would run on the processor, with a copy of its tensors there and back.
 */

/** Float32 in, float32 out. */
const FLOAT = [
  ...["Abs", "Add", "Clip", "Concat", "Cos", "Div", "Exp", "Floor", "Gemm", "Identity", "Log", "Max", "Min", "Mul"],
  ...["Neg", "Reciprocal", "Relu", "Sigmoid", "Sin", "Sqrt", "Sub", "Transpose"],
].map((type) => `${type} float32`);

/** Float32 with shapes or axes of int64, which stay on the processor as constants. */
const SHAPED = ["Expand", "Pad", "ReduceMax", "ReduceSum", "Reshape", "Slice", "Tile"].map((t) => `${t} float32,int64`);

const OTHER = [
  ...["Equal", "Greater", "GreaterOrEqual", "Less"].map((type) => `${type} float32`),
  ...["Cast bool", "Cast float32", "Gather float32,int32", "GatherElements float32,int32", "Where bool,float32"],
];

/**
 * Read off docs/OperatorKernels.md of microsoft/onnxruntime at 001d12d2, section CUDAExecutionProvider. It has Softplus too.
 * With onnxruntime-node 1.29.0, an H200 and CUDA 13.0 losses and gradients of the flows of two molecules agree with the CPU's
 * (`npm run bench -- --devices`).
 */
export const CUDA: ReadonlySet<string> = new Set([...FLOAT, ...SHAPED, ...OTHER, "Softplus float32"]);

/**
 * Read off the registrations in onnxruntime/core/providers/webgpu/webgpu_execution_provider.cc at 003f772b, and confirmed with
 * onnxruntime-node 1.24.3 for what the graphs contain: its verbose log ("Node placements") puts all 5,803 nodes of the paper's
 * forwardKl and its gradient on WebGpuExecutionProvider but 16 copies of gradients that are constant zeros. It has no Softplus.
 */
export const WEBGPU: ReadonlySet<string> = new Set([...FLOAT, ...SHAPED, ...OTHER]);
