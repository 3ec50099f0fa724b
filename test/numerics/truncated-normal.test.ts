import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { readNpyFloat64 } from "../../src/io/npy";
import { projectRoot } from "../../src/io/paths";
import { createTruncatedNormal } from "../../src/numerics/truncated-normal";
import { TOLERANCE } from "../tolerances";

const fixture = (name: string): Float64Array =>
  readNpyFloat64(path.join(projectRoot(), "test/fixtures/spline", `truncnorm_${name}.npy`)).data;
const prior = createTruncatedNormal({ mean: 0.5, scale: 0.1, low: 0, high: 1 });

test("the prior of bonds and angles agrees with the reference program", () => {
  const [u, quantile, logPdf] = [fixture("u"), fixture("quantile"), fixture("logpdf")];
  assert.equal(u.length, 101);
  u.forEach((value, i) => {
    assert.ok(Math.abs(prior.quantile(value) - quantile[i]!) < TOLERANCE.f64, `quantile(${value})`);
    assert.ok(Math.abs(prior.logPdf(quantile[i]!) - logPdf[i]!) < TOLERANCE.f64, `logPdf(${quantile[i]})`);
  });
});

test("the ends of the unit interval map to the ends of the range, and nothing leaves it", () => {
  assert.ok(prior.quantile(0) >= 0 && prior.quantile(0) < 1e-15);
  assert.ok(prior.quantile(1) <= 1 && prior.quantile(1) > 1 - 1e-15);
  assert.ok(Number.isNaN(prior.quantile(1.5)) && Number.isNaN(prior.quantile(NaN)));
  assert.equal(prior.logPdf(-1e-9), -Infinity);
  assert.equal(prior.logPdf(1 + 1e-9), -Infinity);
  assert.ok(Number.isNaN(prior.logPdf(NaN)));
});

test("the density integrates to one and is the slope of the inverse quantile", () => {
  const plane = createTruncatedNormal({ mean: 0, scale: 10, low: -50, high: 50 });
  let sum = 0;
  for (let i = 0; i < 20000; i++) sum += Math.exp(plane.logPdf(-50 + (i + 0.5) / 200)) / 200;
  assert.ok(Math.abs(sum - 1) < TOLERANCE.f64);
  for (const u of [0.01, 0.3, 0.77]) {
    const h = 1e-6;
    const slope = (plane.quantile(u + h) - plane.quantile(u - h)) / (2 * h);
    assert.ok(Math.abs(slope * Math.exp(plane.logPdf(plane.quantile(u))) - 1) < TOLERANCE.difference);
  }
});

test("an interval far in the upper tail keeps its accuracy", () => {
  const tail = createTruncatedNormal({ mean: 0, scale: 1, low: 8, high: 9 });
  // mpmath 1.4, mp.dps = 40, m = Q(8) - Q(9) with Q(z) = erfc(z / sqrt 2) / 2: root of Q(z) = Q(9) + (1 - u) m; -z^2/2 - log(2 pi)/2 - log m
  const expected = [
    [0.1, 8.01296057150420951, 1.99091149999194139],
    [0.5, 8.08488889901816643, 1.41196580549888568],
    [0.9, 8.27860903701155151, -0.173003733612188704],
  ] as const;
  for (const [u, x, logPdf] of expected) {
    assert.ok(Math.abs(tail.quantile(u) - x) < TOLERANCE.f64);
    assert.ok(Math.abs(tail.logPdf(x) - logPdf) < TOLERANCE.f64);
  }
  const mirrored = createTruncatedNormal({ mean: 0, scale: 1, low: -9, high: -8 });
  assert.equal(mirrored.quantile(0.5), -tail.quantile(0.5));
});

test("an empty or massless interval is refused", () => {
  const valid = { mean: 0, scale: 1, low: 0, high: 1 };
  for (const wrong of [{ scale: 0 }, { scale: -1 }, { low: 1 }, { high: NaN }, { low: 90, high: 91 }]) {
    assert.throws(
      () => createTruncatedNormal({ ...valid, ...wrong }),
      /createTruncatedNormal: invalid parameters \(got/,
    );
  }
});
