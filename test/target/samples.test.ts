import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countInvalid,
  createSamples,
  joinSamples,
  logWeights,
  type Samples,
  samplesBetween,
  takeSamples,
} from "../../src/target/samples";

const samples: Samples = {
  n: 3,
  dof: 2,
  x: Float32Array.of(1, 2, 3, 4, 5, 6),
  logQ: Float64Array.of(0.5, 1, 2),
  energy: Float64Array.of(-4, NaN, 8),
  logDet: Float64Array.of(1, 1, 1),
};

test("log weights are log density minus log q at the temperature asked for, and nothing for invalid samples", () => {
  assert.deepEqual([...logWeights({ boltzmann: 1 }, samples, 1)], [4 + 1 - 0.5, -Infinity, -8 + 1 - 2]);
  assert.deepEqual([...logWeights({ boltzmann: 1 }, samples, 2)], [2 + 1 - 0.5, -Infinity, -4 + 1 - 2]);
});

test("a temperature that is none has no weights", () => {
  for (const temperature of [0, -300, NaN, Infinity]) {
    assert.throws(() => logWeights({ boltzmann: 1 }, samples, temperature), /logWeights: invalid temperature \(got/);
  }
});

test("invalid samples are counted", () => {
  assert.equal(countInvalid(samples), 1);
  assert.equal(countInvalid({ energy: new Float64Array(0), logDet: new Float64Array(0) }), 0);
});

test("samples are taken with everything that belongs to them, again where an index comes again", () => {
  const taken = takeSamples(samples, Int32Array.of(2, 0, 2));
  assert.deepEqual([...taken.x], [5, 6, 1, 2, 5, 6]);
  assert.deepEqual([...taken.energy, ...taken.logQ], [8, -4, 8, 2, 0.5, 2]);
  assert.equal(takeSamples(samples, []).n, 0);
});

test("a part of the samples is the same memory, a room for samples is zeros", () => {
  const part = samplesBetween(samples, 1, 3);
  assert.deepEqual(part, takeSamples(samples, [1, 2]));
  assert.equal(part.x.buffer, samples.x.buffer);
  assert.equal(samplesBetween(samples, 2, 2).n, 0);
  const zero = Float64Array.of(0);
  const zeros = { n: 1, dof: 2, x: Float32Array.of(0, 0), logQ: zero, energy: zero, logDet: zero };
  assert.deepEqual(createSamples(1, 2), zeros);
});

test("temperatures of a flow that is told them stay with their samples", () => {
  const told = { ...samples, temperatures: Float64Array.of(300, 600, 1200) };
  assert.deepEqual([...takeSamples(told, [2, 0]).temperatures!], [1200, 300]);
  assert.equal(samplesBetween(told, 1, 3).temperatures!.buffer, told.temperatures.buffer);
  assert.deepEqual(joinSamples([samplesBetween(told, 0, 1), samplesBetween(told, 1, 3)]), told);
  assert.throws(() => joinSamples([told, samples]), /mismatched sets \(got temperatures in 1 of 2\)/);
});

test("sets of samples join in order, and only if they have the same degrees of freedom", () => {
  assert.deepEqual(joinSamples([takeSamples(samples, [0]), takeSamples(samples, [1, 2])]), samples);
  assert.equal(joinSamples([]).n, 0);
  assert.throws(() => joinSamples([samples, { ...samples, dof: 3 }]), /mismatched sets \(got 3 .*expected 2/);
});
