/**
 * Cut: bytes to windows of whole records. A window ends when it is full of bytes, records or keys, when it has waited long enough, or with
 * the body. The bytes of a fault's window never leave. Memory: two windows' buffers, used in turn.
 */
import { quiet, type Timeout, timeout } from "../base/deadline.ts";
import type { KeyedDigest } from "../base/digest.ts";
import { LIMITS } from "../config/limits.ts";
import type { Alikes, Framing } from "../content/framing.ts";
import type { RecordReader, Signal } from "../content/shape.ts";
import { KeySet } from "../rules/lookup-keys.ts";
import type { Body } from "./body.ts";
import { Columns } from "./columns.ts";
import { Fault } from "./fault.ts";

export interface Window {
  readonly bytes: Uint8Array;
  /** Index in the body of the first record. */
  readonly firstIndex: number;
  readonly columns: Columns;
  readonly keys: KeySet;
  /** Nothing comes after it. */
  readonly last: boolean;
  /** The digest of the body up to the window's last record, if all of it so far is records one separator apart; else null. */
  readonly asCame: KeyedDigest | null;
  /** What stands between two records. */
  readonly separator: number;
}

export class Windows {
  readonly #body: Body;
  readonly #framing: Framing;
  readonly #reader: RecordReader;
  readonly #signal: Signal;
  readonly #now: () => number;
  readonly #openedAt: number;
  /** Of the body as it is cut; null: it came in a coding, and is measured where it is read. */
  readonly #received: KeyedDigest | null;
  /** Whether the body so far is records one separator apart and nothing else. */
  #plain: boolean;
  /** What of the window being cut has been read. */
  #open: Uint8Array | null = null;
  /** Memory of windows that have been released. */
  readonly #spare: Uint8Array[] = [];
  readonly #spareColumns: Columns[] = [];
  #carry: Uint8Array = new Uint8Array(0);
  #pending: Promise<Uint8Array | null> | null = null;
  #ended = false;
  #records = 0;
  #total = 0;

  constructor(
    body: Body,
    framing: Framing,
    reader: RecordReader,
    signal: Signal,
    received: KeyedDigest | null,
    now: () => number,
  ) {
    this.#body = body;
    this.#framing = framing;
    this.#reader = reader;
    this.#signal = signal;
    this.#received = received;
    this.#plain = received !== null && framing.opening.length === 0;
    this.#now = now;
    this.#openedAt = now();
  }

