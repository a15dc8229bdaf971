/** Evidence of opaque bodies: it may lag, and never slows or stops the stream. Kept in memory for a moment and written together. */
import type { Entry } from "../evidence/entries.ts";
import type { EvidenceIntake } from "../evidence/port.ts";

/** How long entries wait for company, ms. */
const LAG_MS = 1_000;
/** A write whose request has died is not waited for longer than this, ms. */
const STUCK_MS = 20_000;
/** Entries kept while the evidence database is away; the oldest are lost beyond it. */
const KEPT_MAX = 10_000;

export class LaggingEvidence {
  readonly #intake: EvidenceIntake;
  readonly #now: () => number;
  #waiting: Entry[] = [];
  #writingSince: number | null = null;

  constructor(intake: EvidenceIntake, now: () => number) {
    this.#intake = intake;
    this.#now = now;
  }

  /** `defer` keeps the write alive behind the request. */
  add(entries: readonly Entry[], defer: (work: Promise<unknown>) => void): void {
    this.#waiting.push(...entries);
    if (this.#waiting.length > KEPT_MAX) this.#waiting.splice(0, this.#waiting.length - KEPT_MAX);
    const since = this.#writingSince;
    if (since !== null && this.#now() - since < STUCK_MS) return;
    this.#writingSince = this.#now();
    defer(this.#write());
  }

  async #write(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, LAG_MS));
    const entries = this.#waiting;
    this.#waiting = [];
    this.#writingSince = null;
    try {
      await this.#intake.append(entries);
    } catch {
      this.#waiting = [...entries, ...this.#waiting].slice(-KEPT_MAX);
    }
  }
}
