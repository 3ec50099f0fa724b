/** What the rows of one run share: the peer, one open workload at a time, and targets; opened on first use, each checked against the peer. */
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import type { Target } from "../../src/target/target";
import { checkTarget, openOnPeer } from "./agreement";
import { hasPeers, type Peer, startPeer } from "./peer";
import { createExchange, type Exchange, type FlowName, openWorkload, type SystemName, THREADS } from "./workload";

export type OpenWorkload = ReturnType<typeof openWorkload> & {
  /** Where the peer reads the batch x. */
  readonly file: string;
};

export interface Session {
  /** null where the peers are not installed. */
  readonly peer: Peer | null;
  readonly exchange: Exchange;
  /** The one before is closed: two paper flows and their compiled twins would not fit a laptop. */
  workload(system: SystemName, flow: FlowName): Promise<OpenWorkload>;
  target(system: SystemName, threads: number): Target;
  close(): Promise<void>;
}

export function openSession(): Session {
  const peer = hasPeers() ? startPeer(THREADS) : null;
  const exchange = createExchange();
  const targets = new Map<string, Target>();
  const checked = new Set<SystemName>();
  let current: { readonly key: string; readonly workload: OpenWorkload } | null = null;
  return {
    peer,
    exchange,
    async workload(system, flow) {
      const key = `${system} ${flow}`;
      if (current?.key === key) return current.workload;
      await current?.workload.close();
      const opened = openWorkload(system, flow);
      const file = exchange.rows(`x-${system}`, opened.x, opened.model.flow.dof);
      current = { key, workload: { ...opened, file } };
      if (peer) {
        await openOnPeer(peer, exchange, opened);
        if (!checked.has(system)) await checkTarget(peer, exchange, opened);
        checked.add(system);
      }
      return current.workload;
    },
    target(system, threads) {
      const key = `${system} ${threads}`;
      if (!targets.has(key)) targets.set(key, createTarget(loadSystem(system), { threads }));
      return targets.get(key)!;
    },
    async close() {
      await current?.workload.close();
      for (const target of targets.values()) await target.close();
      await peer?.close();
      exchange.close();
    },
  };
}
