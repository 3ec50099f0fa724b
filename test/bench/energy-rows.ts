/** Rows of the energies, against OpenMM and against one thread of ours, and of the Ramachandran histogram. */
import { ramachandran } from "../../src/evaluate/ramachandran";
import { createRng } from "../../src/numerics/random";
import { SHIPPED_SYSTEMS } from "../../src/target/molecule";
import type { Target } from "../../src/target/target";
import { type Side, timed } from "./measure";
import type { Row } from "./rows";
import { BATCH, type SystemName, TEMPERATURE, THREADS } from "./workload";

const FRAMES = 1_000_000;

const WORKS = {
  energy: (target: Target, x: Float32Array): Side => timed(() => target.energies(x, BATCH)),
  "energy+gradient": (target: Target, x: Float32Array): Side => timed(() => target.gradients(x, BATCH, TEMPERATURE)),
} as const;

/** Ours from x, and back to it; OpenMM's from Cartesian coordinates that are ready, which spares it the placement of the atoms. */
function rowsOf(system: SystemName, work: keyof typeof WORKS): Row[] {
  return [
    {
      name: `${system} ${work} / OpenMM`,
      unit: "samples/s",
      samples: BATCH,
      async open(session) {
        const { x, file } = await session.workload(system, "small");
        const request = { do: "energies", system, x: file, forces: work === "energy+gradient" };
        const { peer } = session;
        return {
          ours: WORKS[work](session.target(system, 1), x),
          peer: peer && (async () => (await peer.ask(request)).seconds),
        };
      },
    },
    {
      name: `${system} ${work}, two threads / one thread`,
      unit: "samples/s",
      samples: BATCH,
      async open(session) {
        const { x } = await session.workload(system, "small");
        const [ours, peer] = [THREADS, 1].map((threads) => WORKS[work](session.target(system, threads), x));
        return { ours: ours!, peer: peer! };
      },
    },
  ];
}

const HISTOGRAM: Row = {
  name: "Ramachandran histogram of 1e6 frames / numpy.histogram2d",
  unit: "s",
  async open({ peer, exchange }) {
    const rng = createRng(6);
    const angles = Float64Array.from({ length: 2 * FRAMES }, () => Math.PI * (2 * rng.uniform() - 1));
    const [phi, psi] = [angles.subarray(0, FRAMES), angles.subarray(FRAMES)];
    const request = { do: "histogram", angles: exchange.rows("angles", angles, FRAMES) };
    return {
      ours: timed(() => ramachandran({ phi, psi })),
      peer: peer && (async () => (await peer.ask(request)).seconds),
    };
  },
};

export function energyRows(): Row[] {
  const systems = SHIPPED_SYSTEMS.flatMap((system) => [
    ...rowsOf(system, "energy"),
    ...rowsOf(system, "energy+gradient"),
  ]);
  return [...systems, HISTOGRAM];
}
