/** Which exchanges an upstream has taken, for as long as their signatures are good: so that none is taken twice. Pure: `now` is passed in. */

export type Claim = "fresh" | "seen" | "full";

/** To be shared by every process that serves the endpoint, or a request can be replayed to another. */
export interface ReplayStore {
  /** Takes the exchange, at once and only once. `until` and `now`: Unix milliseconds; after `until` it may be forgotten. */
  claim(exchange: string, until: number, now: number): Claim | Promise<Claim>;
}

/** In the memory of one process, at most `max` exchanges (about 200 bytes each): when it is full, it takes no more until some have expired. */
export class MemoryReplayStore implements ReplayStore {
  readonly #until = new Map<string, number>();
  readonly #max: number;

  constructor(max = 100_000) {
    this.#max = max;
  }

  claim(exchange: string, until: number, now: number): Claim {
    const known = this.#until.get(exchange);
    if (known !== undefined && known >= now) return "seen";
    if (this.#until.size >= this.#max) this.#forget(now);
    if (this.#until.size >= this.#max) return "full";
    this.#until.set(exchange, until);
    return "fresh";
  }

  #forget(now: number): void {
    for (const [exchange, until] of this.#until) if (until < now) this.#until.delete(exchange);
  }
}
