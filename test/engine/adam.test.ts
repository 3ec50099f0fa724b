import assert from "node:assert/strict";
import { test } from "node:test";
import { adamUpdate } from "../../src/engine/adam";
import { TOLERANCE } from "../tolerances";

test("Adam equals PyTorch's over 20 steps, with weight decay and clipping", () => {
  // Parameters after 20 steps of
  //   p = torch.tensor([1., -2., 3.], dtype=torch.float64, requires_grad=True)
  //   opt = torch.optim.Adam([p], lr=0.05, weight_decay=0.01)
  //   for t in range(20): opt.zero_grad(); ((p - torch.tensor([0., 1., -1.])) ** 4).sum().backward();
  //                       torch.nn.utils.clip_grad_norm_([p], 10.0); opt.step()
  const expected = [0.21445549599726457, -1.016888536706259, 1.997815524176553];
  const parameters = Float32Array.of(1, -2, 3);
  const target = [0, 1, -1];
  const slices = { parameters, gradient: new Float32Array(3), first: new Float32Array(3), second: new Float32Array(3) };
  for (let step = 1; step <= 20; step++) {
    target.forEach((t, i) => (slices.gradient[i] = 4 * (parameters[i]! - t) ** 3));
    const norm = Math.hypot(...slices.gradient);
    adamUpdate(slices, step, Math.min(1, 10 / (norm + 1e-6)), { learningRate: 0.05, weightDecay: 0.01 });
  }
  expected.forEach((v, i) =>
    assert.ok(Math.abs(parameters[i]! - v) < TOLERANCE.f32 * Math.abs(v), `${parameters[i]} against ${v}`),
  );
});
