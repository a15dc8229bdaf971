/** One JSON object a line (NDJSON, JSONL). Only LF or CRLF end a record; blank lines are skipped. */
import { CR, LF, SPACE, TAB } from "./ascii.ts";
import type { ContentFault, ContentFaultCode } from "./fault.ts";
import { type Alikes, type Framing, type OnAlikes, type OnRecord, ROW } from "./framing.ts";
import { JsonScanner } from "./json/scan.ts";
import type { Plan } from "./pointer.ts";
import { recordStart } from "./record-start.ts";
import { faultCode, faultResult, NEED_MORE, SYNTAX, TOO_LARGE } from "./scan-result.ts";
import { Utf8Proof } from "./utf8.ts";

/** An unfinished line up to this long is scanned again whenever more of it comes; a longer one once it may be whole. */
const EAGER_BYTES = 4096;

const TRUNCATED = faultResult("body_truncated");
const NOT_UTF8 = faultResult("json_utf8");

export class NdjsonFraming implements Framing {
  readonly opening = new Uint8Array(0);
  readonly separator = LF;
  readonly closing = Uint8Array.of(LF);
  readonly mediaType = "application/x-ndjson";
  readonly #plan: Plan;
  readonly #scanner: JsonScanner;
  readonly #recordBytesMax: number;
  readonly #utf8 = new Utf8Proof();
  #index = 0;
  /** Bytes of an unfinished line already looked at. */
  #pending = 0;
  /** Whether no more records are taken for now. */
  #stopped = false;

  constructor(plan: Plan, recordBytesMax: number) {
    this.#plan = plan;
    this.#scanner = new JsonScanner(plan, true);
    this.#recordBytesMax = recordBytesMax;
  }

  cut(
    bytes: Uint8Array,
    from: number,
    to: number,
    last: boolean,
    onRecord: OnRecord,
    onAlikes: OnAlikes = (_bytes, _alikes, row) => row,
  ): number | ContentFault {
    if (!last && !this.#worthScanning(bytes, from, to)) return from;
    this.#utf8.begin(bytes, from, to);
    this.#plan.captures.hold(bytes);
    this.#plan.skeletons?.begin(bytes);
    try {
      return this.#cut(bytes, from, to, last, onRecord, onAlikes);
    } finally {
      this.#plan.captures.letGo();
      this.#plan.skeletons?.letGo();
    }
  }

  #cut(
    bytes: Uint8Array,
    from: number,
    to: number,
    last: boolean,
    onRecord: OnRecord,
    onAlikes: OnAlikes,
  ): number | ContentFault {
    this.#stopped = false;
    this.#pending = 0;
    let i = from;
    for (;;) {
      i = blankEnd(bytes, i, to);
      if (i === to) return last && this.#index === 0 ? this.#fault("body_empty") : to;
      const known = this.#known(bytes, i, to, onRecord, onAlikes);
      if (this.#stopped) return known;
      if (known > i) {
        i = known;
        continue;
      }
      const end = this.#recordEnd(bytes, i, to, last);
      const next = end < 0 ? end : this.#lineEnd(bytes, i, end, to, last);
      if (next === NEED_MORE) {
        this.#pending = to - i;
        return i;
      }
      if (next < 0) return this.#fault(faultCode(next));
      if (!this.#utf8.holds(bytes, i, end)) return this.#fault(faultCode(NOT_UTF8));
      if (this.#index > 0) this.#plan.skeletons?.learn(bytes, i, end);
      this.#index++;
      const more = onRecord(bytes, i, end);
      i = next;
      if (!more) return i;
    }
  }

  /**
   * Takes the records at `from` that are like others before them, and returns the offset after them. Of one that is too large or no UTF-8 the
   * scanner says so.
   */
  #known(bytes: Uint8Array, from: number, to: number, onRecord: OnRecord, onAlikes: OnAlikes): number {
    const { skeletons } = this.#plan;
    if (skeletons === null) return from;
    const sound = this.#soundRows(bytes, skeletons, skeletons.match(from, to));
    let i = from;
    for (let row = 0; row < sound && !this.#stopped; ) {
      let next = onAlikes(bytes, skeletons, row, sound);
      if (next < 0) {
        next = ~next;
        this.#stopped = true;
      } else if (next < sound) {
        skeletons.capture(next);
        this.#stopped = !onRecord(bytes, skeletons.startOf(next), skeletons.endOf(next));
        next++;
      }
      if (next === row) break;
      this.#index += next - row;
      row = next;
      const end = skeletons.endOf(row - 1);
      i = end + (bytes[end] === LF ? 1 : 2);
    }
    return i;
  }

  /** How many rows there are before one that is too large or no UTF-8. */
  #soundRows(bytes: Uint8Array, { rows, stride, from }: Alikes, count: number): number {
    let row = 0;
    for (let at = 0; row < count; row++, at += stride) {
      const start = from + rows[at + ROW.start]!;
      const end = from + rows[at + ROW.end]!;
      if (end - start > this.#recordBytesMax || !this.#utf8.holds(bytes, start, end)) break;
    }
    return row;
  }

  /** An unfinished line can only end, well or badly, at a line break, at its size limit or with the body. */
  #worthScanning(bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    if (this.#pending === 0 || length < EAGER_BYTES || length >= this.#recordBytesMax) return true;
    if (bytes.subarray(from + this.#pending, to).includes(LF)) return true;
    this.#pending = length;
    return false;
  }

  #recordEnd(bytes: Uint8Array, start: number, to: number, last: boolean): number {
    if (bytes[start] === CR) return start + 1 < to || last ? SYNTAX : NEED_MORE;
    const opens = recordStart(bytes, start, to, last);
    if (opens < 0) return opens;
    const limit = start + this.#recordBytesMax;
    const end = this.#scanner.scan(bytes, start, Math.min(to, limit));
    if (end !== NEED_MORE) return end;
    if (to >= limit) return TOO_LARGE;
    return last ? TRUNCATED : NEED_MORE;
  }

  /** The offset after the line break that ends the record; white space before it counts towards the record's size. */
  #lineEnd(bytes: Uint8Array, start: number, end: number, to: number, last: boolean): number {
    let i = end;
    while (i < to && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
    if (i - start > this.#recordBytesMax) return TOO_LARGE;
    if (i === to) return last ? to : NEED_MORE;
    if (bytes[i] === LF) return i + 1;
    if (bytes[i] !== CR) return SYNTAX;
    if (i + 1 === to) return last ? SYNTAX : NEED_MORE;
    return bytes[i + 1] === LF ? i + 2 : SYNTAX;
  }

  #fault(fault: ContentFaultCode): ContentFault {
    return { fault, index: this.#index };
  }
}

/** Past white space and whole line breaks; a CR is one only before LF. */
function blankEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  for (; i < to; i++) {
    const c = bytes[i];
    if (c === LF || c === SPACE || c === TAB) continue;
    if (c !== CR || i + 1 === to || bytes[i + 1] !== LF) break;
  }
  return i;
}
