/** Rows of what is waited for once: loading, and compiling a training step. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../src/io/paths";
import { type Side, timed } from "./measure";
import { hasPeers, PYTHON, startPeer } from "./peer";
import type { Row } from "./rows";
import { createExchange, openWorkload, THREADS } from "./workload";
import { trainInChild } from "./train-in-child";

const run = promisify(execFile);
const load = (program: string, args: readonly string[]): Side =>
  timed(() => run(program, args, { cwd: projectRoot() }));

/** The first training step of a fresh Python process, its caches empty, less a later one. */
async function compileOfPeer(): Promise<number> {
  const cache = mkdtempSync(path.join(tmpdir(), "tabg-compile-"));
  const noCaches = { TORCHINDUCTOR_CACHE_DIR: cache, TORCHINDUCTOR_FORCE_DISABLE_CACHES: "1" };
  const peer = startPeer(THREADS, { ...noCaches, PYTHONWARNINGS: "ignore" });
  const exchange = createExchange();
  const workload = openWorkload("aldp", "paper");
  try {
    const { flow } = workload.model;
    await peer.ask({ do: "flow", spec: flow, parameters: exchange.parameters(workload.model) });
    const request = { do: "step", x: exchange.rows("x", workload.x, flow.dof), mode: "compile", layout: "rows" };
    const first = await peer.ask(request);
    await peer.ask(request);
    return first.seconds - (await peer.ask(request)).seconds;
  } finally {
    await workload.close();
    await peer.close();
    exchange.close();
    rmSync(cache, { recursive: true, force: true });
  }
}

async function compileOfOurs(): Promise<number> {
  const { first, later } = await trainInChild({ system: "aldp", flow: "paper", batch: 1024, steps: 3 });
  return first - later;
}

export function startUpRows(): Row[] {
  return [
    {
      name: "start-up / import torch, openmm",
      unit: "s",
      spawns: true,
      open: async () => ({
        ours: load(process.execPath, ["-e", 'require("tabg")']),
        peer: hasPeers() ? load(PYTHON, ["-c", "import torch, openmm"]) : null,
      }),
    },
    {
      name: "aldp compile time of a training step / torch.compile",
      unit: "s",
      spawns: true,
      once: true,
      open: async () => ({ ours: compileOfOurs, peer: hasPeers() ? compileOfPeer : null }),
    },
  ];
}
