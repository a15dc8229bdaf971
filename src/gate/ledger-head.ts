/**
 * The last change of the consent database that the ledger knows, as one isolate knows it. Every look-up asks whether that change is still there:
 * if not, the database was put back, and content waits for an operator. Read when an isolate starts, then behind requests; never on its own.
 */
import { quiet, within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";
import type { KnownChange } from "../consent/port.ts";
import { Fault } from "./fault.ts";

/** So that several refreshes fail before content has to wait for one. */
const REFRESH_AFTER_MS = LIMITS.ledger_head_age_ms_max / 6;
/** A read that has not answered is not waited for longer than this before another is tried, ms. */
const TRY_AGAIN_MS = 1_000;

export class LedgerHead {
  readonly #read: () => Promise<KnownChange>;
  #known: KnownChange | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> = Promise.resolve();
  #ready: Promise<void> = Promise.resolve();

  constructor(read: () => Promise<KnownChange>) {
    this.#read = read;
  }

  /** What is known, once it is young enough, which it mostly is at once. null: nothing yet, and nothing was begun. Rejects with a `Fault`. */
  async settled(): Promise<KnownChange | null> {
    await this.#ready;
    return this.#known;
  }

  /** A request has come that will ask. `defer` keeps a refresh alive behind it. */
  begin(now: number, defer: (work: Promise<unknown>) => void): void {
    this.#ready = quiet(this.#getReady(now, defer));
  }

  async #getReady(now: number, defer: (work: Promise<unknown>) => void): Promise<void> {
    const age = now - this.#readAt;
    if (age >= 0 && age <= REFRESH_AFTER_MS) return;
    if (now - this.#triedAt > TRY_AGAIN_MS || now < this.#triedAt) {
      this.#triedAt = now;
      this.#reading = quiet(this.#refresh(now));
      defer(this.#reading.catch(() => {}));
    }
    if (age >= 0 && age <= LIMITS.ledger_head_age_ms_max) return;
    await within(this.#reading, LIMITS.d1_ms_max, () => {}).catch(() => {});
    if (!(now - this.#readAt <= LIMITS.ledger_head_age_ms_max)) throw new Fault("evidence_unavailable");
  }

  async #refresh(now: number): Promise<void> {
    this.#known = await this.#read();
    this.#readAt = now;
  }
}
