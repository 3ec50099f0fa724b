/** The flow's own two kernels: as they are where the engine has them, else composed of the others. */
import { composeSpline, composeSplineGradient } from "../../flow/spline";
import { SPLINE, SPLINE_GRADIENT, type SplineOptions } from "../../flow/spline-kernels";
import { backend } from "../trace";
import { type Info, made, register } from "./register";

for (const [name, compose, results] of [
  [SPLINE, composeSpline, ["x", null, "widths", "heights"]],
  [SPLINE_GRADIENT, composeSplineGradient, ["x", "widths", "heights", "slopes"]],
] as const) {
  register<Record<string, Info>>(name, (inputs, attributes) => {
    const { circular, inverse } = attributes as unknown as SplineOptions;
    if (!backend.custom) return compose(inputs as never, { circular, inverse });
    const operands = Object.values(inputs).map((t) => backend.node(t));
    const nodes = backend.graph.nodeOf(name, operands, results.length, { circular, inverse: Number(inverse) });
    const batch = inputs.x!.shape.slice(1);
    return results.map((like, i) => made(nodes[i]!, like === null ? batch : inputs[like]!.shape));
  });
}
