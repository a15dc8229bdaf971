/** What is kept of each record of a window while it is there: numbers in columns, since thousands of objects weigh more than their bytes. */
import type { Span } from "../content/envelope.ts";
import { type Alikes, PLACES, ROW } from "../content/framing.ts";
import type { Claim } from "../content/shape.ts";
import type { ContentItem, Instant } from "../decision/model.ts";

const INITIAL = 64;
const UNREADABLE = Number.POSITIVE_INFINITY;
const NONE = -1;

export class Columns {
  /** What the window's records say, each once. */
  claims: Claim[] = [];
  count = 0;
  /** Where the last record ends, with all that came around it; 0: there is none. */
  end = 0;
  /** For record i, the bytes that may leave are those of the window from `starts[i]` to before `ends[i]`, and it says `claims[said[i]]`. */
  starts = new Int32Array(INITIAL);
  ends = new Int32Array(INITIAL);
  said = new Int32Array(INITIAL);
  /** NaN: none. */
  #from = new Float64Array(INITIAL);
  /** NaN: none. null: no record has any. */
  #until: Float64Array | null = null;
  readonly #known = new Map<Claim, number>();
  /** By place, of records that are recognised: their number, what they say, and which of their values says when. Of no length: none has been. */
  #numbers = new Int32Array(0);
  #placed = new Int32Array(0);
  #times = new Int32Array(0);

  /** Forgets everything but its memory, which another window may use. */
  clear(): void {
    this.count = 0;
    this.end = 0;
    this.claims = [];
    this.#until = null;
    this.#known.clear();
    this.#numbers.fill(0);
  }

  /** Whether nobody in the window has said the same. `inner`: what of the record may leave; null: all of it. */
  add(bytes: Uint8Array, start: number, end: number, claim: Claim, inner: Span | null = null): boolean {
    const i = this.#next(inner?.start ?? start, inner?.end ?? end);
    this.end = end;
    const { times } = claim;
    this.#from[i] = times?.capturedAt(bytes) ?? Number.NaN;
    const until = times === null ? null : times.capturedUntil(bytes);
    if (until !== null || this.#until !== null) {
      this.#until ??= new Float64Array(this.starts.length).fill(Number.NaN);
      this.#until[i] = until === null ? Number.NaN : until === "unreadable" ? UNREADABLE : until;
    }
    const known = this.#known.get(claim);
    this.said[i] = known ?? this.claims.length;
    if (known !== undefined) return false;
    this.#known.set(claim, this.claims.length);
    this.claims.push(claim);
    return true;
  }

  /** The record added last was that in this row: what others like it say is known from now on. */
  expect(alikes: Alikes, row: number): void {
    const said = this.said[this.count - 1]!;
    const { times } = this.claims[said]!;
    const number = alikes.rows[row * alikes.stride + ROW.number]!;
    if (number === 0 || times === null || times.single === null) return;
    const { slot, without } = times.single;
    const index = alikes.indexOf(row, slot);
    if (index < NONE || alikes.indexOf(row, without) !== NONE) return;
    if (this.#numbers.length === 0) {
      this.#numbers = new Int32Array(PLACES);
      this.#placed = new Int32Array(PLACES);
      this.#times = new Int32Array(PLACES);
    }
    const place = alikes.rows[row * alikes.stride + ROW.place]!;
    this.#numbers[place] = number;
    this.#placed[place] = said;
    this.#times[place] = index;
  }

  /** Adds the records in the rows from `first` to before `to` that are like one that was expected; returns the first row that is not. */
  addAlikes(bytes: Uint8Array, { rows, stride, from }: Alikes, first: number, to: number): number {
    if (this.#numbers.length === 0) return first;
    let row = first;
    for (; row < to; row++) {
      const at = row * stride;
      const place = rows[at + ROW.place]!;
      const number = rows[at + ROW.number]!;
      if (number === 0 || this.#numbers[place] !== number) break;
      const i = this.#next(from + rows[at + ROW.start]!, from + rows[at + ROW.end]!);
      const said = this.#placed[place]!;
      this.said[i] = said;
      const index = this.#times[place]!;
      const value = at + ROW.values + 2 * index;
      const single = this.claims[said]!.times!.single!;
      const captured =
        index === NONE ? null : single.instantOf(bytes, from + rows[value]!, from + rows[value + 1]!);
      this.#from[i] = captured ?? Number.NaN;
    }
    if (row > first) this.end = this.ends[this.count - 1]!;
    return row;
  }

  #next(start: number, end: number): number {
    const i = this.count++;
    if (i === this.starts.length) this.#grow();
    this.starts[i] = start;
    this.ends[i] = end;
    return i;
  }

  capturedAt(i: number): Instant | null {
    const at = this.#from[i]!;
    return Number.isNaN(at) ? null : at;
  }

  capturedUntil(i: number): ContentItem["capturedUntil"] {
    const until = this.#until === null ? Number.NaN : this.#until[i]!;
    return Number.isNaN(until) ? null : until === UNREADABLE ? "unreadable" : until;
  }

  /** Whether the records from `from` to `to` lie one `separator` apart. */
  adjoin(bytes: Uint8Array, from: number, to: number, separator: number): boolean {
    for (let i = from + 1; i <= to; i++) {
      const end = this.ends[i - 1]!;
      if (this.starts[i] !== end + 1 || bytes[end] !== separator) return false;
    }
    return true;
  }

  #grow(): void {
    const size = this.starts.length * 2;
    const ints = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const bigger = new Int32Array(size);
      bigger.set(old);
      return bigger;
    };
    const floats = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const bigger = new Float64Array(size).fill(Number.NaN, old.length);
      bigger.set(old);
      return bigger;
    };
    this.starts = ints(this.starts);
    this.ends = ints(this.ends);
    this.said = ints(this.said);
    this.#from = floats(this.#from);
    if (this.#until !== null) this.#until = floats(this.#until);
  }
}
