/** When the writer runs: a moment after something was accepted, together with what follows it. One run at a time in an isolate. No clock of its own. */

/** How long what was accepted waits for company, ms. */
const LAG_MS = 2_000;
/** A run whose request has died is not waited for longer than this, ms. */
const STUCK_MS = 60_000;

export class LedgerDriver {
  readonly #run: () => Promise<unknown>;
  readonly #now: () => number;
  /** The run under way or about to begin. */
  #since: number | null = null;
  /** Something was accepted after the run under way had begun. */
  #again = false;
  #begun = false;

  constructor(run: () => Promise<unknown>, now: () => number) {
    this.#run = run;
    this.#now = now;
  }

  /** Something was accepted. `defer` keeps the run alive behind the request. */
  nudge(defer: (work: Promise<unknown>) => void): void {
    const now = this.#now();
    if (this.#since !== null && now - this.#since < STUCK_MS && now >= this.#since) {
      this.#again ||= this.#begun;
      return;
    }
    this.#since = now;
    this.#again = false;
    this.#begun = false;
    defer(this.#drive());
  }

  async #drive(): Promise<void> {
    try {
      do {
        await new Promise((resolve) => setTimeout(resolve, LAG_MS));
        this.#again = false;
        this.#begun = true;
        await this.#run();
      } while (this.#again && this.#now() - (this.#since ?? 0) < STUCK_MS / 3);
    } finally {
      this.#since = null;
      this.#begun = false;
    }
  }
}
