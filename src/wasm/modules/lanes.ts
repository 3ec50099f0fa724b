/** Module `lanes`: the functions of `lanes.ts` on arrays of n numbers, n even, for their tests. */
import { atan2, exp2, log, tanh } from "../lanes";

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

/** From n pairs x, y each. */
export function mapAtan2(xs: usize, ys: usize, to: usize, n: i32): void {
  for (let i = 0; i < n; i += 2) v128.store(to + 8 * i, atan2(v128.load(ys + 8 * i), v128.load(xs + 8 * i)));
}
