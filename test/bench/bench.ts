/**
 * `npm run bench`: ours against its peers on the same work, interleaved; or `--scaling`, `--memory` or `--devices`.
 * `--only REGEX` picks rows, `--quick` repeats less, `--json FILE` writes the rows, `--markdown` prints a table for the README beside this.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { writeTextAtomically } from "../../src/io/atomic";
import { measureDevices } from "./devices";
import { interleave } from "./measure";
import { measureGrowth, measurePeaks } from "./memory";
import { asText, columnsOf, compare, type Measured, type Result } from "./report";
import { ROWS } from "./rows";
import { measureScaling } from "./scaling";
import { openSession } from "./session";
import { BATCH, THREADS } from "./workload";

const REPEATS = 9;
const QUICK_REPEATS = 3;
/** Torch compiles in the first call, and settles in the second. */
const WARM_UPS = 2;

async function measureRatios(only: RegExp, mostRepeats: number): Promise<Measured[]> {
  const session = openSession();
  const results: Measured[] = [];
  try {
    if (!session.peer) console.log("no peers: our figures alone; `npm run bench:peers` installs PyTorch and OpenMM\n");
    for (const row of ROWS.filter(({ name }) => only.test(name))) {
      const { ours, peer, close } = await row.open(session);
      const repeats = row.once ? 1 : mostRepeats;
      const plan = { repeats, warmUps: row.once ? 0 : WARM_UPS, isWatched: !row.spawns };
      const measured = await interleave(peer ? [ours, peer] : [ours], plan);
      await close?.();
      results.push(compare(row, measured));
      console.log(Object.values(columnsOf(results.at(-1)!)).join("  "));
    }
    const load = session.peer?.idleLoad();
    if (load)
      console.log(`\nbusy while the other side was measured: ours ${load.ours}, the peer ${load.peer} of one core`);
    return results;
  } finally {
    await session.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "" },
      json: { type: "string" },
      quick: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      scaling: { type: "boolean", default: false },
      memory: { type: "boolean", default: false },
      devices: { type: "boolean", default: false },
    },
  });
  const { quick, markdown } = values;
  console.log(`${cpus()[0]?.model ?? "unknown processor"}, ${new Date().toISOString().slice(0, 10)}`);
  if (values.scaling) return console.log(asText(await measureScaling(quick), markdown));
  if (values.devices) return console.log(asText(await measureDevices(), markdown));
  if (values.memory) {
    console.log(`${asText(await measureGrowth(), markdown)}\n`);
    return console.log(asText(await measurePeaks(), markdown));
  }
  const repeats = quick ? QUICK_REPEATS : REPEATS;
  console.log(`${THREADS} threads on either side, batch ${BATCH}, ${repeats} repetitions\n`);
  const results = await measureRatios(new RegExp(values.only), repeats);
  console.log(`\n${asText(results.map(columnsOf), markdown)}`);
  const rows: Result[] = results.map(({ name, ours, peer, ratio, unit }) => ({ name, ours, peer, ratio, unit }));
  if (values.json) writeTextAtomically(values.json, JSON.stringify(rows, null, 1) + "\n");
}

void main();
