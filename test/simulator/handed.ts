/** Reads what was handed to the upstream back into the records it was made of, in order; anything else in it is a problem. */
import type { SentRecord } from "./records.ts";
import type { Sending } from "./sender.ts";

export interface HandedRecord {
  readonly index: number;
  readonly as: "forwarded" | "stripped";
  /** Offsets in what was handed on. `end` past its length: only a part was. */
  readonly start: number;
  readonly end: number;
}

export interface Reading {
  readonly records: readonly HandedRecord[];
  /** Whether it goes to the end of a body. */
  readonly whole: boolean;
  /** null: it is nothing but records, in order. */
  readonly problem: string | null;
}

const OPENING = { lines: "", array: "[", single: "", wrapped: '{"batch":[' };
const CLOSING = { lines: "\n", array: "]", single: "", wrapped: "]}" };

export function readHanded(
  bytes: Buffer,
  { framing, records }: Pick<Sending, "framing" | "records">,
): Reading {
  const found: HandedRecord[] = [];
  const opening = OPENING[framing];
  const closing = CLOSING[framing];
  const separator = framing === "lines" ? "\n" : ",";
  let at = opening.length;
  if (!startsWith(bytes, 0, opening))
    return { records: found, whole: false, problem: "it does not open as it should" };
  for (let index = 0; ; ) {
    if (at >= bytes.length)
      return { records: found, whole: framing === "single" && found.length > 0, problem: null };
    if (found.length > 0) {
      if (bytes.length - at <= closing.length && startsWith(bytes, at, closing)) {
        return { records: found, whole: bytes.length - at === closing.length, problem: null };
      }
      if (!startsWith(bytes, at, separator)) {
        return { records: found, whole: false, problem: `no separator after record ${found.at(-1)!.index}` };
      }
      at += separator.length;
    }
    const record = next(bytes, at, records, index);
    if (record === null) {
      if (at >= bytes.length) continue;
      return {
        records: found,
        whole: false,
        problem: `what stands at ${at} is no record due: ${bytes.subarray(at, at + 60)}`,
      };
    }
    found.push(record);
    index = record.index + 1;
    at = record.end;
  }
}

function next(bytes: Buffer, at: number, records: readonly SentRecord[], from: number): HandedRecord | null {
  for (let index = from; index < records.length; index++) {
    for (const [as, text] of formsOf(records[index]!)) {
      const form = Buffer.from(text);
      if (startsWith(bytes, at, form)) return { index, as, start: at, end: at + form.length };
    }
  }
  return null;
}

function formsOf({ text, reduced, stripped }: SentRecord): ["forwarded" | "stripped", string][] {
  return [
    ...(reduced === null
      ? [["forwarded", text] as ["forwarded", string]]
      : [["stripped", reduced] as ["stripped", string]]),
    ...(stripped === null ? [] : [["stripped", stripped] as ["stripped", string]]),
  ];
}

/** As far as there are bytes. */
function startsWith(bytes: Buffer, at: number, text: string | Buffer): boolean {
  const form = Buffer.from(text as string);
  const there = bytes.subarray(at, at + form.length);
  return there.equals(form.subarray(0, there.length));
}
