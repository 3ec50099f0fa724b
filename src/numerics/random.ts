/** Seeded random streams: xoshiro128** (Blackman & Vigna 2021), seeded through splitmix32; the state is plain data for checkpoints. */

/** The whole state of a stream; `createRng` continues from it exactly. */
export interface RngState {
  readonly words: readonly [number, number, number, number];
  /** The second value of the last Box-Muller pair, if it has not been handed out. */
  readonly spare: number | null;
}

/** An explicit stream of random numbers. Calls advance it; nothing else does. */
export interface Rng {
  /** Uniform on [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer on [0, n). */
  integer(n: number): number;
  /** The state from which `createRng` continues. */
  state(): RngState;
}

function splitmix(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x9e3779b9) >>> 0;
    let t = Math.imul(a ^ (a >>> 16), 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return (t ^ (t >>> 15)) >>> 0;
  };
}

/**
 * A stream from a seed, or the continuation of a stored state.
 * @param stream separates streams of one seed (workers, purposes): equal seeds with different streams are unrelated.
 * @throws RangeError if the seed is not a non-negative integer below 2^53.
 */
export function createRng(seed: number | RngState, stream = 0): Rng {
  let a: number, b: number, c: number, d: number;
  let spare: number | null = null;
  if (typeof seed === "number") {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`createRng: invalid seed (got ${seed}), expected an integer from 0 to 2^53 - 1`);
    }
    const low = splitmix(seed >>> 0);
    const high = splitmix(Math.floor(seed / 2 ** 32) ^ Math.imul(stream + 1, 0x85ebca6b));
    [a, b, c, d] = [low() ^ high(), low() ^ high(), low() ^ high(), low() ^ high()];
    if ((a | b | c | d) === 0) a = 1; // the all-zero state is the one fixed point of the generator
  } else {
    [a, b, c, d] = seed.words;
    spare = seed.spare;
  }
  const next = (): number => {
    const r = Math.imul(b, 5);
    const out = Math.imul((r << 7) | (r >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return out;
  };
  const uniform = (): number => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  return {
    uniform,
    normal(): number {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const r = Math.sqrt(-2 * Math.log(1 - uniform()));
      const phi = 2 * Math.PI * uniform();
      spare = r * Math.sin(phi);
      return r * Math.cos(phi);
    },
    integer: (n) => Math.floor(uniform() * n),
    state: () => ({ words: [a >>> 0, b >>> 0, c >>> 0, d >>> 0], spare }),
  };
}
