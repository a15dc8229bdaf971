/** Dice for tests: the same seed gives the same throws on every machine. Never for secrets or ids that must be unguessable. */

export interface Random {
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Each with probability one half, order kept. */
  some<T>(from: readonly T[]): T[];
}

/** `seed`: any unsigned 32-bit number. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (from: number, to: number) => from + Math.floor(unit() * (to - from + 1));
  return {
    int,
    chance: (probability) => unit() < probability,
    pick(from) {
      if (from.length === 0) throw new Error("nothing to pick from");
      return from[int(0, from.length - 1)]!;
    },
    some: (from) => from.filter(() => unit() < 0.5),
  };
}

/** The seed of this run: `TENFOUR_SEED` if it is set, else a new one. Whoever uses it prints it. */
export function seedOfRun(): number {
  const given = process.env.TENFOUR_SEED;
  if (given === undefined || given === "") return Math.floor(Math.random() * 0x1_0000_0000);
  const seed = Number(given);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new Error(`TENFOUR_SEED must be a whole number from 0 to 4294967295, not ${given}`);
  }
  return seed;
}
