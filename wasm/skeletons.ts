/**
 * Finds the records of a stream that differ from one already proven in nothing but their values: the same skeleton, byte for byte, and in each
 * place a value of the same type, proven anew. AssemblyScript, for its vectors of 16 bytes; `npm run wasm` compiles it. Knows nothing of what a
 * value means. Whatever it does not recognise is left to the scanner, so that it may fall short, but never let pass what that would not.
 */

/** Addresses and sizes, bytes. What is loaded beyond a range is never believed: each range has 32 bytes to spare. */
const INPUT: i32 = 0;
export const INPUT_BYTES: i32 = 262144;
export const SKELETONS: i32 = INPUT + INPUT_BYTES + 32;
export const SKELETON_BYTES: i32 = 8192;
export const SKELETONS_MAX: i32 = 8;
export const ROWS: i32 = SKELETONS + SKELETONS_MAX * SKELETON_BYTES;
export const ROW_BYTES: i32 = 128;
const ROWS_MAX: i32 = 1024;
const KEY: i32 = ROWS + ROWS_MAX * ROW_BYTES;
const KEY_BYTES: i32 = 176;
const SAYINGS: i32 = KEY + KEY_BYTES + 32;
/** Length of the key, serial number, 8 bytes unused, the key. */
const SAYING_BYTES: i32 = 16 + KEY_BYTES;
const PLACE_BITS: i32 = 12;

/** A segment of a skeleton: length of its literal, type of the value after it, flags, unused; the literal, filled up to a multiple of 16. */
const SEGMENT_BYTES: i32 = 16;
/** 0: none, the record ends; 3: true, false or null. */
const STRING: i32 = 1;
const NUMBER: i32 = 2;
const CAPTURED: i32 = 1;
const KEYED: i32 = 2;

const NUMBER_CHARS_MAX: i32 = 300;
const TRUE: i32 = 0x65757274;
const NULL: i32 = 0x6c6c756e;
const FALS: i32 = 0x736c6166;

const MIX: u64 = ((<u64>0x9e3779b9) << 32) | <u64>0x7f4a7c15;

/** The skeleton of the last record found: most often that of the next. */
let latest: i32 = 0;
let serial: i32 = 0;
let turn: i32 = 0;

/**
 * Finds records in a row in memory from `from` to before `to`, each with its line break; `count`: of skeletons. Returns how many rows were written:
 * skeleton, start, end, place and serial number of what it says (0: not kept), and start and end of each captured value.
 */
export function match(from: i32, to: i32, count: i32): i32 {
  let i = from;
  for (let rows = 0; rows < ROWS_MAX; rows++) {
    const row = ROWS + rows * ROW_BYTES;
    let next = record(latest, i, to, row);
    for (let other = 0; next < 0 && other < count; other++) {
      if (other === latest) continue;
      next = record(other, i, to, row);
      if (next >= 0) latest = other;
    }
    if (next < 0) return rows;
    i = next;
  }
  return ROWS_MAX;
}

/** The offset after the record and its line break; below 0: it has another skeleton, or is not at hand as a whole. */
function record(skeleton: i32, from: i32, to: i32, row: i32): i32 {
  let segment = SKELETONS + skeleton * SKELETON_BYTES;
  const keyed = load<i32>(segment);
  const id = load<i32>(segment, 4);
  segment += SEGMENT_BYTES;
  let key = KEY;
  let value = row + 20;
  let i = from;
  for (;;) {
    const length = load<i32>(segment);
    if (!same(i, segment + SEGMENT_BYTES, length)) return -1;
    i += length;
    const type = load<i32>(segment, 4);
    if (type === 0) break;
    const start = i;
    if (type === STRING) i = stringEnd(i, to);
    else if (type === NUMBER) i = numberEnd(i, to);
    else i = wordEnd(i);
    if (i < 0) return -1;
    const flags = load<i32>(segment, 8);
    if (flags & CAPTURED) {
      store<i32>(value, start);
      store<i32>(value, i, 4);
      value += 8;
    }
    if (flags & KEYED) key = append(key, start, i);
    segment += SEGMENT_BYTES + ((length + 15) & ~15);
  }
  const next = lineEnd(i, to);
  if (next < 0) return -1;
  store<i32>(row, skeleton);
  store<i32>(row, from, 4);
  store<i32>(row, i, 8);
  store<i64>(row, keyed ? said(key, id) : 0, 12);
  return next;
}

function same(at: i32, literal: i32, length: i32): bool {
  let i = 0;
  for (; i + 16 <= length; i += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(at + i), v128.load(literal + i)))) return false;
  }
  const rest = (1 << (length - i)) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(at + i), v128.load(literal + i))) & rest) === rest;
}

function lineEnd(at: i32, to: i32): i32 {
  if (at >= to) return -1;
  const c = load<u8>(at);
  if (c === 0x0a) return at + 1;
  return c === 0x0d && at + 1 < to && load<u8>(at + 1) === 0x0a ? at + 2 : -1;
}

