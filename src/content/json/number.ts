/** Number tokens, by RFC 8259's grammar, and finite. */
import { DIGIT_0, DOT, LOWER_E, MINUS, PLUS } from "../ascii.ts";
import { NEED_MORE, NUMBER, SYNTAX } from "../scan-result.ts";

/** Without an exponent no number this short is infinite. */
const FINITE_CHARS = 300;

const decoder = new TextDecoder();

/**
 * `from` is at a minus or a digit. A number ends where something else begins, so at `to` it is not known to be whole.
 * Returns the offset after it, NEED_MORE or a fault.
 */
export function numberEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  if (bytes[i] === MINUS) i++;
  if (bytes[i] === DIGIT_0) i++;
  else {
    i = digitsEnd(bytes, i, to);
    if (i < 0) return i;
  }
  if (i >= to) return NEED_MORE;
  if (bytes[i] === DOT) {
    i = digitsEnd(bytes, i + 1, to);
    if (i < 0) return i;
  }
  let exponent = false;
  if ((bytes[i]! | 0x20) === LOWER_E) {
    exponent = true;
    i++;
    if (bytes[i] === PLUS || bytes[i] === MINUS) i++;
    i = digitsEnd(bytes, i, to);
    if (i < 0) return i;
  }
  if (exponent || i - from > FINITE_CHARS) {
    if (!Number.isFinite(Number(decoder.decode(bytes.subarray(from, i))))) return NUMBER;
  }
  return i;
}

/** One digit or more; returns the offset after them, which is below `to`. */
function digitsEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && (bytes[i]! ^ DIGIT_0) <= 9) i++;
  if (i >= to) return NEED_MORE;
  return i === from ? SYNTAX : i;
}
