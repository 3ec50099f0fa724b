/** Module `lanes`: the functions of `lanes.ts` on arrays of n numbers, n even, for their tests. */
import { exp2, log, tanh } from "../lanes";

export function heapBase(): usize {
  return __heap_base;
}

export function mapExp2(from: usize, to: usize, n: i32): void {
  for (let i = 0; i < n; i += 2) v128.store(to + 8 * i, exp2(v128.load(from + 8 * i)));
}

export function mapLog(from: usize, to: usize, n: i32): void {
  for (let i = 0; i < n; i += 2) v128.store(to + 8 * i, log(v128.load(from + 8 * i)));
}

export function mapTanh(from: usize, to: usize, n: i32): void {
  for (let i = 0; i < n; i += 2) v128.store(to + 8 * i, tanh(v128.load(from + 8 * i)));
}
