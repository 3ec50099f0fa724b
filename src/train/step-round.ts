/** The steps of a round: its samples, its buffer, and training on it or on what chains meet from it. */
import { clipLogWeights, reverseEss } from "../evaluate/ess";
import { createRng, type RngState } from "../numerics/random";
import { resampleSystematic } from "../numerics/resample";
import { countInvalid, type Samples, samplesBetween, takeSamples } from "../target/samples";
import { type ForwardKlInfo, initForwardKl, stepForwardKl } from "./forward-kl";
import { partiesOf, startsOf, sweepsOf } from "./chain-options";
import { type HotChainsState, initHotChains, stepHotChains } from "./hot-chains";
import { mixWithFlow } from "./known-density";
import { createRoom, drawBlock, type Model } from "./model";
import { densityOf, type Draw, drawsWithin, startMixing, stepMixing } from "./reuse";
import type { Drawing, MixingRound, Path, Round, RoundInfo, Training } from "./round";

/** The chains that walk from a buffer of this ESS and teach in its place; null where it teaches enough itself. */
const chainsAt = (ess: number, chains: Path<unknown>["chains"]): Path<unknown>["chains"] =>
  chains && ess < chains.options.essBelow ? chains : null;

/**
 * Weights and the buffer of the next rung, ready to be trained on: no target evaluation. The optimiser starts afresh.
 * @param draws what the samples are of, if that will be needed
 */
export function prepareRound(
  model: Model,
  { options, next, chains }: Pick<Path<unknown>, "options" | "next" | "chains">,
  samples: Samples,
  drawnRng: RngState,
  draws: readonly Draw[] = [],
): Training {
  const rng = createRng(drawnRng);
  const chosen = next(samples);
  const bufferEss = reverseEss(chosen.logWeights);
  const clipped = clipLogWeights(chosen.logWeights, options.clip);
  const { iterations: most, passes, batch, knownDensities } = options;
  const walking = chainsAt(bufferEss, chains);
  const mixed = knownDensities && !walking ? mixWithFlow(clipped, samples.logQ, bufferEss) : null;
  const starts = walking && startsOf(partiesOf({ ...walking.options, temperature: chosen.to })[0]!);
  const picks = resampleSystematic(mixed?.logPicks ?? clipped, starts ?? options.buffer, rng);
  const iterations =
    passes === null || walking
      ? most
      : Math.max(1, Math.min(most, Math.round((passes * bufferEss * samples.n) / batch)));
  const drawn = draws.at(-1)?.samples.n ?? samples.n;
  const rung = { ...chosen, bufferEss, invalid: countInvalid(samples), iterations, samples, drawn };
  model.engine.resetOptimiser();
  const { x, dof } = samples;
  const { temperatures } = chosen;
  const buffer = { x, dof, picks, ...(mixed && { densities: mixed.densities }), ...(temperatures && { temperatures }) };
  return {
    kind: "training",
    rung,
    buffer,
    draws,
    drawnRng,
    forward: (walking ? initHotChains : initForwardKl)(rng.state()),
  };
}

/** Room for a rung's samples, at the temperature that they are to be drawn at. */
async function startDrawing(model: Model, path: Path<unknown>, rng: RngState): Promise<Drawing> {
  const { samples, maxSamples } = path.options;
  const found = await path.probe?.(model, rng);
  const range = found ? ([found.temperature, found.temperature] as const) : path.range;
  const room = createRoom(model, Math.max(samples, maxSamples), range);
  return { kind: "drawing", room, drawn: 0, probed: found?.evaluations ?? 0, rng };
}

/** Draws a block; when enough is drawn, or no more is allowed, prepares the rung, or begins to mix it with earlier draws. */
async function draw<Place>(
  model: Model,
  path: Path<Place>,
  state: Place & Round,
  { room, drawn, probed, rng: stored }: Drawing,
): Promise<[Place & Round, RoundInfo]> {
  const { samples: share, maxSamples, effective } = path.options;
  const rng = createRng(stored);
  const start = drawn - (drawn % share);
  const end = start + share;
  const reached = start + (await drawBlock(model, samplesBetween(room, start, end), drawn - start, rng));
  const after = rng.state();
  const all = samplesBetween(room, 0, reached);
  const isEnough = (): boolean => end + share > maxSamples || reverseEss(path.wanted(all)) * reached >= effective;
  if (reached === end && isEnough()) {
    if (path.reuse > 0) return mix(model, path, state, { ...startMixing(model, state.past, all, after), probed });
    const work = prepareRound(model, path, all, after);
    return [
      { ...state, work },
      { kind: "prepared", rung: work.rung },
    ];
  }
  return [
    { ...state, work: { kind: "drawing", room, drawn: reached, probed, rng: after } },
    { kind: "drawn", samples: reached, room: room.n },
  ];
}

/** Density of a flow at a block of points of another; when all are known, prepares the rung. */
async function mix<Place>(
  model: Model,
  path: Path<Place>,
  state: Place & Round,
  mixing: MixingRound,
): Promise<[Place & Round, RoundInfo]> {
  const [mixed, blocks] = await stepMixing(model, mixing);
  const { draws, joined, done, rng } = mixed;
  if (done < blocks)
    return [
      { ...state, work: mixed },
      { kind: "mixed", blocks: done, of: blocks },
    ];
  const work = prepareRound(model, path, joined, rng, drawsWithin(joined, draws.map(densityOf)));
  return [
    { ...state, past: [], work },
    { kind: "prepared", rung: work.rung },
  ];
}

/** One iteration on the buffer, or a sweep of chains from it; the last iteration ends the rung. */
async function train<Place>(
  model: Model,
  path: Path<Place>,
  state: Place & Round,
  work: Training,
): Promise<[Place & Round, RoundInfo]> {
  const { rung, buffer } = work;
  const stage = { ...path.options, iterations: rung.iterations };
  const chains = chainsAt(rung.bufferEss, path.chains);
  let trained: [Training["forward"], ForwardKlInfo];
  if (chains) {
    const starts = async (): Promise<Float64Array> => Float64Array.from(takeSamples(rung.samples, buffer.picks).x);
    const ground = { space: chains.space, starts };
    const all = { ...stage, ...chains.options, temperature: rung.to };
    const [forward, { sweep, trained: info }] = await stepHotChains(model, ground, all, work.forward as HotChainsState);
    if (info === null) {
      const told = { kind: "walked", rung, sweep, sweeps: sweepsOf(partiesOf(all)) } as const;
      return [{ ...state, work: { ...work, forward } }, told];
    }
    trained = [forward, info];
  } else trained = await stepForwardKl(model, buffer, stage, work.forward);
  const [forward, info] = trained;
  const isLast = forward.iteration >= rung.iterations;
  const told = { ...info, kind: "trained", rung, isLast } as const;
  if (!isLast) return [{ ...state, work: { ...work, forward } }, told];
  const past = path.reuse > 0 ? work.draws.slice(-path.reuse) : [];
  return [{ ...path.arrive(rung), rng: forward.rng, past, work: null }, told];
}

/** One step of the rung under way: a block of samples, or an iteration of training on them. */
export async function stepRound<Place>(
  model: Model,
  path: Path<Place>,
  state: Place & Round,
): Promise<[Place & Round, RoundInfo]> {
  const work = state.work ?? (await startDrawing(model, path, state.rng));
  if (work.kind === "drawing") return draw(model, path, state, work);
  return work.kind === "mixing" ? mix(model, path, state, work) : train(model, path, state, work);
}
