/** A body that is one JSON object, proven whole by the strict profile before anything of it is looked at. */
import { isUtf8 } from "node:buffer";
import type { ContentFaultCode } from "../fault.ts";
import type { Plan } from "../pointer.ts";
import { recordStart } from "../record-start.ts";
import { faultCode, NEED_MORE } from "../scan-result.ts";
import { JsonScanner } from "./scan.ts";
import { spaceEndWithin } from "./walk.ts";

/** Where the object is in `bytes`, or what is wrong; `plan.captures` then holds what was found in it. */
export function proveObject(
  bytes: Uint8Array,
  plan: Plan,
): { readonly start: number; readonly end: number } | ContentFaultCode {
  const start = spaceEndWithin(bytes, 0, bytes.length);
  if (start === bytes.length) return "body_empty";
  const opens = recordStart(bytes, start, bytes.length, true);
  if (opens < 0) return faultCode(opens);
  const end = new JsonScanner(plan, false).scan(bytes, start, bytes.length);
  if (end === NEED_MORE) return "body_truncated";
  if (end < 0) return faultCode(end);
  if (spaceEndWithin(bytes, end, bytes.length) < bytes.length) return "json_syntax";
  return isUtf8(bytes.subarray(start, end)) ? { start, end } : "json_utf8";
}
