/** What others report of the same flows, targets and metrics at 300 K (constrained mass transport, ICLR 2026, arXiv 2510.18460, table 1). */
import type { SystemName } from "./experiment";

/** Methods as tables name them. */
export const METHOD_LABELS: Readonly<Record<string, string>> = {
  "ta-bg": "TA-BG",
  "reverse-kl": "reverse KL",
  "forward-kl": "forward KL",
  fab: "FAB",
  adaptive: "TA-BG, adaptive",
  "trust-region": "trust region",
  conditioned: "TA-BG, conditioned",
  "hot-chains": "TA-BG from hot chains",
  cmt: "CMT",
};

export interface Published {
  readonly system: SystemName;
  readonly method: string;
  /** Of the target; of the simulation for forward KL. */
  readonly evaluations: number;
  /** Upper bound of log Z, kT. */
  readonly eubo: number;
  /** As a share. */
  readonly ess: number;
  /** Ramachandran total variation, averaged over the pairs. */
  readonly tv: number;
  /** What the numbers do not say. */
  readonly remark?: string;
}

const row = (
  system: SystemName,
  method: string,
  [evaluations, eubo, percent, hundredths]: readonly [number, number, number, number],
  remark?: string,
): Published => ({
  system,
  method,
  evaluations,
  eubo,
  ess: percent / 100,
  tv: hundredths / 100,
  ...(remark !== undefined && { remark }),
});

export const PUBLISHED: readonly Published[] = [
  row("aldp", "forward-kl", [5e9, -174.92, 82.1, 1.09]),
  row("aldp", "reverse-kl", [2.56e8, -174.96, 94.1, 1.36]),
  row("aldp", "fab", [2.13e8, -174.98, 94.8, 1.03]),
  row("aldp", "ta-bg", [1e8, -174.99, 95.8, 1.24]),
  row("aldp", "cmt", [1e8, -175.0, 97.7, 0.94]),
  row("tetra", "forward-kl", [4.2e9, -333.79, 45.3, 1.47]),
  row("tetra", "reverse-kl", [2.56e8, -332.96, 75.1, 2.89], "collapsed"),
  row("tetra", "fab", [2.13e8, -333.93, 63.6, 3.1]),
  row("tetra", "ta-bg", [1e8, -333.99, 65.8, 1.53]),
  row("tetra", "cmt", [1e8, -334.0, 68.6, 1.43]),
  row("hexa", "forward-kl", [4.2e9, -533.16, 11.0, 1.88]),
  row("hexa", "reverse-kl", [2.56e8, -529.26, 21.8, 7.73], "collapsed"),
  row("hexa", "fab", [4.2e8, -532.98, 14.6, 6.43]),
  row("hexa", "ta-bg", [4e8, -533.43, 18.2, 2.59]),
  row("hexa", "cmt", [4e8, -533.51, 29.6, 2.48]),
];

/** The published row of a system and method, if there is one. */
export function findPublished(system: string, method: string): Published | undefined {
  return PUBLISHED.find((one) => one.system === system && one.method === method);
}
