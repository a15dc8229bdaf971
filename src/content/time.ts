/** Instants as records write them, to Unix milliseconds. No clock. Strict: what is not surely an instant is NaN. */
import { DIGIT_0, DOT, isDigit, MINUS, PLUS } from "./ascii.ts";

const DAY_MS = 86_400_000;
const LAST_INSTANT_MS = 8.64e15;

/**
 * RFC 3339 with upper-case T and Z, a real calendar date, an offset allowed, no leap second. `bytes[start, end)` is the
 * text without quotes. Fractions of a millisecond are cut off, or with `up` count as a whole one.
 */
export function rfc3339Ms(bytes: Uint8Array, start: number, end: number, up: boolean): number {
  if (end - start < 20) return Number.NaN;
  const punctuated =
    bytes[start + 4] === MINUS &&
    bytes[start + 7] === MINUS &&
    bytes[start + 10] === 0x54 &&
    bytes[start + 13] === 0x3a &&
    bytes[start + 16] === 0x3a;
  const hour = pair(bytes, start + 11);
  const minute = pair(bytes, start + 14);
  const second = pair(bytes, start + 17);
  if (!punctuated || hour > 23 || minute > 59 || second > 59) return Number.NaN;

  let i = start + 19;
  let fraction = 0;
  if (bytes[i] === DOT) {
    const first = ++i;
    let rest = false;
    for (let unit = 100; i < end && isDigit(bytes[i]!); i++) {
      const digit = bytes[i]! - DIGIT_0;
      if (i - first >= 3) rest ||= digit > 0;
      else {
        fraction += digit * unit;
        unit /= 10;
      }
    }
    if (i === first) return Number.NaN;
    if (up && rest) fraction++;
  }
  const offset = bytes[i] === 0x5a && end === i + 1 ? 0 : offsetMs(bytes, i, end);
  return dayMs(bytes, start) + (hour * 3_600 + minute * 60 + second) * 1_000 + fraction - offset;
}

/** The day last read: records of a stream are of one day, or few. */
let lastDate = -1;
let lastDayMs = Number.NaN;

/** The beginning of the day `2026-11-21`, UTC; NaN: there is none. */
function dayMs(bytes: Uint8Array, start: number): number {
  const century = pair(bytes, start);
  const yearOfCentury = pair(bytes, start + 2);
  const month = pair(bytes, start + 5);
  const day = pair(bytes, start + 8);
  if (century > 99 || yearOfCentury > 99 || month > 12 || day > 31) return Number.NaN;
  const year = century * 100 + yearOfCentury;
  const date = (year * 100 + month) * 100 + day;
  if (date !== lastDate) {
    const real = month >= 1 && day >= 1 && day <= daysIn(year, month);
    lastDayMs = real ? daysSinceEpoch(year, month, day) * DAY_MS : Number.NaN;
    lastDate = date;
  }
  return lastDayMs;
}

/** An integer token of JSON, not negative. */
export function epochMs(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 16) return Number.NaN;
  const ms = digits(bytes, start, end - start);
  return ms <= LAST_INSTANT_MS ? ms : Number.NaN;
}

/** What follows the seconds, if it is not `Z`: hours and minutes ahead of UTC. */
function offsetMs(bytes: Uint8Array, start: number, end: number): number {
  if (end !== start + 6 || bytes[start + 3] !== 0x3a) return Number.NaN;
  const sign = bytes[start] === PLUS ? 1 : bytes[start] === MINUS ? -1 : Number.NaN;
  const hours = pair(bytes, start + 1);
  const minutes = pair(bytes, start + 4);
  return hours <= 23 && minutes <= 59 ? sign * (hours * 60 + minutes) * 60_000 : Number.NaN;
}

/** Two digits as a number; more than 99: they are not two digits. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! ^ DIGIT_0;
  const ones = bytes[at + 1]! ^ DIGIT_0;
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : 100;
}

function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let i = start; i < start + count; i++) {
    const c = bytes[i];
    if (c === undefined || !isDigit(c)) return Number.NaN;
    value = value * 10 + (c - DIGIT_0);
  }
  return value;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Of the Gregorian calendar; years are counted from March, so that a leap day ends one. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
