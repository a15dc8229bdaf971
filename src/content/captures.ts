/** Where in a record the values are that a plan asked for. Offsets only: nothing is decoded or copied here. */

import { LOWER_F, LOWER_N, LOWER_T, QUOTE } from "./ascii.ts";

export const TOKEN = { string: 1, number: 2, true: 3, false: 4, null: 5, object: 6, array: 7 } as const;

const INITIAL = 16;
const NOTHING = new DataView(new ArrayBuffer(0));

/**
 * The values found for each slot, in the order of the record, as chains through arrays that are used again for each
 * record: `for (let v = captures.first[slot]!; v >= 0; v = captures.next[v]!)`. A value is `bytes[start[v], end[v])`,
 * a string's quotes included.
 */
export class Captures {
  readonly first: Int32Array;
  readonly #last: Int32Array;
  next = new Int32Array(INITIAL);
  start = new Int32Array(INITIAL);
  end = new Int32Array(INITIAL);
  /** One of `TOKEN`. */
  token = new Uint8Array(INITIAL);
  /** The bytes at hand, to be read several at a time: while a framing cuts them, and no longer. */
  view: DataView = NOTHING;
  /**
   * Where what the record says is kept, by whoever has recognised it, and the number it was given when it was put there, which nothing else ever
   * has; 0: it is not kept.
   */
  place = 0;
  number = 0;
  #count = 0;

  constructor(slots: number) {
    this.first = new Int32Array(slots).fill(-1);
    this.#last = new Int32Array(slots);
  }

  clear(): void {
    this.number = 0;
    if (this.#count === 0) return;
    this.#count = 0;
    this.first.fill(-1);
  }

  says(place: number, number: number): void {
    this.place = place;
    this.number = number;
  }

  /** Before and after bytes are cut. */
  hold(bytes: Uint8Array): void {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  letGo(): void {
    this.view = NOTHING;
  }

  add(slot: number, token: number, start: number, end: number): void {
    const value = this.#count++;
    if (value === this.next.length) this.#grow();
    this.token[value] = token;
    this.start[value] = start;
    this.end[value] = end;
    this.next[value] = -1;
    if (this.first[slot]! < 0) this.first[slot] = value;
    else this.next[this.#last[slot]!] = value;
    this.#last[slot] = value;
  }

  #grow(): void {
    const size = this.next.length * 2;
    const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const bigger = new Int32Array(size);
      bigger.set(old);
      return bigger;
    };
    this.next = grown(this.next);
    this.start = grown(this.start);
    this.end = grown(this.end);
    const token = new Uint8Array(size);
    token.set(this.token);
    this.token = token;
  }
}

/** Of a value that is no object and no array, by its first byte. */
export function tokenAt(bytes: Uint8Array, start: number): number {
  switch (bytes[start]) {
    case QUOTE:
      return TOKEN.string;
    case LOWER_T:
      return TOKEN.true;
    case LOWER_F:
      return TOKEN.false;
    case LOWER_N:
      return TOKEN.null;
    default:
      return TOKEN.number;
  }
}
