/** What a scanning function returns: an offset (0 or more), "come back with more bytes", or a fault. Nothing else. */
import { CONTENT_FAULTS, type ContentFaultCode } from "./fault.ts";

/** The bytes end before the value does; nothing is wrong so far. */
export const NEED_MORE = -1;

const FAULT_BASE = -2;

export function faultResult(code: ContentFaultCode): number {
  return FAULT_BASE - CONTENT_FAULTS.indexOf(code);
}

/** `result` is below NEED_MORE. */
export function faultCode(result: number): ContentFaultCode {
  return CONTENT_FAULTS[FAULT_BASE - result]!;
}

export const SYNTAX = faultResult("json_syntax");
export const SURROGATE = faultResult("json_surrogate");
export const NUMBER = faultResult("json_number");
export const DUPLICATE_KEY = faultResult("json_duplicate_key");
export const KEY = faultResult("json_key");
export const DEPTH = faultResult("json_depth");
export const TOO_LARGE = faultResult("record_too_large");
