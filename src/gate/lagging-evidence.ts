/**
 * Evidence of opaque bodies: it may lag, and never slows or stops the stream. Kept in memory for a moment and written together. Where the
 * database refuses them together each exchange is tried on its own, so that one it will never take costs no other its evidence.
 */
import { lastKnown } from "../base/clock.ts";
import { quiet, within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";
import type { Entry } from "../evidence/entries.ts";
import type { EvidenceIntake } from "../evidence/port.ts";

/** How long entries wait for company, ms. */
const LAG_MS = 1_000;
/** A write whose request has died is not waited for longer than this, ms. */
const STUCK_MS = 20_000;
/** Exchanges kept while the evidence database is away; the oldest are lost beyond it. */
const KEPT_MAX = 3_000;
/** How many exchanges are tried on their own in one write. */
const ALONE_MAX = 20;
/** So many refused and none taken, and the database is thought to be away. */
const AWAY_AFTER = 2;
/** How often an exchange is refused, while others are taken, until it is given up. */
const REFUSED_MAX = 3;

interface Waiting {
  readonly entries: readonly Entry[];
  refused: number;
}

export class LaggingEvidence {
  readonly #intake: EvidenceIntake;
  readonly #now: () => number;
  #waiting: Waiting[] = [];
  #writingSince: number | null = null;

  constructor(intake: EvidenceIntake, now: () => number) {
    this.#intake = intake;
    this.#now = lastKnown(now, 0);
  }

  /** `entries` of one exchange, all at once. `defer` keeps the write alive behind the request. */
  add(entries: readonly Entry[], defer: (work: Promise<unknown>) => void): void {
    this.#keep([{ entries, refused: 0 }]);
    const at = this.#now();
    const age = this.#writingSince === null ? Number.POSITIVE_INFINITY : at - this.#writingSince;
    // Below zero the clock has gone back, and nobody can say how old the write is.
    if (age >= 0 && age < STUCK_MS) return;
    this.#writingSince = at;
    defer(quiet(this.#write()));
  }

  async #write(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, LAG_MS));
    const together = this.#waiting;
    this.#waiting = [];
    this.#writingSince = null;
    if (!(await this.#took(together))) this.#keep(await this.#oneByOne(together));
  }

  /** Resolves to those that are to be tried again; first those that have not been refused on their own. */
  async #oneByOne(together: readonly Waiting[]): Promise<Waiting[]> {
    const refused: Waiting[] = [];
    let taken = 0;
    let tried = 0;
    while (tried < Math.min(together.length, ALONE_MAX) && (taken > 0 || tried < AWAY_AFTER)) {
      const one = together[tried++]!;
      if (await this.#took([one])) taken += 1;
      else refused.push(one);
    }
    if (taken > 0) for (const one of refused) one.refused += 1;
    return [...together.slice(tried), ...refused.filter((one) => one.refused < REFUSED_MAX)];
  }

  async #took(waiting: readonly Waiting[]): Promise<boolean> {
    try {
      const entries = waiting.flatMap((one) => one.entries);
      await within(this.#intake.append(entries), LIMITS.d1_ms_max, () => {
        throw new Error("late");
      });
      return true;
    } catch {
      return false;
    }
  }

  #keep(more: readonly Waiting[]): void {
    this.#waiting = [...this.#waiting, ...more].slice(-KEPT_MAX);
  }
}
