/** What a proven record is made of besides its values, as `wasm/skeletons.ts` reads it. */
import { COLON, isDigit, LOWER_F, LOWER_N, LOWER_T, MINUS, QUOTE } from "../ascii.ts";
import { type Captures, TOKEN } from "../captures.ts";
import { spaceEnd, valueEnd } from "./walk.ts";

/** What comes after a literal: nothing, or a value of this type. */
const TYPE = { end: 0, string: 1, number: 2, word: 3 } as const;
/** What is done with the value: its offsets are noted; it is part of what the record says. */
const CAPTURED = 1;
const KEYED = 2;

/** Of a skeleton, and of each of its segments, bytes; literals are filled up to a multiple of as many. */
const HEAD_BYTES = 16;
/** What `wasm/skeletons.ts` has room for: bytes of a skeleton, and captured values of a record. */
export const SKELETON_BYTES = 8_192;
export const VALUES_MAX = 13;

export interface Skeleton {
  /** Whether what such records say can be kept, as an integer, 12 bytes unused, and the segments. */
  readonly bytes: Uint8Array;
  /** The slots of the values that are captured, in order. */
  readonly slots: readonly number[];
}

/** `bytes[start, end)` is the record just scanned; `keys`: the slots that hold what it says. null: it captures a list or an object, or is too large. */
export function skeletonOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  captures: Captures,
  keys: ReadonlySet<number>,
): Skeleton | null {
  const places = placesOf(captures);
  if (places === null || places.size > VALUES_MAX) return null;
  const out = new Uint8Array(SKELETON_BYTES);
  const integers = new DataView(out.buffer);
  const slots: number[] = [];
  let size = HEAD_BYTES;
  const put = (from: number, to: number, type: number, flags: number): boolean => {
    const padded = (to - from + HEAD_BYTES - 1) & -HEAD_BYTES;
    if (size + HEAD_BYTES + padded > SKELETON_BYTES) return false;
    integers.setInt32(size, to - from, true);
    integers.setInt32(size + 4, type, true);
    integers.setInt32(size + 8, flags, true);
    out.set(bytes.subarray(from, to), size + HEAD_BYTES);
    size += HEAD_BYTES + padded;
    return true;
  };
  let literal = start;
  for (let i = start; i < end; ) {
    const type = typeAt(bytes, i);
    if (type === TYPE.end) {
      i++;
      continue;
    }
    const after = valueEnd(bytes, i);
    const isKey = type === TYPE.string && bytes[spaceEnd(bytes, after)] === COLON;
    if (!isKey) {
      const slot = places.get(i);
      if (slot !== undefined) slots.push(slot);
      const flags = slot === undefined ? 0 : keys.has(slot) ? CAPTURED | KEYED : CAPTURED;
      if (!put(literal, i, type, flags)) return null;
      literal = after;
    }
    i = after;
  }
  if (!put(literal, end, TYPE.end, 0)) return null;
  const isSaidOnce = slots.every((slot, n) => !keys.has(slot) || slots.indexOf(slot) === n);
  integers.setInt32(0, isSaidOnce ? 1 : 0, true);
  return { bytes: out.subarray(0, size), slots };
}

/** The slots of captured values, by where they begin; null: one is a list or an object. */
function placesOf({ first, next, start, token }: Captures): Map<number, number> | null {
  const places = new Map<number, number>();
  for (let slot = 0; slot < first.length; slot++) {
    for (let v = first[slot]!; v >= 0; v = next[v]!) {
      if (token[v] === TOKEN.object || token[v] === TOKEN.array) return null;
      places.set(start[v]!, slot);
    }
  }
  return places;
}

/** Of the value that begins at `i`; `end`: none does. */
function typeAt(bytes: Uint8Array, i: number): number {
  const c = bytes[i]!;
  if (c === QUOTE) return TYPE.string;
  if (c === LOWER_T || c === LOWER_F || c === LOWER_N) return TYPE.word;
  return c === MINUS || isDigit(c) ? TYPE.number : TYPE.end;
}
