import assert from "node:assert/strict";
import { test } from "node:test";
import { startRun } from "../../src/experiments/run";
import { sayDoubts, sayShortfall } from "../../src/experiments/say";
import { trainRun } from "../../src/experiments/stages";
import { CALL, tiny } from "./tiny";

test("trust regions that run out of rounds before the target say where they ended", async () => {
  const experiment = tiny("trust-region");
  const said = async (kl: number): Promise<string[]> => {
    const trustRegion = { ...experiment.trustRegion!, bounds: { kl, entropy: 1e3 } };
    const run = startRun({ ...experiment, trustRegion }, CALL);
    const lines: string[] = [];
    try {
      await trainRun(run);
      sayShortfall(run, (line) => lines.push(line));
    } finally {
      await run.setup.close();
    }
    return lines;
  };
  const [line, ...more] = await said(1e-3);
  assert.match(line!, /^trust region: ended after 3 rounds at [\d.]+, before the target at 1; .*raise maxRounds/);
  assert.deepEqual(more, []);
  // No bound: at the target at once.
  assert.deepEqual(await said(1e9), []);
});

test("a rung that learns from one sample says so, however many there are", () => {
  const logWeights = new Float64Array(50_000);
  const doubts = (clip: number): string[] => {
    const lines: string[] = [];
    const experiment = tiny("ta-bg");
    const doubt = sayDoubts((line) => lines.push(line), { ...experiment, anneal: { ...experiment.anneal!, clip } });
    doubt({ to: 300, logWeights });
    return lines;
  };
  assert.deepEqual(doubts(0), []);
  logWeights[7] = 100;
  assert.match(doubts(0)[0]!, /^annealing at 300.0: one of 50000 samples carried all the weight/);
  // The five largest weights are then as large as the fifth, and nobody is alone.
  assert.deepEqual(doubts(1e-4), []);
});
