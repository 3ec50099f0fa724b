/** Rates of this machine: energies, sampling and training steps; minimum and median over repetitions, `--json FILE` for the rows. */
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { samplePrior } from "../../src/flow/prior";
import { createFlowSpec, type FlowOptions, PAPER_FLOW } from "../../src/flow/spec";
import { writeTextAtomically } from "../../src/io/atomic";
import { table } from "../../src/notebook/tables";
import { createRng } from "../../src/numerics/random";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem, SHIPPED_SYSTEMS } from "../../src/target/molecule";
import { createModel } from "../../src/train/model";

interface Row {
  readonly name: string;
  readonly fastest: number;
  readonly median: number;
  readonly unit: string;
}

const BATCH = 1024;
const REPEATS = 7;
const SMALL: FlowOptions = { couplings: 8, hidden: 128, layers: 3, bins: 8, seed: 0 };
const rows: Row[] = [];

/** Samples per second of `work` on one batch, after one call to warm up. */
async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  await work();
  const seconds: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1e3);
  }
  seconds.sort((a, b) => a - b);
  const row = { name, fastest: BATCH / seconds[0]!, median: BATCH / seconds[REPEATS >> 1]!, unit: "samples/s" };
  rows.push(row);
  console.log(`${row.name}: ${row.median.toFixed(0)} ${row.unit} (fastest ${row.fastest.toFixed(0)})`);
}

async function benchmark(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: "string" } } });
  console.log(
    `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} threads, batch ${BATCH}, ${REPEATS} repetitions`,
  );
  for (const name of SHIPPED_SYSTEMS) {
    const system = loadSystem(name);
    const target = createTarget(system);
    const spec = createFlowSpec(target.channels, SMALL);
    const x = samplePrior(spec, BATCH, createRng(1));
    await measure(`${name} energy`, () => target.energies(x, BATCH));
    await measure(`${name} energy and gradient`, () => target.gradients(x, BATCH, 300));
    for (const [size, flow] of [
      ["8 x 3 x 128", SMALL],
      ["paper's", PAPER_FLOW],
    ] as const) {
      const { engine, programs } = createModel(target, { flow, seed: 1 });
      const weight = new Float32Array(BATCH).fill(1 / BATCH);
      await measure(`${name} sampling with log q, ${size} flow`, () =>
        engine.evaluate(programs.sample, { z: x }, BATCH),
      );
      await measure(`${name} maximum-likelihood step, ${size} flow`, async () => {
        await engine.gradient(programs.forwardKl, { x, weight }, BATCH);
        await engine.update({ learningRate: 1e-5, clipNorm: 100 });
      });
      await measure(`${name} reverse-KL iteration with energies, ${size} flow`, async () => {
        await engine.gradient(programs.reverseKl, { z: x }, BATCH, async (drawn) => {
          const { gradient } = await target.gradients(drawn.x!, BATCH, 1200);
          return { g: gradient, weight };
        });
        await engine.update({ learningRate: 1e-5, clipNorm: 100 });
      });
      await engine.close();
    }
    await target.close();
  }
  console.log(
    `\n${table(rows.map((r) => ({ ...r, fastest: Math.round(r.fastest), median: Math.round(r.median) }))).text()}`,
  );
  if (values.json) writeTextAtomically(values.json, JSON.stringify(rows, null, 1) + "\n");
}

void benchmark();
