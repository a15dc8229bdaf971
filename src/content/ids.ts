/** Ids in a record: 1 to 256 printable ASCII characters, compared byte for byte (contract, section 9). */
import { Buffer } from "node:buffer";
import { LIMITS } from "../config/limits.ts";
import { stringText } from "./json/string.ts";
import { hasEscape } from "./words.ts";

/** A stream repeats few accounts, conversations and speakers many times: each is decoded once, then recognised by its bytes. */
const REMEMBERED = 4096;

/** Ids of 4 to 64 characters are remembered; few are shorter or longer. In words of four, the last of which may overlap the one before. */
const WORDS = 16;
const CHARS_MIN = 4;
const CHARS_MAX = 4 * WORDS;

/** Without a view of its own for each id. */
const { latin1Slice } = Buffer.prototype as Buffer & {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

/** Keeps ids it has read, never what they mean: one may serve all routes. */
export class IdReader {
  readonly #ids: (string | null)[] = new Array(REMEMBERED).fill(null);
  readonly #words = new Int32Array(REMEMBERED * WORDS);
  #turn = 0;

  /** `bytes[start, end)`, which `view` has too, is a proven string without its quotes; null: not an id. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): string | null {
    const length = end - start;
    if (length < CHARS_MIN || length > CHARS_MAX) return idOf(bytes, start, end);
    const last = end - 4;
    let hash = length;
    for (let i = start; i < last; i += 4) hash = Math.imul(hash ^ view.getInt32(i, true), 0x9e3779b1);
    hash = Math.imul(hash ^ view.getInt32(last, true), 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    const place = hash >>> 20;
    if (this.#is(place, view, start, last, length)) return this.#ids[place]!;
    if (this.#is(place ^ 1, view, start, last, length)) return this.#ids[place ^ 1]!;
    const id = idOf(bytes, start, end);
    if (id !== null && id.length === length) this.#remember(id, place, view, start, last);
    return id;
  }

  #is(place: number, view: DataView, start: number, last: number, length: number): boolean {
    const known = this.#ids[place]!;
    if (known === null || known.length !== length) return false;
    let w = place * WORDS;
    for (let i = start; i < last; i += 4) if (this.#words[w++] !== view.getInt32(i, true)) return false;
    return this.#words[w] === view.getInt32(last, true);
  }

  /** In either of two places, in turn, so that two ids in each other's way do not push each other out. */
  #remember(id: string, place: number, view: DataView, start: number, last: number): void {
    this.#turn ^= 1;
    const free = this.#ids[place] === null ? place : this.#ids[place ^ 1] === null ? place ^ 1 : -1;
    const chosen = free < 0 ? place ^ this.#turn : free;
    this.#ids[chosen] = id;
    let w = chosen * WORDS;
    for (let i = start; i < last; i += 4) this.#words[w++] = view.getInt32(i, true);
    this.#words[w] = view.getInt32(last, true);
  }
}

function idOf(bytes: Uint8Array, start: number, end: number): string | null {
  if (end === start) return null;
  if (end - start > LIMITS.id_chars_max) return escapedId(bytes, start, end);
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c === 0x5c) return escapedId(bytes, start, end);
    if (c < 0x21 || c > 0x7e) return null;
  }
  return latin1Slice.call(bytes, start, end);
}

function escapedId(bytes: Uint8Array, start: number, end: number): string | null {
  if (end - start > LIMITS.id_chars_max * 6 || !hasEscape(bytes, start, end)) return null;
  return readId(stringText(bytes, start, end));
}

/** The same of text that stands outside JSON, where nothing is escaped. */
export function readId(text: string): string | null {
  return /^[\x21-\x7e]+$/.test(text) && text.length <= LIMITS.id_chars_max ? text : null;
}
