/** The target of a molecule, its batches split over worker threads. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { createScaling } from "../coords/scaling";
import { BOLTZMANN } from "../numerics/constants";
import { createPool, type Pool } from "../parallel/pool";
import { createBatchEvaluator, createCountedTarget, type BatchRequest, type BatchResult } from "./batch";
import { createMolecularKernel, type MolecularSetup } from "./molecular-kernel";
import type { MolecularSystem } from "./molecule";
import type { Target } from "./target";

/** Splits a batch into one block of rows per worker and joins the answers in order. */
async function evaluateInBlocks(
  pool: Pool<BatchRequest, BatchResult>,
  dof: number,
  { x, n, kT }: BatchRequest,
): Promise<BatchResult> {
  const rows = Math.ceil(n / pool.threads);
  const starts = Array.from({ length: rows > 0 ? Math.ceil(n / rows) : 0 }, (_, k) => k * rows);
  const parts = await Promise.all(
    starts.map((start, worker) => {
      const block = x.slice(start * dof, Math.min(n, start + rows) * dof);
      return pool.call(worker, { x: block, n: block.length / dof, kT }, [block.buffer]);
    }),
  );
  const joined = {
    energy: new Float64Array(n),
    logDet: new Float64Array(n),
    gradient: new Float32Array(kT === null ? 0 : n * dof),
  };
  parts.forEach(({ energy, logDet, gradient }, k) => {
    joined.energy.set(energy, starts[k]!);
    joined.logDet.set(logDet, starts[k]!);
    if (kT !== null) joined.gradient.set(gradient, starts[k]! * dof);
  });
  return joined;
}

/**
 * The Boltzmann density of a molecule in its scaled internal coordinates.
 * @param system from `loadSystem`.
 * @param options `threads`: worker threads, by default one per core; 0 evaluates in this thread. The numbers do not depend on it.
 * Idle workers do not keep the process alive; `close()` ends them.
 */
export function createTarget(
  { name, system, coordinates }: MolecularSystem,
  { threads = availableParallelism() }: { readonly threads?: number } = {},
): Target {
  const setup: MolecularSetup = { system, coordinates };
  const { channels } = createScaling(coordinates);
  const facts = { name, dof: channels.length, channels, boltzmann: BOLTZMANN };
  if (threads === 0) return createCountedTarget(facts, createBatchEvaluator(createMolecularKernel(setup)));
  const pool = createPool<BatchRequest, BatchResult>(path.join(__dirname, "worker.js"), { threads, workerData: setup });
  return createCountedTarget(
    facts,
    (request) => evaluateInBlocks(pool, facts.dof, request),
    () => pool.close(),
  );
}
