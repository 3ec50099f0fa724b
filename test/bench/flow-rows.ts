/** Rows of the flow: training steps, reverse-KL iterations, sampling and log q, against PyTorch and against the matrix products alone. */
import { samplePrior } from "../../src/flow/prior";
import { createRng } from "../../src/numerics/random";
import type { Target } from "../../src/target/target";
import { initReverseKl, type ReverseKlOptions, stepReverseKl } from "../../src/train/reverse-kl";
import type { Layout } from "./agreement";
import { openMatrixProducts } from "./matrix-products";
import { type Side, timed } from "./measure";
import type { Row } from "./rows";
import type { OpenWorkload, Session } from "./session";
import { BATCH, type FlowName, type SystemName, TEMPERATURE, THREADS, trainingStep } from "./workload";

/** How PyTorch runs the flow. */
interface How {
  readonly mode: "eager" | "compile";
  readonly layout: Layout;
}
const EAGER: How = { mode: "eager", layout: "rows" };
const COMPILED: How = { mode: "compile", layout: "rows" };
const FASTEST: How = { mode: "compile", layout: "columns" };
const nameOf = ({ mode, layout }: How): string =>
  (mode === "eager" ? "eager PyTorch" : "torch.compile") + (layout === "columns" ? ", features first" : "");

const REVERSE_KL: ReverseKlOptions = {
  temperature: TEMPERATURE,
  iterations: 1_000_000,
  batch: BATCH,
  drop: { first: 0, last: 0, iterations: 0 },
  schedule: { peak: 1e-6, warmup: 0, floor: 1e-6 },
  clipNorm: 100,
  weightDecay: 0,
};

/** The peer's seconds for a request, or another number of its answer. */
function asked({ peer }: Session, request: Record<string, unknown>, of?: (a: PeerTimes) => number): Side | null {
  if (!peer) return null;
  return async () => (of ?? ((a) => a.seconds))(await peer.ask<PeerTimes>(request));
}
interface PeerTimes {
  readonly seconds: number;
  readonly energies: number;
}

/** Reverse-KL iterations in sequence; `share` instead of the seconds gives what the target took of them, in percent. */
function reverseKl({ model }: OpenWorkload, share = false): Side {
  let spent = 0;
  const gradients: Target["gradients"] = async (...request) => {
    const start = performance.now();
    const answer = await model.target.gradients(...request);
    spent += (performance.now() - start) / 1e3;
    return answer;
  };
  const watched = { ...model, target: { ...model.target, gradients } };
  let state = initReverseKl(createRng(4).state());
  const run = timed(async () => {
    [state] = await stepReverseKl(watched, REVERSE_KL, state);
  });
  return async () => {
    spent = 0;
    const seconds = await run();
    return share ? (100 * spent) / seconds : seconds;
  };
}

function sampling({ model: { flow, engine, programs } }: OpenWorkload): Side {
  const rng = createRng(5);
  return timed(() => engine.evaluate(programs.sample, { z: samplePrior(flow, BATCH, rng) }, BATCH));
}

const RATE = { unit: "samples/s", samples: BATCH } as const;

function trainingRow(system: SystemName, flow: FlowName, how: How): Row {
  return {
    name: `${system} ${flow === "small" ? "small " : ""}training step / ${nameOf(how)}`,
    ...RATE,
    async open(session) {
      const workload = await session.workload(system, flow);
      const peer = asked(session, { do: "step", x: workload.file, ...how });
      return { ours: timed(() => trainingStep(workload)), peer };
    },
  };
}

function paperRows(system: SystemName): Row[] {
  const open = (session: Session): Promise<OpenWorkload> => session.workload(system, "paper");
  const iteration = (how: How) => ({ do: "reverse_kl", system, batch: BATCH, temperature: TEMPERATURE, ...how });
  return [
    {
      name: `${system} reverse-KL iteration / original pipeline`,
      ...RATE,
      open: async (s) => ({ ours: reverseKl(await open(s)), peer: asked(s, iteration(EAGER)) }),
    },
    {
      name: `${system} reverse-KL iteration / torch.compile, features first, and OpenMM`,
      ...RATE,
      open: async (s) => ({ ours: reverseKl(await open(s)), peer: asked(s, iteration(FASTEST)) }),
    },
    {
      name: `${system} energies' share of a reverse-KL iteration / original pipeline`,
      unit: "%",
      open: async (s) => ({
        ours: reverseKl(await open(s), true),
        peer: asked(s, iteration(EAGER), (a) => (100 * a.energies) / a.seconds),
      }),
    },
    trainingRow(system, "paper", COMPILED),
    trainingRow(system, "paper", EAGER),
    trainingRow(system, "paper", FASTEST),
    {
      name: `${system} training step / its matrix products`,
      unit: "s",
      isBound: true,
      async open(session) {
        const workload = await open(session);
        const products = await openMatrixProducts(workload.model.flow, { batch: BATCH, threads: THREADS });
        return { ours: timed(() => trainingStep(workload)), peer: timed(products.run), close: products.close };
      },
    },
    {
      name: `${system} sampling with log q / torch.compile`,
      ...RATE,
      open: async (s) => ({
        ours: sampling(await open(s)),
        peer: asked(s, { do: "sample", batch: BATCH, ...COMPILED }),
      }),
    },
    {
      name: `${system} log q / torch.compile`,
      ...RATE,
      async open(s) {
        const { model, x, file } = await open(s);
        return {
          ours: timed(() => model.engine.evaluate(model.programs.logProb, { x }, BATCH)),
          peer: asked(s, { do: "log_prob", x: file, ...COMPILED }),
        };
      },
    },
  ];
}

const smallRows = (system: SystemName): Row[] => [
  trainingRow(system, "small", COMPILED),
  trainingRow(system, "small", EAGER),
  trainingRow(system, "small", FASTEST),
];

export function flowRows(): Row[] {
  return [
    ...paperRows("aldp"),
    ...smallRows("aldp"),
    ...paperRows("tetra"),
    ...smallRows("tetra"),
    ...paperRows("hexa"),
  ];
}
