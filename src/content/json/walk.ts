/** Steps over the tokens of a record that the scanner has proven; on anything else the offsets mean nothing. */
import { BACKSLASH, CLOSE_OBJECT, COMMA, LF, OPEN_ARRAY, OPEN_OBJECT, QUOTE, SPACE, TAB } from "../ascii.ts";

/** A string's first bytes are stepped over one by one, which for most strings is all; the rest is searched natively. */
const STEPPED_BYTES = 32;

export function spaceEnd(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i]! <= SPACE) i++;
  return i;
}

/** The same for bytes not proven: JSON's own white space only, and no further than `to`. */
export function spaceEndWithin(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to) {
    const c = bytes[i]!;
    if (c !== SPACE && c !== LF && c !== TAB && c !== 0x0d) break;
    i++;
  }
  return i;
}

/** `from` is at the opening quote; returns the offset after the closing one. */
export function stringTokenEnd(bytes: Uint8Array, from: number): number {
  let i = from + 1;
  for (const soon = i + STEPPED_BYTES; i < soon; ) {
    const c = bytes[i];
    if (c === QUOTE) return i + 1;
    i += c === BACKSLASH ? 2 : 1;
  }
  const known = i;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, i);
    let backslashes = quote;
    while (backslashes > known && bytes[backslashes - 1] === BACKSLASH) backslashes--;
    i = quote + 1;
    if (((quote - backslashes) & 1) === 0) return i;
  }
}

/** `from` is at the first byte of a value; returns the offset after it. */
export function valueEnd(bytes: Uint8Array, from: number): number {
  const c = bytes[from];
  if (c === QUOTE) return stringTokenEnd(bytes, from);
  if (c !== OPEN_OBJECT && c !== OPEN_ARRAY) return scalarEnd(bytes, from);
  let depth = 0;
  let i = from;
  for (;;) {
    const at = bytes[i]!;
    if (at === QUOTE) {
      i = stringTokenEnd(bytes, i);
      continue;
    }
    i++;
    if (at === OPEN_OBJECT || at === OPEN_ARRAY) depth++;
    else if (at === OPEN_OBJECT + 2 || at === OPEN_ARRAY + 2) {
      if (--depth === 0) return i;
    }
  }
}

/** The end of a number or word: what follows it is white space, a comma or a closing bracket. */
function scalarEnd(bytes: Uint8Array, from: number): number {
  let i = from;
  for (;;) {
    const c = bytes[i];
    if (c === undefined || c <= SPACE || c === COMMA || c === OPEN_ARRAY + 2 || c === CLOSE_OBJECT) return i;
    i++;
  }
}

/** `from` is at the opening bracket. Calls `onElement` with each element's offsets; returns the offset after the array. */
export function eachElement(
  bytes: Uint8Array,
  from: number,
  onElement: (start: number, end: number) => void,
): number {
  let i = spaceEnd(bytes, from + 1);
  if (bytes[i] === OPEN_ARRAY + 2) return i + 1;
  for (;;) {
    const end = valueEnd(bytes, i);
    onElement(i, end);
    i = spaceEnd(bytes, end);
    if (bytes[i] !== COMMA) return i + 1;
    i = spaceEnd(bytes, i + 1);
  }
}
