/** Open, record, close: the evidence of one exchange. What was decided is durable before the bytes it speaks of leave. */
import { AgeClock, lastKnown } from "../base/clock.ts";
import { quiet, within } from "../base/deadline.ts";
import { KeyedDigest, newId } from "../base/digest.ts";
import { LIMITS } from "../config/limits.ts";
import {
  type Closed,
  type Entry,
  type ExchangeOutcome,
  type Finding,
  type ItemOutcome,
  UNCONFIRMED,
} from "../evidence/entries.ts";
import type { EvidenceIntake } from "../evidence/port.ts";
import type { FaultCode } from "./fault.ts";
import { Fault } from "./fault.ts";
import { FindingNames } from "./findings.ts";
import type { Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import type { Route, Routes } from "./routes.ts";
import { Sent } from "./sent.ts";
import { leaves, some, type Verdicts } from "./verdicts.ts";
import type { Window } from "./windows.ts";

/** Findings beyond these, characters, go to a further entry of the same window, so that a row stays below D1's 2 MB. */
const ENTRY_CHARS = 1_000_000;
/** A run is at most about so many characters. */
const RUN_CHARS = 12;
/** Entries of which nothing leaves wait for the next, until they come to so many characters. */
const WAITING_CHARS = 256_000;
/** How often the closing entry is tried. */
const CLOSE_TRIES = 3;

export interface Ending {
  readonly outcome: ExchangeOutcome;
  readonly fault: FaultCode | null;
  readonly upstreamStatus: number | null;
  readonly upstreamComplete: boolean | null;
}

/** What an exchange needs of the gate. */
export interface ExchangeParts extends Pick<Gate, "evidence" | "digestSecret" | "now"> {
  readonly routes: Pick<Routes, "digest" | "cacheMsMax">;
}

export class Exchange {
  readonly id: string;
  readonly received: KeyedDigest;
  readonly sent: Sent;
  /** How old what it decides on is. */
  readonly ages: AgeClock;
  readonly #intake: EvidenceIntake;
  /** An exchange is closed even when the clock has gone away: then at the last instant it was known. */
  readonly #clock: () => number;
  readonly #pending: Entry[];
  #position = 1;
  #settled = 0;
  readonly #counts: Record<ItemOutcome, number> = { forwarded: 0, stripped: 0, dropped: 0, rejected: 0 };
  /** Settled, and still to be counted: slices are many and small. */
  #uncounted: { readonly verdicts: Verdicts; readonly from: number; to: number } | null = null;
  #inDoubt = 0;
  /** What was decided of the records before this index is durable. */
  #acknowledged = 0;
  #d1Calls = 0;
  /** Of the entries not yet appended: what waits must not fill memory. */
  #pendingChars = 0;
  readonly #names = new FindingNames();
  #closed = false;
  /** The append under way: one at a time, so that none is sent twice. */
  #appending: Promise<void> = Promise.resolve();

  constructor(gate: ExchangeParts, route: Route, producer: Producer) {
    const { now, digestSecret } = gate;
    const { cacheMsMax, digest } = gate.routes;
    const at = now();
    this.#intake = gate.evidence;
    this.#clock = lastKnown(now, at);
    this.ages = new AgeClock(now);
    this.id = newId("x", at);
    this.received = new KeyedDigest(digestSecret);
    this.sent = new Sent(new KeyedDigest(digestSecret));
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
        config_digest: digest,
        ...(cacheMsMax === null ? {} : { cache_ms_max: cacheMsMax }),
      },
    ];
  }

  /** Whether how it ended has been said, recorded or not: nothing can be measured any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Counts a D1 call of this exchange; throws a `Fault` when there have been too many. */
  spend(): void {
    this.#d1Calls += 1;
    if (this.#d1Calls > LIMITS.exchange_d1_calls_max) throw new Fault("exchange_d1_calls");
  }

  /** Durable when it resolves, if anything of the window is to leave; else it waits for the next entry. Throws a `Fault`. */
  async record(window: Window, verdicts: Verdicts, round: number): Promise<void> {
    if (this.#closed) throw new Fault("internal_error");
    const { length } = verdicts.found;
    const items = length === 0 ? null : ([window.firstIndex, window.firstIndex + length - 1] as const);
    const numbers = new Int32Array(verdicts.findings.length).fill(-1);
    let named: Finding[] = [];
    let chars = 0;
    const put = (runs: readonly number[]): void => {
      this.#pending.push({
        type: "decided",
        exchange: this.id,
        position: this.#position++,
        at: this.#clock(),
        items,
        round,
        findings_from: this.#names.next - named.length,
        findings: named,
        runs,
      });
      this.#pendingChars += chars + runs.length * RUN_CHARS;
      named = [];
      chars = 0;
    };
    const name = (finding: Finding): void => {
      named.push(finding);
      chars += charsOf(finding);
      if (chars > ENTRY_CHARS) put([]);
    };
    const runs: number[] = [];
    for (let i = 0; i < length; ) {
      const found = verdicts.found[i]!;
      const first = i++;
      while (i < length && verdicts.found[i] === found) i++;
      if (numbers[found]! < 0) numbers[found] = this.#names.number(verdicts.findings[found]!, name);
      runs.push(numbers[found]!, i - first);
    }
    put(runs);
    if (this.#pendingChars > WAITING_CHARS || some(verdicts, leaves)) await this.#flush();
  }

  /** The records of the window to before `to` are about to be handed on. Throws if what was decided of them is not durable: a bug, and it ends here. */
  handing(window: Window, to: number): void {
    const { firstIndex } = window;
    const waits = this.#pending.some((entry) => entry.type === "decided" && entry.items?.[0] === firstIndex);
    if (this.#closed || waits || firstIndex + to > this.#acknowledged) throw new Fault("internal_error");
    this.#inDoubt = window.firstIndex + to;
  }

  /** … and have been dealt with, as their verdicts say. Throws if those before them have not. */
  settle(window: Window, verdicts: Verdicts, from: number, to: number): void {
    if (window.firstIndex + from !== this.#settled) throw new Fault("internal_error");
    if (this.#uncounted?.verdicts !== verdicts) {
      this.#count();
      this.#uncounted = { verdicts, from, to };
    }
    this.#uncounted.to = to;
    this.#settled = window.firstIndex + to;
    this.#inDoubt = Math.max(this.#inDoubt, this.#settled);
  }

  /** Of the records settled so far. */
  get counts(): Readonly<Record<ItemOutcome, number>> {
    this.#count();
    return this.#counts;
  }

  #count(): void {
    if (this.#uncounted === null) return;
    const { verdicts, from, to } = this.#uncounted;
    this.#uncounted = null;
    const times = new Int32Array(verdicts.findings.length);
    for (let i = from; i < to; i++) times[verdicts.found[i]!]! += 1;
    for (let f = 0; f < times.length; f++) this.#counts[verdicts.findings[f]!.outcome] += times[f]!;
  }

  /** Whether how it ended is durably recorded; if not, a sweep will find it open and mark it `unknown`. */
  async close(ending: Ending): Promise<boolean> {
    if (this.#closed) return false;
    this.#closed = true;
    const closed: Closed = {
      type: "closed",
      exchange: this.id,
      position: this.#position,
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
    for (const entry of this.#pending.splice(0, count)) {
      if (entry.type !== "decided" || entry.items === null) continue;
      this.#acknowledged = Math.max(this.#acknowledged, entry.items[1] + 1);
    }
    this.#pendingChars = 0;
  }
}

/** At most about. */
function charsOf({ account, conversation, consents }: Finding): number {
  const ids = (account?.length ?? 0) + (conversation?.length ?? 0);
  return consents.reduce((sum, id) => sum + id.length + 3, ids + 150);
}
