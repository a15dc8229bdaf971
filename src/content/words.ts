/** Whether a string token is one of a few known words. Exact: no case folding, no trimming. */
import { BACKSLASH } from "./ascii.ts";
import { stringText } from "./json/string.ts";

const encoder = new TextEncoder();

export class Words {
  readonly #words: readonly string[];
  readonly #bytes: readonly Uint8Array[];
  /** Whether a string that equals the word byte for byte stands for another. */
  readonly #escaped: readonly boolean[];

  constructor(words: readonly string[]) {
    this.#words = words;
    this.#bytes = words.map((word) => encoder.encode(word));
    this.#escaped = words.map((word) => word.includes("\\"));
  }

  /** The index of the word that `bytes[start, end)`, a proven string without its quotes, stands for; -1: none. */
  indexOf(bytes: Uint8Array, start: number, end: number): number {
    const known = this.indexOfRaw(bytes, start, end);
    if (known >= 0 || !hasEscape(bytes, start, end)) return known;
    return this.#words.indexOf(stringText(bytes, start, end));
  }

  /** The same, but a string with an escape is none of them. */
  indexOfRaw(bytes: Uint8Array, start: number, end: number): number {
    for (let w = 0; w < this.#bytes.length; w++) {
      const word = this.#bytes[w]!;
      if (word.length !== end - start) continue;
      let i = 0;
      while (i < word.length && word[i] === bytes[start + i]) i++;
      if (i === word.length) return this.#escaped[w] ? -1 : w;
    }
    return -1;
  }
}

export function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}
