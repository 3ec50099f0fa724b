/** Resident memory of training: how it grows over a thousand steps, and its peak per batch and system; each in a process of its own. */
import { SHIPPED_SYSTEMS } from "../../src/target/molecule";
import type { Columns } from "./report";
import { trainInChild } from "./train-in-child";

const STEPS = 1000;
const BATCHES = [256, 1024, 4096];
const MB = 1e6;

/** The small flow of alanine dipeptide, from its 50th step on: until then buffers are still being made. */
export async function measureGrowth(): Promise<Columns[]> {
  const { warm, end } = await trainInChild({ system: "aldp", flow: "small", batch: 1024, steps: STEPS + 50 });
  return [
    {
      steps: STEPS,
      "before, MB": Math.round(warm / MB),
      "after, MB": Math.round(end / MB),
      "growth, %": percent(end / warm - 1),
    },
  ];
}

const percent = (share: number): number => Math.round(1000 * share) / 10;

/** Peak of a process that runs a few training steps. */
export async function measurePeaks(): Promise<Columns[]> {
  const rows: Columns[] = [];
  for (const system of SHIPPED_SYSTEMS) {
    for (const flow of ["small", "paper"] as const) {
      const row: Record<string, string | number> = { system, flow };
      for (const batch of BATCHES) {
        const { peak } = await trainInChild({ system, flow, batch, steps: 3 });
        row[`batch ${batch}, MB`] = Math.round(peak / MB);
      }
      rows.push(row);
    }
  }
  return rows;
}
