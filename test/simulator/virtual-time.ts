/**
 * Time that a seed turns by hand: events in the order of their instants, nothing between them but what is already due. No real clock.
 * The clock the gate reads may go back, ahead or away; time itself only passes.
 */

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** From `from` on (ms since the seed began), the gate's clock reads that much more than has passed. NaN: it cannot be read. */
export interface ClockSegment {
  readonly from: number;
  readonly offset: number;
}

const realSetImmediate = setImmediate;

/** Lets everything that is due now run: promises, and what they bring about. */
function settle(): Promise<void> {
  return new Promise((resolve) => void realSetImmediate(resolve));
}

export class VirtualTime {
  readonly segments: ClockSegment[];
  readonly #queue: Event[] = [];
  readonly #cancelled = new Set<number>();
  #elapsed = 0;
  #order = 0;

  /** `startsAt`: Unix milliseconds. */
  constructor(startsAt: number) {
    this.segments = [{ from: 0, offset: startsAt }];
  }

  /** Ms since the seed began. */
  get elapsed(): number {
    return this.#elapsed;
  }

  /** What the gate's clock says: Unix milliseconds, or NaN. */
  readonly wall = (): number => this.#elapsed + this.segments.at(-1)!.offset;

  setClock(offset: number): void {
    this.segments.push({ from: this.#elapsed, offset });
  }

  /** Runs `run` in `ms`; returns what `cancel` takes. */
  readonly after = (ms: number, run: () => void): number => {
    const at = this.#elapsed + Math.max(0, Math.ceil(Number.isFinite(ms) ? ms : 0));
    const order = ++this.#order;
    let i = this.#queue.length;
    while (i > 0 && this.#queue[i - 1]!.at > at) i--;
    this.#queue.splice(i, 0, { at, order, run });
    return order;
  };

  readonly cancel = (order: number | undefined): void => {
    if (order !== undefined) this.#cancelled.add(order);
  };

  readonly sleep = (ms: number): Promise<void> => new Promise((resolve) => void this.after(ms, resolve));

  /** Turns time until `done`; false if nothing is left to happen, or not before `limit` (ms since the seed began). */
  async run(done: () => boolean, limit: number): Promise<boolean> {
    for (;;) {
      await settle();
      if (done()) return true;
      const event = this.#next();
      if (event === undefined || event.at > limit) return false;
      this.#queue.shift();
      this.#elapsed = Math.max(this.#elapsed, event.at);
      event.run();
    }
  }

  #next(): Event | undefined {
    while (this.#queue.length > 0 && this.#cancelled.delete(this.#queue[0]!.order)) this.#queue.shift();
    return this.#queue[0];
  }
}
