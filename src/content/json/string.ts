/** String tokens: where one ends, and whether its escapes are sound. UTF-8 is proven elsewhere, for whole runs. */
import { BACKSLASH, LOWER_U, QUOTE } from "../ascii.ts";
import { NEED_MORE, SURROGATE, SYNTAX } from "../scan-result.ts";

/** 1 for what cannot stand in a string as it is: the quote, the backslash, control characters. */
export const SPECIAL = new Uint8Array(256).fill(1, 0, 0x20);
SPECIAL[QUOTE] = 1;
SPECIAL[BACKSLASH] = 1;

/** 1 for what makes an escape of two bytes after a backslash. */
const SHORT_ESCAPE = new Uint8Array(256);
for (const c of new TextEncoder().encode('"\\/bfnrt')) SHORT_ESCAPE[c] = 1;

/**
 * The first byte at or after `from` that is special, or `to`. Most bytes of a body pass through here, four at a time: `words` is the buffer
 * of `bytes` as 32-bit words (the first byte the lowest), `base` the offset of `bytes` in it. In each word, subtracting sets the high bit
 * of a byte below 0x20, of the quote (which the first XOR puts at 0x20, next to them) and of the backslash, unless the byte had it set
 * already; what is borrowed reaches only the bytes after such a one, so the lowest bit set is that of the first.
 */
export function plainEnd(
  bytes: Uint8Array,
  words: Int32Array,
  base: number,
  from: number,
  to: number,
): number {
  let i = from;
  while (i < to && ((base + i) & 3) !== 0) {
    if (SPECIAL[bytes[i]!] !== 0) return i;
    i++;
  }
  const first = (base + i) >> 2;
  const last = (base + to) >> 2;
  let w = first;
  while (w < last) {
    const x = words[w]!;
    const below = ((x ^ 0x02020202) - 0x21212121) | ((x ^ 0x5c5c5c5c) - 0x01010101);
    const marks = below & ~x & 0x80808080;
    if (marks !== 0) return i + ((w - first) << 2) + ((31 - Math.clz32(marks & -marks)) >> 3);
    w++;
  }
  if (w > first) i += (w - first) << 2;
  while (i < to && SPECIAL[bytes[i]!] === 0) i++;
  return i;
}

/** `from` is after the opening quote; returns the offset of the closing one, NEED_MORE or a fault. */
export function stringEnd(
  bytes: Uint8Array,
  words: Int32Array,
  base: number,
  from: number,
  to: number,
): number {
  let i = from;
  for (;;) {
    i = plainEnd(bytes, words, base, i, to);
    if (i >= to) return NEED_MORE;
    const c = bytes[i]!;
    if (c === QUOTE) return i;
    if (c !== BACKSLASH) return SYNTAX;
    if (i + 1 < to && SHORT_ESCAPE[bytes[i + 1]!] !== 0) i += 2;
    else {
      i = escapeEnd(bytes, i, to);
      if (i < 0) return i;
    }
  }
}

/** `from` is at a backslash; returns the offset after the escape (after both, of a surrogate pair), NEED_MORE or a fault. */
export function escapeEnd(bytes: Uint8Array, from: number, to: number): number {
  const i = from + 1;
  if (i >= to) return NEED_MORE;
  if (SHORT_ESCAPE[bytes[i]!] !== 0) return i + 1;
  if (bytes[i] !== LOWER_U) return SYNTAX;
  const unit = hexUnit(bytes, i + 1, to);
  if (unit < 0) return unit;
  if (unit < 0xd800 || unit > 0xdfff) return i + 5;
  if (unit > 0xdbff) return SURROGATE;
  if (i + 5 >= to) return NEED_MORE;
  if (bytes[i + 5] !== BACKSLASH) return SURROGATE;
  if (i + 6 >= to) return NEED_MORE;
  if (bytes[i + 6] !== LOWER_U) return SURROGATE;
  const low = hexUnit(bytes, i + 7, to);
  if (low < 0) return low;
  return low >= 0xdc00 && low <= 0xdfff ? i + 11 : SURROGATE;
}

/** Four hexadecimal digits as a number, NEED_MORE or a fault. */
function hexUnit(bytes: Uint8Array, from: number, to: number): number {
  let unit = 0;
  for (let i = from; i < from + 4; i++) {
    if (i >= to) return NEED_MORE;
    const digit = hexDigit(bytes[i]!);
    if (digit < 0) return SYNTAX;
    unit = unit * 16 + digit;
  }
  return unit;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** The text of a proven string token, its quotes left out. */
export function stringText(bytes: Uint8Array, start: number, end: number): string {
  const raw = decoder.decode(bytes.subarray(start, end));
  return raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
}
