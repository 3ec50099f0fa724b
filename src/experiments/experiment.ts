/** Experiments as values: every run is one system, method, preset and seed. */
import type { FlowOptions } from "../flow/spec";
import type { FabOptions } from "../train/fab";
import type { ForwardKlOptions } from "../train/forward-kl";
import type { HotChainsOptions } from "../train/hot-chains";
import type { PathKlOptions } from "../train/path-kl";
import type { ReverseKlOptions } from "../train/reverse-kl";
import type { AnnealOptions } from "../train/rung";
import type { TrustRegionOptions } from "../train/trust-region";

export const SYSTEMS = ["gmm", "aldp", "tetra", "hexa"] as const;
export type SystemName = (typeof SYSTEMS)[number];
export const METHODS = [
  "ta-bg",
  "reverse-kl",
  "forward-kl",
  "fab",
  "adaptive",
  "trust-region",
  "conditioned",
  "hot-chains",
] as const;
export type MethodName = (typeof METHODS)[number];
/** smoke: minutes, for CI and a first look; laptop: two cores, good figures; paper: the published setting. */
export const PRESETS = ["smoke", "laptop", "paper"] as const;
export type PresetName = (typeof PRESETS)[number];

/** Maximum likelihood on the target's own samples: exact ones of the mixture, ground truth of a molecule. */
export interface TruthKlOptions extends ForwardKlOptions {
  readonly temperature: number;
  /** How many samples; null: all that there are of a molecule's ground truth. */
  readonly samples: number | null;
}

/** What a method has no stage for. */
export const NO_STAGES = {
  reverseKl: null,
  hotChains: null,
  anneal: null,
  trustRegion: null,
  pathKl: null,
  forwardKl: null,
  fab: null,
};

/** What an experiment is beside its name: the options of each stage that its method has. */
export interface Settings {
  readonly flow: FlowOptions;
  readonly reverseKl: ReverseKlOptions | null;
  /** In the place of reverse KL. */
  readonly hotChains: HotChainsOptions | null;
  readonly anneal: AnnealOptions | null;
  /** After annealing; beyond the paper, and in no preset: for experiments of one's own. */
  readonly pathKl: PathKlOptions | null;
  readonly forwardKl: TruthKlOptions | null;
  readonly fab: FabOptions | null;
  readonly trustRegion: TrustRegionOptions | null;
  /**
   * Whether a molecule's methyl groups are folded into one of their three arrangements of equal energy (`coords/rotors.ts`): beyond the paper, whose
   * flows learn all of them. log Z and whatever does not tell these hydrogens apart stay the same. null: no.
   */
  readonly foldRotors?: boolean | null;
  /** Whether a molecule's impropers are confined, with a normal prior about the minimum (`coords/impropers.ts`): beyond the paper, too. null: no. */
  readonly confineImpropers?: boolean | null;
  /** Samples of the final evaluation; not training. */
  readonly evaluationSamples: number;
}

/** Everything that a run depends on but its seed. JSON-serialisable; change a copy and run it. */
export interface Experiment extends Settings {
  /** One of `SYSTEMS`, or the name of the molecule that `startRun` is given. */
  readonly system: string;
  readonly method: MethodName;
  readonly preset: PresetName | "custom";
}

/** The temperature of the stage before annealing; null without one. */
export const firstTemperature = ({ reverseKl, hotChains }: Experiment): number | null =>
  (reverseKl ?? hotChains)?.temperature ?? null;

/** The last temperature that the experiment trains at. */
export function finalTemperature({ anneal, trustRegion, ...stages }: Experiment): number {
  const { pathKl, forwardKl, fab, reverseKl, hotChains } = stages;
  return anneal?.ladder.at(-1) ?? (trustRegion ?? pathKl ?? forwardKl ?? fab ?? reverseKl ?? hotChains)!.temperature;
}
