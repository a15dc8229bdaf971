/** Clocks. Knows nothing of consent. */

/**
 * The clock, and while it cannot be read (it throws) the last instant it was, `at` before any: for saying when something happened, never for
 * deciding anything.
 */
export function lastKnown(now: () => number, at: number): () => number {
  let last = at;
  return () => {
    try {
      last = now();
    } catch {
      // The last instant known stands.
    }
    return last;
  };
}

/** What an age clock goes ahead by when its own has gone back, ms: longer than anything is kept. */
const LONG_MS = 86_400_000;

/**
 * For ages, in milliseconds: goes ahead only. A clock that has gone back does not say how long ago anything was, so whatever is from before is then
 * old. What it goes back by unseen is less than the time between two readings; and while it is watched, it goes ahead at least as timers do.
 */
export class AgeClock {
  readonly #now: () => number;
  #ahead = 0;
  #last = Number.NEGATIVE_INFINITY;
  /** What it must have come to, by its timer. */
  #least = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  read(): number {
    const now = this.#now();
    if (now + this.#ahead < this.#last) this.#ahead = this.#last + LONG_MS - now;
    this.#ahead = Math.max(this.#ahead, this.#least - now);
    this.#last = now + this.#ahead;
    return this.#last;
  }

  /** Reads it every `ms`, whoever else does, until `stop`. */
  watch(ms: number): void {
    try {
      this.#least = Math.max(this.#least, this.read());
    } catch {
      // Whoever needs it finds that it cannot be read.
    }
    this.#timer = setTimeout(() => {
      this.#least += ms;
      this.watch(ms);
    }, ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