function stringEnd(from: i32, to: i32): i32 {
  if (load<u8>(from) !== 0x22) return -1;
  let i = from + 1;
  while (i < to) {
    const one = special(i);
    const two = special(i + 16);
    if (!v128.any_true(v128.or(one, two))) {
      i += 32;
      continue;
    }
    const marks = i8x16.bitmask(one) | (i8x16.bitmask(two) << 16);
    i += ctz(marks);
    const c = load<u8>(i);
    if (c === 0x22) return i + 1;
    if (c !== 0x5c) return -1;
    i = escapeEnd(i);
    if (i < 0) return -1;
  }
  return -1;
}

/** Marks what cannot stand in a string as it is: quotes, backslashes, control characters. */
function special(at: i32): v128 {
  const x = v128.load(at);
  return v128.or(
    v128.or(i8x16.eq(x, i8x16.splat(0x22)), i8x16.eq(x, i8x16.splat(0x5c))),
    i8x16.le_u(x, i8x16.splat(0x1f)),
  );
}

/** Surrogates are left to the scanner. */
function escapeEnd(at: i32): i32 {
  const c = load<u8>(at + 1);
  if (
    c === 0x22 ||
    c === 0x5c ||
    c === 0x2f ||
    c === 0x62 ||
    c === 0x66 ||
    c === 0x6e ||
    c === 0x72 ||
    c === 0x74
  )
    return at + 2;
  if (c !== 0x75) return -1;
  let unit = 0;
  for (let i = at + 2; i < at + 6; i++) {
    const digit = hexDigit(load<u8>(i));
    if (digit < 0) return -1;
    unit = (unit << 4) | digit;
  }
  return unit >= 0xd800 && unit <= 0xdfff ? -1 : at + 6;
}

function hexDigit(c: i32): i32 {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Without an exponent. */
function numberEnd(from: i32, to: i32): i32 {
  let i = from;
  if (load<u8>(i) === 0x2d) i++;
  if (load<u8>(i) === 0x30) i++;
  else {
    i = digitsEnd(i, to);
    if (i < 0) return -1;
  }
  if (load<u8>(i) === 0x2e) {
    i = digitsEnd(i + 1, to);
    if (i < 0) return -1;
  }
  return i - from > NUMBER_CHARS_MAX ? -1 : i;
}

function digitsEnd(from: i32, to: i32): i32 {
  let i = from;
  while (i < to && <u32>(load<u8>(i) - 0x30) <= 9) i++;
  return i === from ? -1 : i;
}

function wordEnd(at: i32): i32 {
  const four = load<i32>(at);
  if (four === TRUE || four === NULL) return at + 4;
  return four === FALS && load<u8>(at + 4) === 0x65 ? at + 5 : -1;
}

/** A value added to the key: its length, and its bytes. 0: too long to be kept. */
function append(key: i32, start: i32, end: i32): i32 {
  const length = end - start;
  if (key === 0 || key + 4 + length > KEY + KEY_BYTES) return 0;
  store<i32>(key, length);
  for (let i = 0; i < length; i += 16) v128.store(key + 4 + i, v128.load(start + i));
  return key + 4 + length;
}

/**
 * The place of what the key in memory says, and in the upper half the serial number of its being put there, which is never another's. In either of
 * two places, in turn, so that two in each other's way do not push each other out.
 */
function said(keyEnd: i32, skeleton: i32): i64 {
  if (keyEnd === 0) return 0;
  const length = keyEnd - KEY;
  v128.store(keyEnd, i64x2.splat(0));
  let hash: u64 = skeleton * 4096 + length;
  for (let i = 0; i < length; i += 8) {
    hash = (hash ^ load<u64>(KEY + i)) * MIX;
    hash ^= hash >> 29;
  }
  const place = <i32>(hash >> (64 - PLACE_BITS));
  const one = SAYINGS + place * SAYING_BYTES;
  if (isSaid(one, length, skeleton)) return numbered(place, load<i32>(one, 4));
  const other = SAYINGS + (place ^ 1) * SAYING_BYTES;
  if (isSaid(other, length, skeleton)) return numbered(place ^ 1, load<i32>(other, 4));
  if (serial === i32.MAX_VALUE) return 0;
  serial++;
  turn ^= 1;
  const chosen = load<i32>(one) === 0 ? place : load<i32>(other) === 0 ? place ^ 1 : place ^ turn;
  const at = SAYINGS + chosen * SAYING_BYTES;
  store<i32>(at, length);
  store<i32>(at, serial, 4);
  store<i32>(at, skeleton, 8);
  for (let i = 0; i < length; i += 16) v128.store(at + 16 + i, v128.load(KEY + i));
  return numbered(chosen, serial);
}

function numbered(place: i32, serial: i32): i64 {
  return ((<i64>serial) << 32) | <i64>place;
}

function isSaid(at: i32, length: i32, skeleton: i32): bool {
  if (load<i32>(at) !== length || load<i32>(at, 8) !== skeleton) return false;
  for (let i = 0; i < length; i += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(at + 16 + i), v128.load(KEY + i)))) return false;
  }
  return true;
}
