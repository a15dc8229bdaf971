/** Ids in a record: 1 to 256 printable ASCII characters, compared byte for byte (contract, section 9). */
import { LIMITS } from "../config/limits.ts";
import { stringText } from "./json-string.ts";
import { hasEscape } from "./words.ts";

/** A stream repeats few accounts, conversations and speakers many times: each is decoded once, then recognised. */
const REMEMBERED = 256;

const decoder = new TextDecoder();

export class IdReader {
  readonly #remembered: (string | null)[] = new Array(REMEMBERED).fill(null);

  /** `bytes[start, end)` is a proven string without its quotes; null: not an id. */
  read(bytes: Uint8Array, start: number, end: number): string | null {
    const length = end - start;
    if (length === 0) return null;
    if (length > LIMITS.id_chars_max) return escapedId(bytes, start, end);
    let hash = length;
    for (let i = start; i < end; i++) {
      const c = bytes[i]!;
      if (c === 0x5c) return escapedId(bytes, start, end);
      if (c < 0x21 || c > 0x7e) return null;
      hash = Math.imul(hash, 31) + c;
    }
    const place = (hash ^ (hash >>> 15)) & (REMEMBERED - 1);
    const known = this.#remembered[place]!;
    if (known !== null && known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === bytes[start + i]) i++;
      if (i === length) return known;
    }
    const id = decoder.decode(bytes.subarray(start, end));
    this.#remembered[place] = id;
    return id;
  }
}

function escapedId(bytes: Uint8Array, start: number, end: number): string | null {
  if (end - start > LIMITS.id_chars_max * 6 || !hasEscape(bytes, start, end)) return null;
  const text = stringText(bytes, start, end);
  return /^[\x21-\x7e]+$/.test(text) && text.length <= LIMITS.id_chars_max ? text : null;
}
