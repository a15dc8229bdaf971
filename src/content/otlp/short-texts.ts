/** The short strings of one body as text: names and keys repeat many times, and are decoded once. */

/** No rule holds for a longer text, and no key of the list is longer. */
const CHARS_MAX = 128;

/** A power of two: a body has some dozens of names and keys. */
const REMEMBERED = 512;

const decoder = new TextDecoder("latin1");

export class ShortTexts {
  readonly #texts: string[] = new Array(REMEMBERED).fill("");

  /** `bytes[start, end)` as text if it is short and printable ASCII; else null, which no rule holds for. */
  read(bytes: Uint8Array, start: number, end: number): string | null {
    if (end - start > CHARS_MAX) return null;
    let hash = end - start;
    for (let i = start; i < end; i++) {
      const c = bytes[i]!;
      if (c < 0x20 || c > 0x7e) return null;
      hash = Math.imul(hash ^ c, 0x01000193);
    }
    const place = (hash ^ (hash >>> 15)) & (REMEMBERED - 1);
    const known = this.#texts[place]!;
    if (is(known, bytes, start, end)) return known;
    const text = decoder.decode(bytes.subarray(start, end));
    this.#texts[place] = text;
    return text;
  }
}

function is(known: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
