/** Drives a framing as the gate does: what it has not used is put in front of what comes next. */
import type { RecordFormat } from "../../../src/config/define.ts";
import { createFraming, type FramingOptions } from "../../../src/content/create-framing.ts";
import type { ContentFaultCode } from "../../../src/content/fault.ts";
import type { Framing } from "../../../src/content/framing.ts";
import { compilePlan, type Plan } from "../../../src/content/pointer.ts";

export interface Outcome {
  readonly records: readonly string[];
  readonly fault: ContentFaultCode | null;
  /** Of the record at fault. */
  readonly index: number;
  readonly sent: string;
}

export const ENVELOPE = ["/type", "/account", "/conversation", "/speaker", "/kind", "/consent/ok"];

export interface Body {
  readonly format: RecordFormat;
  readonly bytes: Uint8Array;
  readonly options?: Partial<FramingOptions>;
}

/** Of one cut: the bytes used up, or why not, and the records handed on. */
export type Said = readonly [used: number | ContentFaultCode, records: number];

/** What lies in a buffer behind the bytes at hand: nothing may be made of it, though it would end whatever is open. */
const STALE = bytesOf('e"}\n]}\r\n {"stale":1}\n');

/** Feeds `body` in pieces ending at each of `cuts` and at its end; `burst` records at most are taken at a time. */
export function readBody(
  body: Body,
  cuts: readonly number[],
  plan: Plan = compilePlan(ENVELOPE),
  burst = 3,
): Outcome {
  const framing = createFraming(body.format, plan, { recordBytesMax: 1_048_576, ...body.options });
  const records: string[] = [];
  let rest = new Uint8Array(0);
  let came = 0;
  const outcome = (fault: ContentFaultCode | null, index: number): Outcome => {
    const separator = String.fromCharCode(framing.separator);
    const sent = text(framing.opening) + records.join(separator) + text(framing.closing);
    return { records, fault, index, sent };
  };
  for (const cut of [...cuts, body.bytes.length]) {
    const piece = body.bytes.subarray(came, cut);
    came = cut;
    const length = rest.length + piece.length;
    // An odd offset in a larger buffer: views need not begin at a buffer's beginning.
    const held = new Uint8Array(length + STALE.length + 3).subarray(3);
    held.set(rest);
    held.set(piece, rest.length);
    held.set(STALE, length);
    const last = cut === body.bytes.length;
    let from = 0;
    for (;;) {
      let room = burst;
      const result = framing.cut(held, from, length, last, (bytes, start, end) => {
        records.push(text(bytes.subarray(start, end)));
        return --room > 0;
      });
      if (typeof result !== "number") return outcome(result.fault, result.index);
      if (result > length) throw new Error("bytes were used that had not come");
      from = result;
      if (room > 0) break;
    }
    rest = held.slice(from, length);
  }
  if (rest.length > 0) throw new Error(`${rest.length} bytes were never used`);
  return outcome(null, -1);
}

export function bytesOf(source: string): Uint8Array {
  return new TextEncoder().encode(source);
}

/** Each character as one byte, for bytes that are not UTF-8. */
export function rawBytes(source: string): Uint8Array {
  return Uint8Array.from(source, (character) => character.charCodeAt(0));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Hands over what comes in pieces of `step` bytes; after each, the records so far, or -1: a fault. */
export function inPieces(framing: Framing, bytes: Uint8Array, step: number): number[] {
  let records = 0;
  let used = 0;
  const counts: number[] = [];
  for (let came = 0; came < bytes.length; ) {
    came = Math.min(came + step, bytes.length);
    const result = framing.cut(
      bytes,
      used,
      came,
      false,
      () => ++records > 0,
      (_, __, row) => row,
    );
    if (typeof result !== "number") return [...counts, -1];
    used = result;
    counts.push(records);
  }
  return counts;
}
