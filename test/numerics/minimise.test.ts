import assert from "node:assert/strict";
import { test } from "node:test";
import { minimise } from "../../src/numerics/minimise";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

const OPTIONS = { iterations: 1000, tolerance: 1e-9, step: 1 };

test("the minimum of a quadratic form is found, a thousand times as stiff in one direction as in another", () => {
  const rng = createRng(1);
  const centre = Float64Array.from({ length: 30 }, () => rng.normal());
  const { x, converged } = minimise(
    (point, gradient) =>
      point.reduce((sum, value, k) => {
        const stiffness = 10 ** (k / 10);
        gradient[k] = stiffness * (value - centre[k]!);
        return sum + 0.5 * gradient[k]! * (value - centre[k]!);
      }, 0),
    new Float64Array(30),
    OPTIONS,
  );
  assert.ok(converged);
  x.forEach((value, k) => assert.ok(Math.abs(value - centre[k]!) < TOLERANCE.f64 * 100));
});

test("so is that of Rosenbrock's valley, at (1, 1), through a wall where there is no value", () => {
  const start = Float64Array.of(-1.2, 1);
  const { x, value, converged } = minimise(
    (point, gradient) => {
      const [a, b] = point as unknown as [number, number];
      if (a > 1.3) return NaN;
      gradient.set([-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)]);
      return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    },
    start,
    OPTIONS,
  );
  assert.ok(converged && value < 1e-16);
  assert.ok(Math.abs(x[0]! - 1) < 1e-8 && Math.abs(x[1]! - 1) < 1e-8);
  assert.deepEqual([...start], [-1.2, 1]);
});

test("without any iteration the start is the answer, and a start without a value is refused", () => {
  const square = (x: Float64Array, gradient: Float64Array): number => {
    gradient[0] = 2 * x[0]!;
    return x[0]! ** 2;
  };
  const { x, iterations, converged } = minimise(square, Float64Array.of(3), { ...OPTIONS, iterations: 0 });
  assert.deepEqual([[...x], iterations, converged], [[3], 0, false]);
  assert.throws(() => minimise(() => NaN, Float64Array.of(3), OPTIONS), /invalid start \(got a value of NaN\)/);
});
