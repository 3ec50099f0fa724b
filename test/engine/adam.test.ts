import assert from "node:assert/strict";
import { test } from "node:test";
import { createOptimiser, createVectors } from "../../src/engine/adam";
import { TOLERANCE } from "../tolerances";

test("Adam equals PyTorch's over 20 steps, with weight decay and clipping", () => {
  // Parameters after 20 steps of
  //   p = torch.tensor([1., -2., 3.], dtype=torch.float64, requires_grad=True)
  //   opt = torch.optim.Adam([p], lr=0.05, weight_decay=0.01)
  //   for t in range(20): opt.zero_grad(); ((p - torch.tensor([0., 1., -1.])) ** 4).sum().backward();
  //                       torch.nn.utils.clip_grad_norm_([p], 10.0); opt.step()
  const expected = [0.21445549599726457, -1.016888536706259, 1.997815524176553];
  const vectors = createVectors(16, 1);
  const optimiser = createOptimiser(vectors);
  const { parameters } = vectors;
  const gradient = vectors.gradients[0]!;
  parameters.set([1, -2, 3]);
  const target = [0, 1, -1];
  const all = { from: 0, to: 16 };
  for (let step = 1; step <= 20; step++) {
    target.forEach((t, i) => (gradient[i] = 4 * (parameters[i]! - t) ** 3));
    const norm = Math.sqrt(optimiser.reduce(all, 0, 1));
    optimiser.update(all, 0, step, Math.min(1, 10 / (norm + 1e-6)), { learningRate: 0.05, weightDecay: 0.01 });
  }
  expected.forEach((v, i) =>
    assert.ok(Math.abs(parameters[i]! - v) < TOLERANCE.f32 * Math.abs(v), `${parameters[i]} against ${v}`),
  );
});

test("gradients of several threads are summed range by range, whoever had no rows starts from zero", () => {
  const vectors = createVectors(64, 3);
  const optimiser = createOptimiser(vectors);
  vectors.gradients.forEach((g, thread) => g.forEach((_, i) => (g[i] = (thread + 1) * Math.sin(i))));
  const sum = Float64Array.from({ length: 64 }, (_, i) => 3 * Math.sin(i)); // of the first two
  const squares = [0, 1, 2].map((own) =>
    optimiser.reduce({ from: own * 16, to: own < 2 ? own * 16 + 16 : 64 }, own, 2),
  );
  const expected = sum.reduce((total, v) => total + v * v, 0);
  assert.ok(Math.abs(squares.reduce((a, b) => a + b) / expected - 1) < TOLERANCE.f32);
  sum.forEach((v, i) => assert.ok(Math.abs(vectors.gradients[Math.min(2, i >> 4)]![i]! - v) < TOLERANCE.f32, `${i}`));
});
