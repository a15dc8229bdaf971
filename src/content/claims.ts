/**
 * Records of a stream say the same again and again: who, where, of what kind. What two have said is recognised by its bytes in a third, and not
 * read again; what only one says is not kept, since a stream may hold millions of them. Keeps what records say of themselves, never what is decided of them, and nothing of when they were captured.
 */
import type { Captures } from "./captures.ts";
import { PLACES } from "./framing.ts";

const REMEMBERED = 4096;
/** What is remembered of one record, in words of four bytes: how it is keyed. Longer claims are read each time. */
const WORDS = 40;
/** Of what else a claim depends on. */
const MORE_MAX = 3;

/** A slot whose bytes say something, or one of which it only matters whether there is anything. */
export interface KeySlot {
  readonly slot: number;
  readonly presence: boolean;
}

export class Claims<T extends object> {
  readonly #captures: Captures;
  readonly #slots: readonly KeySlot[];
  /** null: said once so far, or never. */
  #claims: (T | null)[] = [];
  #words = new Int32Array(0);
  readonly #key = new Int32Array(WORDS);
  #length = 0;
  #place = 0;
  /** Where the record looked for stands as one that was said once; -1: nowhere. */
  #seen = -1;
  #turn = 0;
  /** The same of records that were recognised as they were found, by the place they were given, and the numbers given with it. */
  #placed: (T | null)[] = [];
  #numbers = new Int32Array(0);

  /** Records whose values in `slots` are the same bytes say the same. */
  constructor(captures: Captures, slots: readonly KeySlot[]) {
    this.#captures = captures;
    this.#slots = slots;
  }

  /** What a record with the values just captured said; null: none that is remembered. `more`: what else it depends on, 0 to 2. */
  find(bytes: Uint8Array, more: number): T | null {
    const { place, number } = this.#captures;
    if (number === 0) return this.#find(bytes, more);
    const at = more * PLACES + place;
    if (this.#numbers[at] === number) return this.#placed[at]!;
    const claim = this.#find(bytes, more);
    if (claim === null) return null;
    if (this.#placed.length === 0) {
      this.#placed = new Array(PLACES * MORE_MAX).fill(null);
      this.#numbers = new Int32Array(PLACES * MORE_MAX);
    }
    this.#placed[at] = claim;
    this.#numbers[at] = number;
    return claim;
  }

  #find(bytes: Uint8Array, more: number): T | null {
    this.#length = this.#measure(bytes, more);
    this.#seen = -1;
    if (this.#length === 0) return null;
    const key = this.#key;
    let hash = this.#length;
    for (let w = 0; w < this.#length; w++) {
      hash = Math.imul(hash ^ key[w]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0x85ebca6b);
    this.#place = hash >>> 20;
    const found = this.#is(this.#place) ? this.#place : this.#is(this.#place ^ 1) ? this.#place ^ 1 : -1;
    if (found < 0) return null;
    const claim = this.#claims[found]!;
    if (claim === null) this.#seen = found;
    return claim;
  }

  /** What the record just looked for says, if it is one that can be remembered. */
  remember(claim: T): void {
    if (this.#length === 0) return;
    if (this.#claims.length === 0) {
      this.#claims = new Array(REMEMBERED).fill(null);
      this.#words = new Int32Array(REMEMBERED * (WORDS + 1));
      return;
    }
    if (this.#seen >= 0) {
      this.#claims[this.#seen] = claim;
      return;
    }
    // In either of two places, in turn, so that two in each other's way do not push each other out.
    this.#turn ^= 1;
    const free = this.#isFree(this.#place) ? 0 : this.#isFree(this.#place ^ 1) ? 1 : -1;
    const chosen = this.#place ^ (free < 0 ? this.#turn : free);
    this.#claims[chosen] = null;
    const at = chosen * (WORDS + 1);
    this.#words[at] = this.#length;
    this.#words.set(this.#key.subarray(0, this.#length), at + 1);
  }

  #isFree(place: number): boolean {
    return this.#words[place * (WORDS + 1)] === 0;
  }

  #is(place: number): boolean {
    const at = place * (WORDS + 1);
    if (this.#words[at] !== this.#length) return false;
    for (let w = 0; w < this.#length; w++) if (this.#words[at + 1 + w] !== this.#key[w]) return false;
    return true;
  }

  /**
   * Writes the key: for each slot a word that says of what type and length its value is, then its bytes; 0 for none. Returns its length,
   * words; 0: the record cannot be keyed, since a slot has several values or all are too long.
   */
  #measure(bytes: Uint8Array, more: number): number {
    const { first, next, token, start, end, view } = this.#captures;
    const key = this.#key;
    key[0] = more;
    let length = 1;
    for (let s = 0; s < this.#slots.length; s++) {
      const { slot, presence } = this.#slots[s]!;
      const value = first[slot]!;
      if (length === WORDS) return 0;
      if (value < 0 || presence) {
        key[length++] = value < 0 ? 0 : 1;
        continue;
      }
      if (next[value]! >= 0) return 0;
      const from = start[value]!;
      const size = end[value]! - from;
      if (length + 1 + ((size + 3) >> 2) > WORDS) return 0;
      key[length++] = (size << 3) | token[value]!;
      let i = from;
      for (const whole = from + size - 3; i < whole; i += 4) key[length++] = view.getInt32(i, true);
      if (i < from + size) {
        let rest = 0;
        for (; i < from + size; i++) rest = (rest << 8) | bytes[i]!;
        key[length++] = rest;
      }
    }
    return length;
  }
}
