/** The TensorFlow.js kernels that a flow and its gradient use, each as ONNX nodes. */
import "./elementwise";
import "./products";
import "./shapes";
import "./splines";
