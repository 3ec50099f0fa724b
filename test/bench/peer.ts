/** The peer: a Python process with PyTorch and OpenMM (peers/serve.py) that answers JSON lines and sleeps in between. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { dataPath, projectRoot } from "../../src/io/paths";
import { formatPercent } from "../../src/notebook/numbers";

export interface Peer {
  /** One request after the other. @throws if the peer has died; its own message stands on stderr. */
  ask<T = { readonly seconds: number }>(request: Readonly<Record<string, unknown>>): Promise<T>;
  /** Processor time that either side used while the other was measured, as a share of one core (both should be near 0); null before any request. */
  idleLoad(): { readonly ours: string; readonly peer: string } | null;
  close(): Promise<void>;
}

/** The interpreter that `npm run bench:peers` installs. */
export const PYTHON = path.join(projectRoot(), ".peers", "bin", "python");
export const hasPeers = (): boolean => existsSync(PYTHON);

export function startPeer(threads: number, env: Readonly<Record<string, string>> = {}): Peer {
  const script = path.join(projectRoot(), "test", "bench", "peers", "serve.py");
  const child = spawn(PYTHON, [script, String(threads), dataPath()], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const load = { ours: 0, oursSeconds: 0, peer: 0, peerSeconds: 0 };
  let answered = performance.now();
  return {
    async ask(request) {
      const asked = performance.now();
      const before = process.cpuUsage();
      child.stdin.write(JSON.stringify(request) + "\n");
      const { value, done } = await lines.next();
      if (done) throw new Error(`peer: died of the request ${JSON.stringify(request).slice(0, 200)}`);
      const used = process.cpuUsage(before);
      const answer = JSON.parse(value) as { readonly idle: number };
      load.peerSeconds += (asked - answered) / 1e3;
      load.peer += answer.idle;
      answered = performance.now();
      load.oursSeconds += (answered - asked) / 1e3;
      load.ours += (used.user + used.system) / 1e6;
      return answer as never;
    },
    idleLoad: () =>
      load.oursSeconds > 0
        ? { ours: formatPercent(load.ours / load.oursSeconds), peer: formatPercent(load.peer / load.peerSeconds) }
        : null,
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
