/** Open, record, close: the evidence of one exchange. What was decided is durable before the bytes it speaks of leave. */
import { quiet, within } from "../base/deadline.ts";
import { KeyedDigest, newId } from "../base/digest.ts";
import { LIMITS } from "../config/limits.ts";
import type { State } from "../decision/model.ts";
import type { Closed, Entry, ExchangeOutcome, ItemOutcome } from "../evidence/entries.ts";
import type { EvidenceIntake } from "../evidence/port.ts";
import type { FaultCode } from "./fault.ts";
import { Fault } from "./fault.ts";
import type { Producer } from "./identify.ts";
import type { Route } from "./routes.ts";
import { Sent } from "./sent.ts";
import { tally } from "./tally.ts";
import type { Verdict } from "./verdicts.ts";
import { leaves } from "./verdicts.ts";
import type { Window } from "./windows.ts";

/** Counts and bases beyond this go to a further entry of the same window, so that a row stays below D1's 2 MB. */
const GROUPS_PER_ENTRY = 3_000;
/** Endings in which the upstream has confirmed nothing. */
const UNCONFIRMED: readonly ExchangeOutcome[] = ["aborted", "unknown"];
/** How often the closing entry is tried. */
const CLOSE_TRIES = 3;

export interface Ending {
  readonly outcome: ExchangeOutcome;
  readonly fault: FaultCode | null;
  readonly upstreamStatus: number | null;
  readonly upstreamComplete: boolean | null;
}

export class Exchange {
  readonly id: string;
  readonly received: KeyedDigest;
  readonly sent: Sent;
  readonly counts: Record<ItemOutcome, number> = { forwarded: 0, stripped: 0, dropped: 0, rejected: 0 };
  readonly #intake: EvidenceIntake;
  readonly #now: () => number;
  readonly #pending: Entry[];
  #position = 1;
  #settled = 0;
  #inDoubt = 0;
  #d1Calls = 0;
  #lastAt: number;
  /** Counts and bases among the entries not yet appended: what waits must not fill memory. */
  #pendingGroups = 0;
  #closed = false;
  /** The append under way: one at a time, so that none is sent twice. */
  #appending: Promise<void> = Promise.resolve();

  constructor(
    intake: EvidenceIntake,
    route: Route,
    producer: Producer,
    configDigest: string,
    digestKey: string,
    now: () => number,
    cacheMsMax: number | null = null,
  ) {
    const at = now();
    this.#lastAt = at;
    this.#intake = intake;
    this.#now = now;
    this.id = newId("x", at);
    this.received = new KeyedDigest(digestKey);
    this.sent = new Sent(new KeyedDigest(digestKey));
    this.#pending = [
      {
        type: "opened",
        exchange: this.id,
        position: 0,
        at,
        route: route.id,
        purpose: route.purpose,
        producer: producer.id,
        key_id: producer.keyId,
        config_digest: configDigest,
        ...(cacheMsMax === null ? {} : { cache_ms_max: cacheMsMax }),
      },
    ];
  }

  /** Counts a D1 call of this exchange; throws a `Fault` when there have been too many. */
  spend(): void {
    this.#d1Calls += 1;
    if (this.#d1Calls > LIMITS.exchange_d1_calls_max) throw new Fault("exchange_d1_calls");
  }

  /** Durable when it resolves, if anything of the window is to leave; else it waits for the next entry. Throws a `Fault`. */
  async record(window: Window, verdicts: readonly Verdict[], state: State, round: number): Promise<void> {
    if (this.#closed) throw new Fault("internal_error");
    const { counts, rests_on } = tally(window, verdicts, state);
    const items =
      verdicts.length === 0 ? null : ([window.firstIndex, window.firstIndex + verdicts.length - 1] as const);
    for (let i = 0; i === 0 || i < Math.max(counts.length, rests_on.length); i += GROUPS_PER_ENTRY) {
      this.#pending.push({
        type: "decided",
        exchange: this.id,
        position: this.#position++,
        at: this.#clock(),
        items,
        round,
        counts: counts.slice(i, i + GROUPS_PER_ENTRY),
        rests_on: rests_on.slice(i, i + GROUPS_PER_ENTRY),
      });
    }
    this.#pendingGroups += counts.length + rests_on.length;
    if (verdicts.some(leaves) || this.#pendingGroups > GROUPS_PER_ENTRY) await this.#flush();
  }

  /** The records of the window from `from` to before `to` are about to be handed on. */
  handing(window: Window, to: number): void {
    this.#inDoubt = window.firstIndex + to;
  }

  /** … and have been dealt with, as their verdicts say. */
  settle(window: Window, verdicts: readonly Verdict[], from: number, to: number): void {
    for (let i = from; i < to; i++) this.counts[verdicts[i]!.outcome] += 1;
    this.#settled = window.firstIndex + to;
    this.#inDoubt = Math.max(this.#inDoubt, this.#settled);
  }

  /** Whether how it ended is durably recorded; if not, a sweep will find it open and mark it `unknown`. */
  async close(ending: Ending): Promise<boolean> {
    if (this.#closed) return false;
    this.#closed = true;
    const closed: Closed = {
      type: "closed",
      exchange: this.id,
      position: this.#position++,
      at: this.#clock(),
      outcome: ending.outcome,
      fault: ending.fault,
      upstream_status: ending.upstreamStatus,
      upstream_complete: ending.upstreamComplete,
      counts: { ...this.counts },
      settled: UNCONFIRMED.includes(ending.outcome) ? 0 : this.#settled,
      in_doubt: this.#inDoubt,
      received: this.received.end(),
      sent: this.sent.end(),
    };
    this.#pending.push(closed);
    for (let tries = 0; tries < CLOSE_TRIES; tries++) {
      try {
        await this.#append();
        return true;
      } catch {
        // Tried again: an append that was accepted after all changes nothing the second time.
      }
    }
    return false;
  }

  /** An exchange is closed even when the clock has gone away: then at the last instant it was known. */
  #clock(): number {
    try {
      this.#lastAt = this.#now();
    } catch {
      // The last instant known stands.
    }
    return this.#lastAt;
  }

  async #flush(): Promise<void> {
    this.spend();
    try {
      await this.#append();
    } catch {
      throw new Fault("evidence_unavailable");
    }
  }

  async #append(): Promise<void> {
    const before = this.#appending;
    this.#appending = quiet(before.catch(() => {}).then(() => this.#appendPending()));
    await this.#appending;
  }

  async #appendPending(): Promise<void> {
    const count = this.#pending.length;
    if (count === 0) return;
    await within(this.#intake.append(this.#pending.slice()), LIMITS.d1_ms_max, () => {
      throw new Error("late");
    });
    this.#pending.splice(0, count);
    this.#pendingGroups = 0;
  }
}
