/**
 * What is recorded of an exchange: `opened`, then `decided` for each window, then `closed`.
 * Never content: ids of consents, counts, index ranges, keyed digests, reasons. Pure.
 */
import type { Reason } from "../decision/model.ts";

/** What was done with an item. */
export type ItemOutcome = "forwarded" | "stripped" | "dropped" | "rejected";

/**
 * How an exchange ended. `forwarded`: the upstream took what was due. `dropped`: nothing was left to forward. `rejected`:
 * consent refused the body. `refused`: the request was bad, and nothing left. `failed`: the gate or the upstream failed, and it shows.
 * `aborted`: cut after the first byte left. `unknown`: nobody can say what the upstream kept.
 */
export type ExchangeOutcome =
  | "forwarded"
  | "dropped"
  | "rejected"
  | "refused"
  | "failed"
  | "aborted"
  | "unknown";

/** Endings in which the upstream has not confirmed what had left. */
export const UNCONFIRMED: readonly ExchangeOutcome[] = ["aborted", "unknown"];

export interface Opened {
  readonly type: "opened";
  readonly exchange: string;
  /** Entries of an exchange are numbered from 0. */
  readonly position: number;
  readonly at: number;
  readonly route: string;
  readonly purpose: string;
  readonly producer: string;
  readonly key_id: string;
  readonly config_digest: string;
  /** How old the consent state may have been, ms, where a cache served it; absent or null: there was none, and reads were strict. */
  readonly cache_ms_max?: number | null;
}

/** First and last index of a run of items, both inclusive, counted from 0 over the whole body. */
export type IndexRange = readonly [first: number, last: number];

export interface Decided {
  readonly type: "decided";
  readonly exchange: string;
  readonly position: number;
  readonly at: number;
  /** The items of the window; null: it held none. */
  readonly items: IndexRange | null;
  /** How often this window has been decided: a higher number replaces what lower ones said of it. */
  readonly round: number;
  /** Each is named once in an exchange, or again after a while, and referred to by its number: these are numbered from `findings_from` on. */
  readonly findings_from: number;
  readonly findings: readonly Finding[];
  /**
   * What was found of the items, in their order: the number of a finding, how many items in a row it is of, and so on in turn. Findings that
   * fill several entries are followed by one that has the runs; the others have none.
   */
  readonly runs: readonly number[];
}

/** What was decided of one item or of many. */
export interface Finding {
  /** null: none was claimed, or the state knows none of that id. */
  readonly account: string | null;
  readonly conversation: string | null;
  readonly outcome: ItemOutcome;
  readonly reason: Reason;
  /** Those that a forwarded item rests on. */
  readonly consents: readonly string[];
}

export interface Closed {
  readonly type: "closed";
  readonly exchange: string;
  readonly position: number;
  readonly at: number;
  readonly outcome: ExchangeOutcome;
  /** A fault code when it did not go well. */
  readonly fault: string | null;
  readonly upstream_status: number | null;
  /** Whether the upstream saw a complete request; null: cannot be known. */
  readonly upstream_complete: boolean | null;
  /** Of the items that were dealt with. */
  readonly counts: Readonly<Record<ItemOutcome, number>>;
  /** The items before this index were dealt with as decided, and what of them left was taken by the upstream. */
  readonly settled: number;
  /** From `settled` to before this index, what was decided may or may not have left; from here on, nothing did. */
  readonly in_doubt: number;
  readonly received: Measure;
  readonly sent: Measure;
}

/** Length in bytes and HMAC-SHA-256 (base64url) of its SHA-256; null where the gate did not see the bytes. */
export interface Measure {
  readonly bytes: number | null;
  readonly digest: string | null;
}

export type Entry = Opened | Decided | Closed;