  /** The next window; throws a `Fault`. Not to be called again after the last. */
  async next(): Promise<Window> {
    const enough = this.#enough();
    // The first window may be all there is: it begins small, and grows if it has to.
    const needed = this.#total === 0 ? 0 : Math.max(enough, this.#carry.length) + LIMITS.slice_bytes_max;
    let bytes = this.#spare.pop() ?? new Uint8Array(LIMITS.slice_bytes_max);
    if (bytes.length < needed) bytes = new Uint8Array(roomFor(needed));
    bytes.set(this.#carry);
    let filled = this.#carry.length;
    let consumed = 0;
    this.#carry = bytes.subarray(0, 0);
    const columns = this.#spareColumns.pop() ?? new Columns();
    const keys = new KeySet();
    const keysMax = this.#keysMax();
    const firstIndex = this.#records;
    const more = () => columns.count < LIMITS.window_records_max && !keys.isFull(keysMax);
    let unknown: { readonly alikes: Alikes; readonly row: number } | null = null;
    const onRecord = (source: Uint8Array, start: number, end: number): boolean => {
      const claim = this.#reader.claim(source, start, end, this.#signal);
      const inner = this.#reader.inner(start);
      if (inner !== null) this.#plain = false;
      if (columns.add(source, start, end, claim, inner)) for (const item of claim.items) keys.add(item);
      if (unknown !== null) columns.expect(unknown.alikes, unknown.row);
      unknown = null;
      return more();
    };
    const onAlikes = (source: Uint8Array, alikes: Alikes, row: number, to: number): number => {
      const room = LIMITS.window_records_max - columns.count;
      const next = columns.addAlikes(source, alikes, row, Math.min(to, row + room));
      if (!more()) return ~next;
      if (next < to) unknown = { alikes, row: next };
      return next;
    };
    const cut = (): void => {
      this.#open = bytes.subarray(0, filled);
      const result = this.#framing.cut(bytes, consumed, filled, this.#ended, onRecord, onAlikes);
      if (typeof result !== "number") throw new Fault(result.fault, result.index);
      consumed = result;
    };
    const patience = this.#patience();
    const closesAt = this.#now() + patience;

    if (filled > 0 || this.#ended) cut();
    // A window of which nothing is used up yet would come back as it is, for ever: a record that fills it may lack only what ends it.
    const isFull = () =>
      consumed > 0 &&
      (filled >= enough || columns.count >= LIMITS.window_records_max || keys.isFull(keysMax));
    // One timer for the window, not one for each piece: pieces come by the thousand.
    let closing: Timeout | null = null;
    while (!this.#ended && !isFull()) {
      this.#pending ??= quiet(this.#body.read());
      let piece: Uint8Array | null | undefined;
      if (columns.count === 0) piece = await this.#pending;
      else {
        const left = closesAt - this.#now();
        if (left <= 0) break;
        // Not longer than that after the clock has gone back.
        closing ??= timeout(Math.min(left, patience));
        piece = await Promise.race([this.#pending, closing.passed]);
      }
      if (piece === undefined) break;
      this.#pending = null;
      if (piece === null) {
        this.#ended = true;
      } else {
        if (filled + piece.length > bytes.length) bytes = grown(bytes, filled, filled + piece.length);
        bytes.set(piece, filled);
        filled += piece.length;
        this.#total += piece.length;
      }
      cut();
    }
    closing?.clear();
    this.#records += columns.count;
    const last = this.#ended && consumed >= filled;
    if (!last) this.#carry = bytes.slice(consumed, filled);
    const asCame = this.#measure(bytes, columns, consumed);
    this.#open = null;
    const { separator } = this.#framing;
    return { bytes, firstIndex, columns, keys, last, asCame, separator };
  }

  /** After a failure: measures what was read and not cut. */
  measureRest(): void {
    this.#received?.add(this.#open ?? this.#carry);
    this.#open = null;
    this.#carry = new Uint8Array(0);
  }

  #measure(bytes: Uint8Array, columns: Columns, consumed: number): KeyedDigest | null {
    if (this.#received === null) return null;
    const { end, count } = columns;
    this.#received.add(bytes.subarray(0, end));
    this.#plain &&= count > 0 && columns.starts[0] === 0;
    this.#plain &&= columns.adjoin(bytes, 0, count - 1, this.#framing.separator);
    const asCame = this.#plain ? this.#received.copy() : null;
    this.#received.add(bytes.subarray(end, consumed));
    this.#plain &&= consumed === end + 1;
    return asCame;
  }

  /** Gives a window's memory back: neither its bytes nor its columns may be used any more. */
  recycle({ bytes, columns }: Window): void {
    if (this.#spare.length === 2) return;
    this.#spare.push(bytes);
    columns.clear();
    this.#spareColumns.push(columns);
  }

  /** How many bytes fill a window: in proportion to the body so far, so that its windows stay few and small bodies take little memory. */
  #enough(): number {
    return Math.max(LIMITS.window_bytes_min, Math.min(this.#total / 4, LIMITS.window_bytes_max));
  }

  /** How many keys fill a window: in proportion to the records so far, so that those of few thousand people take little memory. */
  #keysMax(): number {
    return Math.max(LIMITS.window_keys_min, Math.min(this.#records / 25, LIMITS.window_keys_max));
  }

  /** How long a window waits for more, ms: in proportion to the age of the exchange, so that even a slow one stays within its D1 calls. */
  #patience(): number {
    return Math.max(LIMITS.window_ms_min, (this.#now() - this.#openedAt) / 20);
  }
}

function grown(bytes: Uint8Array, filled: number, needed: number): Uint8Array {
  const larger = new Uint8Array(roomFor(needed));
  larger.set(bytes.subarray(0, filled));
  return larger;
}

/** Windows grow with the body: with room to spare, few of them need memory of their own. */
function roomFor(needed: number): number {
  const most = LIMITS.window_bytes_max + LIMITS.slice_bytes_max;
  return Math.max(needed, Math.min(2 ** Math.ceil(Math.log2(needed)), most));
}
