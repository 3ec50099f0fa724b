/** The work that is timed: systems, flows, batches, and one set of parameters for both sides. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Device } from "../../src/engine/devices";
import { parameterShapes } from "../../src/flow/parameters";
import { samplePrior } from "../../src/flow/prior";
import { type FlowOptions, PAPER_FLOW } from "../../src/flow/spec";
import { writeNpy } from "../../src/io/npy";
import { createRng } from "../../src/numerics/random";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem, type SHIPPED_SYSTEMS } from "../../src/target/molecule";
import { createModel, type Model } from "../../src/train/model";

export const THREADS = 2;
export const BATCH = 1024;
export const TEMPERATURE = 1200;

export type SystemName = (typeof SHIPPED_SYSTEMS)[number];
export const FLOWS = {
  paper: PAPER_FLOW,
  small: { couplings: 8, hidden: 128, layers: 3, bins: 8, seed: 0 },
} as const satisfies Record<string, FlowOptions>;
export type FlowName = keyof typeof FLOWS;

/** A model and a batch x that it trains on, drawn from the prior. */
export interface Workload {
  readonly system: SystemName;
  readonly model: Model;
  readonly x: Float32Array;
  /** Another batch, of latent points. */
  readonly z: Float32Array;
  readonly weight: Float32Array;
  close(): Promise<void>;
}

export interface WorkloadOptions {
  readonly batch?: number;
  readonly threads?: number;
  readonly device?: Device;
}

export function openWorkload(
  system: SystemName,
  flow: FlowName,
  { batch = BATCH, threads = THREADS, device = "cpu" }: WorkloadOptions = {},
): Workload {
  const target = createTarget(loadSystem(system), { threads });
  const model = createModel(target, { flow: FLOWS[flow], seed: 1, threads, device });
  perturb(model);
  return {
    system,
    model,
    x: samplePrior(model.flow, batch, createRng(1)),
    z: samplePrior(model.flow, batch, createRng(2)),
    weight: new Float32Array(batch).fill(1 / batch),
    async close() {
      await model.engine.close();
      await target.close();
    },
  };
}

/** An untrained flow is the identity, which would hide mistakes: every parameter moves. */
function perturb({ engine, flow }: Model): void {
  const state = engine.state();
  const rng = createRng(3);
  for (const { shape, offset } of parameterShapes(flow)) {
    for (let i = 0; i < shape[0] * shape[1]; i++) {
      state.parameters[offset + i]! += (0.3 * (2 * rng.uniform() - 1)) / Math.sqrt(shape[1]);
    }
  }
  engine.restore(state);
}

/** The training step: gradient of the maximum-likelihood loss, its norm clipped, and Adam. */
export async function trainingStep({ model: { engine, programs }, x, weight }: Workload): Promise<number> {
  const loss = await engine.gradient(programs.forwardKl, { x, weight }, weight.length);
  await engine.update({ learningRate: 1e-6, clipNorm: 100 });
  return loss;
}

/** A folder for what the peer reads from files. */
export function createExchange() {
  const folder = mkdtempSync(path.join(tmpdir(), "tabg-bench-"));
  const at = (name: string): string => path.join(folder, name);
  return {
    /** Rows of f32 or f64 as .npy. */
    rows(name: string, data: Float32Array | Float64Array, width: number): string {
      writeNpy(at(`${name}.npy`), data, [data.length / width, width]);
      return at(`${name}.npy`);
    },
    /** A model's tensors one after the other, without the padding between them. */
    parameters({ engine, flow }: Model): string {
      const { parameters } = engine.state();
      const tensors = parameterShapes(flow).map(({ shape, offset }) =>
        parameters.slice(offset, offset + shape[0] * shape[1]),
      );
      writeFileSync(at("parameters.f32"), Buffer.concat(tensors.map((t) => new Uint8Array(t.buffer))));
      return at("parameters.f32");
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
export type Exchange = ReturnType<typeof createExchange>;
