/**
 * When the writer runs: a moment after something was accepted, together with what follows it, and rather not while exchanges are under way, whose
 * CPU it would take. One run at a time in an isolate. No clock of its own.
 */

/** How long what was accepted waits for company, ms. */
const LAG_MS = 2_000;
/** How long it waits in all while exchanges are under way, ms; one that has taken as long is waited for no more. */
const GIVES_WAY_MS = 10_000;
/** How often is looked whether they have ended, ms. */
const LOOKS_EACH_MS = 250;
/** A run whose request has died is not waited for longer than this, ms. */
const STUCK_MS = 60_000;

export class LedgerDriver {
  readonly #run: () => Promise<unknown>;
  readonly #now: () => number;
  /** When each exchange under way began, and of those whose requests died. */
  readonly #underWay = new Set<{ readonly since: number }>();
  /** The run under way or about to begin. */
  #since: number | null = null;
  /** Something was accepted after the run under way had begun. */
  #again = false;
  #begun = false;

  constructor(run: () => Promise<unknown>, now: () => number) {
    this.#run = run;
    this.#now = now;
  }

  /** Something is accepted once `exchange` has ended. `defer` keeps the run alive behind the request. */
  async after<T>(exchange: () => Promise<T>, defer: (work: Promise<unknown>) => void): Promise<T> {
    const one = { since: this.#now() };
    this.#underWay.add(one);
    try {
      return await exchange();
    } finally {
      this.#underWay.delete(one);
      this.nudge(defer);
    }
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
    defer(this.#drive(now));
  }

  async #drive(since: number): Promise<void> {
    try {
      do {
        await passed(LAG_MS);
        while (this.#isBusy() && this.#ageOf(since) < GIVES_WAY_MS) await passed(LOOKS_EACH_MS);
        this.#again = false;
        this.#begun = true;
        await this.#run();
      } while (this.#again && this.#ageOf(since) < STUCK_MS / 3);
    } finally {
      this.#since = null;
      this.#begun = false;
    }
  }

  #isBusy(): boolean {
    for (const one of this.#underWay) if (this.#ageOf(one.since) >= GIVES_WAY_MS) this.#underWay.delete(one);
    return this.#underWay.size > 0;
  }

  /** Without end, if the clock has gone back since. */
  #ageOf(since: number): number {
    const age = this.#now() - since;
    return age >= 0 ? age : Number.POSITIVE_INFINITY;
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
