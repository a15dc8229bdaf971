/** The first byte of what should be a record. */
import { isDigit, LOWER_F, LOWER_N, LOWER_T, MINUS, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from "./ascii.ts";
import { faultResult, NEED_MORE, SYNTAX } from "./scan-result.ts";

const NOT_OBJECT = faultResult("record_not_object");
const BOM = faultResult("json_bom");

/** 0: the first byte of `bytes[from, to)`, which are some, opens an object; else NEED_MORE or a fault. */
export function recordStart(bytes: Uint8Array, from: number, to: number, last: boolean): number {
  const c = bytes[from]!;
  if (c === OPEN_OBJECT) return 0;
  if (c === 0xef) {
    if (from + 2 < to) return bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf ? BOM : SYNTAX;
    return last ? SYNTAX : NEED_MORE;
  }
  const value =
    c === OPEN_ARRAY ||
    c === QUOTE ||
    c === MINUS ||
    c === LOWER_T ||
    c === LOWER_F ||
    c === LOWER_N ||
    isDigit(c);
  return value ? NOT_OBJECT : SYNTAX;
}
