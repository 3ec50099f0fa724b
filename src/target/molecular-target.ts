/** The target of a molecule, its batches split over worker threads. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { createScaling } from "../coords/scaling";
import { BOLTZMANN } from "../numerics/constants";
import { createPool, type Pool } from "../parallel/pool";
import {
  createBatchEvaluator,
  createBatchResult,
  createCountedTarget,
  type BatchRequest,
  type BatchResult,
} from "./batch";
import { createMolecularKernel, type MolecularSetup } from "./molecular-kernel";
import type { MolecularSystem } from "./molecule";
import type { Target } from "./target";

/** Rows that travel to a worker at a time: what is under way is a few MB, however large the batch. */
const ROWS = 4096;

/** Splits a batch into blocks of rows, which the workers take as they become free, and puts the answers into their places. */
async function evaluateInBlocks(
  pool: Pool<BatchRequest, BatchResult>,
  dof: number,
  request: BatchRequest,
): Promise<BatchResult> {
  const { x, n, kT } = request;
  const joined = createBatchResult(request, dof);
  const rows = Math.min(ROWS, Math.ceil(n / pool.threads));
  let next = 0;
  const work = async (worker: number): Promise<void> => {
    while (next < n) {
      const from = next;
      next = Math.min(n, from + rows);
      const block = x.slice(from * dof, next * dof);
      const answer = await pool.call(worker, { x: block, n: next - from, kT }, [block.buffer]);
      joined.energy.set(answer.energy, from);
      joined.logDet.set(answer.logDet, from);
      if (kT === "apart") {
        joined.energyGradient.set(answer.energyGradient, from * dof);
        joined.logDetGradient.set(answer.logDetGradient, from * dof);
      } else if (kT !== null) joined.gradient.set(answer.gradient, from * dof);
    }
  };
  await Promise.all(Array.from({ length: pool.threads }, (_, worker) => work(worker)));
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
  const facts = { name, dof: channels.length, channels, coordinates, boltzmann: BOLTZMANN };
  if (threads === 0) return createCountedTarget(facts, createBatchEvaluator(createMolecularKernel(setup)));
  const pool = createPool<BatchRequest, BatchResult>(path.join(__dirname, "worker.js"), { threads, workerData: setup });
  return createCountedTarget(
    facts,
    (request) => evaluateInBlocks(pool, facts.dof, request),
    () => pool.close(),
  );
}
