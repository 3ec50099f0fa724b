import assert from "node:assert/strict";
import { test } from "node:test";
import { erf, erfc, normalCdf, normalLogPdf, normalQuantile } from "../../src/numerics/special";
import { createRng } from "../../src/numerics/random";

const EXACT = 1e-14; // stricter than the table: these functions promise it

function close(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= EXACT * Math.abs(expected), `${what}: ${actual} against ${expected}`);
}

// mpmath 1.4, mp.dps = 30: mp.erf(x), mp.erfc(x), mp.erfc(-x)
const ERROR_FUNCTION: [number, number, number, number][] = [
  [0.3, 0.328626759459127428, 0.671373240540872572, 1.32862675945912743],
  [0.999, 0.842285270206496942, 0.157714729793503058, 1.84228527020649694],
  [1.001, 0.843115485478076325, 0.156884514521923675, 1.84311548547807632],
  [2.5, 0.999593047982555041, 0.00040695201744495894, 1.99959304798255504],
  [6, 0.999999999999999978, 2.15197367124989131e-17, 1.99999999999999998],
  [15, 1, 7.21299417245120667e-100, 2],
];

test("the error function and its complement agree with 30-digit values, in the tail too", () => {
  for (const [x, value, complement, reflected] of ERROR_FUNCTION) {
    close(erf(x), value, `erf(${x})`);
    close(erf(-x), -value, `erf(-${x})`);
    close(erfc(x), complement, `erfc(${x})`);
    close(erfc(-x), reflected, `erfc(-${x})`);
  }
});

test("the error function has its limits at zero and infinity", () => {
  assert.deepEqual([erf(0), erf(Infinity), erf(-Infinity)], [0, 1, -1]);
  assert.deepEqual([erfc(0), erfc(Infinity), erfc(-Infinity)], [1, 0, 2]);
  assert.ok(Number.isNaN(erf(NaN)) && Number.isNaN(erfc(NaN)));
  close(erf(1e-300), 1.1283791670955126e-300, "erf(1e-300)"); // 2 / sqrt(pi) x
});

test("the normal quantile agrees with 30-digit values", () => {
  // mpmath 1.4, mp.dps = 30: mp.findroot(lambda z: mp.log(mp.ncdf(z)) - mp.log(p), start)
  close(normalQuantile(1e-300), -37.0470962993611992, "1e-300");
  close(normalQuantile(1e-20), -9.26234008979840757, "1e-20");
  close(normalQuantile(2.5e-7), -5.02631283605668486, "2.5e-7");
  close(normalQuantile(0.02), -2.05374891063182305, "0.02");
  close(normalQuantile(0.3), -0.524400512708040784, "0.3");
  assert.equal(normalQuantile(0.5), 0);
});

test("the normal quantile is infinite at the ends and not a number outside them", () => {
  assert.deepEqual([normalQuantile(0), normalQuantile(1)], [-Infinity, Infinity]);
  for (const p of [-0.1, 1.1, NaN]) assert.ok(Number.isNaN(normalQuantile(p)), `at ${p}`);
});

test("the normal quantile inverts the distribution function and is odd about one half", () => {
  const rng = createRng(1);
  for (let k = 0; k < 2000; k++) {
    const p = k % 2 === 0 ? rng.uniform() : 10 ** (-300 * rng.uniform());
    const z = normalQuantile(p);
    // A relative error e of z moves the probability by about z^2 e relative.
    const bound = 4 * EXACT * (1 + z * z);
    assert.ok(Math.abs(normalCdf(z) / p - 1) < bound, `seed 1, p = ${p}: cdf(${z}) = ${normalCdf(z)}`);
  }
  assert.equal(normalQuantile(0.75), -normalQuantile(0.25));
});

test("the normal log density integrates to the distribution function", () => {
  const step = 1e-3;
  let sum = 0;
  for (let k = 0; k < 11000; k++) sum += Math.exp(normalLogPdf(-10 + (k + 0.5) * step)) * step;
  assert.ok(Math.abs(sum - normalCdf(1)) < 1e-7); // midpoint rule: step^2 / 24 times the slope at 1
});
