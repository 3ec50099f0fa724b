/** A worker thread of a molecular target: builds its own kernel once, then evaluates the blocks it is sent. */
import { workerData } from "node:worker_threads";
import { serve } from "../parallel/serve";
import { createBatchEvaluator, type BatchRequest, type BatchResult } from "./batch";
import { createMolecularKernel, type MolecularSetup } from "./molecular-kernel";

const evaluate = createBatchEvaluator(createMolecularKernel(workerData as MolecularSetup));

serve<BatchRequest, BatchResult>((request) => {
  const value = evaluate(request);
  return { value, transfer: Object.values(value).map(({ buffer }) => buffer as ArrayBuffer) };
});
