/** Waiting with an end. Knows nothing of consent. */

/** Resolves as `promise` does, or with `late()` after `ms`; the promise's own rejection passes through. */
export async function within<T, L>(promise: Promise<T>, ms: number, late: () => L): Promise<T | L> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<L>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

export interface Timeout {
  /** Resolves when the time has passed, unless it is cleared before. */
  readonly passed: Promise<undefined>;
  clear(): void;
}

export function timeout(ms: number): Timeout {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

/**
 * Calls `late` once, when a wait takes longer than `ms`. Beginning and ending a wait costs no timer. `now` in milliseconds; where it has gone
 * back, the wait counts from then.
 */
export class Watchdog {
  readonly #ms: number;
  readonly #now: () => number;
  readonly #late: () => void;
  #waitingSince = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, now: () => number, late: () => void) {
    this.#ms = ms;
    this.#now = now;
    this.#late = late;
    this.#arm(ms);
  }

  begin(): void {
    this.#waitingSince = this.#now();
  }

  end(): void {
    this.#waitingSince = Number.POSITIVE_INFINITY;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const now = this.#now();
      if (this.#waitingSince > now && Number.isFinite(this.#waitingSince)) this.#waitingSince = now;
      const left = this.#waitingSince + this.#ms - now;
      if (left > 0) this.#arm(Math.min(left, this.#ms));
      else this.#late();
    }, ms);
  }
}

/** Keeps a promise that may be abandoned from becoming an unhandled rejection. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
