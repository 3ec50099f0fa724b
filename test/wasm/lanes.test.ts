import assert from "node:assert/strict";
import { test } from "node:test";
import { loadWasm } from "../../src/io/wasm";
import { createRng } from "../../src/numerics/random";

type Map = (from: number, to: number, n: number) => void;
interface LanesModule extends Record<"mapExp2" | "mapLog" | "mapTanh", Map> {
  mapAtan2(xs: number, ys: number, to: number, n: number): void;
}
const N = 20_000;
const { call, buffer, start } = loadWasm<LanesModule>("lanes", 16 * N);
const input = new Float64Array(buffer, start, N);
const output = new Float64Array(buffer, start + 8 * N, N);

function apply(map: Map, x: readonly number[]): Float64Array {
  input.fill(0).set(x);
  map(start, start + 8 * N, x.length + (x.length % 2));
  return output.slice(0, x.length);
}

const EXACT = 5e-16; // a few units in the last place
const draws = (draw: (u: number) => number, seed: number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: N - 10 }, () => draw(rng.uniform()));
};

test("the power of two is the library's from -1000 to 1000, and stays at the ends beyond", () => {
  const x = [0, -0, 1e-300, -1e-20, 0.5, -0.5, 1.5, -1000, 1000, ...draws((u) => 2000 * u - 1000, 1)];
  apply(call.mapExp2, x).forEach((y, k) => assert.ok(Math.abs(y / 2 ** x[k]! - 1) <= EXACT, `x ${x[k]}`));
  const [least, , most] = apply(call.mapExp2, [-1000, 0, 1000]);
  assert.deepEqual([...apply(call.mapExp2, [-1001, -Infinity, 1001, Infinity, NaN])], [least, least, most, most, NaN]);
});

test("the logarithm is the library's, near 1 and far from it", () => {
  const x = [1, 1 - 2 ** -53, 1 + 2 ** -52, Math.SQRT1_2, Math.SQRT2, 0.5, 2, 1e-300, 1e300];
  x.push(...draws((u) => u + 1e-9, 2).slice(0, N / 2 - 10), ...draws((u) => 10 ** (600 * u - 300), 3).slice(0, N / 2));
  apply(call.mapLog, x).forEach((y, k) => {
    const expected = Math.log(x[k]!);
    assert.ok(Math.abs(y - expected) <= EXACT * Math.abs(expected), `x ${x[k]}: ${y}, ${expected}`);
  });
});

test("the hyperbolic tangent is the library's to absolute accuracy, and odd", () => {
  const x = [0, -0, 1e-300, 1e-9, 20, 400, Infinity, ...draws((u) => 8 * u - 4, 4)];
  const [y, reflected] = [apply(call.mapTanh, x), apply(call.mapTanh, x.map((value) => -value))]; // prettier-ignore
  y.forEach((value, k) => {
    assert.ok(Math.abs(value - Math.tanh(x[k]!)) <= EXACT, `x ${x[k]}`);
    assert.equal(reflected[k], -value);
  });
});

test("the arc tangent is the library's in the upper half plane, near its axes and diagonals and far", () => {
  const angles = [
    0,
    1e-9,
    0.39,
    0.4,
    Math.PI / 4,
    1.17,
    1.18,
    Math.PI / 2,
    2,
    3,
    Math.PI - 1e-9,
    ...draws((u) => Math.PI * u, 5),
  ];
  const points = angles
    .slice(0, N / 4)
    .map((angle, k) => [Math.cos(angle), Math.sin(angle)].map((v) => v * 10 ** (k % 9)));
  points.push([0, 0], [-1, 0], [1, 0], [0, 1], [5, NaN]);
  const n = points.length + (points.length % 2);
  input.set(points.map(([x]) => x!));
  input.set(points.map(([, y]) => y!), n); // prettier-ignore
  call.mapAtan2(start, start + 8 * n, start + 8 * N, n);
  points.forEach(([x, y], k) => {
    const expected = Math.atan2(y!, x!);
    assert.ok(Object.is(expected, NaN) ? Number.isNaN(output[k]) : Math.abs(output[k]! - expected) <= EXACT * expected, `${x}, ${y}: ${output[k]}`); // prettier-ignore
  });
});

test("a lane does not notice what is in the other", () => {
  for (const map of [call.mapExp2, call.mapLog, call.mapTanh]) {
    for (const x of [0.3, 1e-5, 7]) {
      const [alone] = apply(map, [x, x]);
      for (const other of [0, -1, 1e300, NaN, Infinity]) {
        assert.equal(apply(map, [x, other])[0], alone);
        assert.equal(apply(map, [other, x])[1], alone);
      }
    }
  }
});
