/** What is said to who sends OTLP, in the encoding it was sent in: Export…ServiceResponse and google.rpc.Status. Pure. */
import type { OtlpSignal } from "../../config/documents.ts";
import { joined, Unreadable } from "./batch.ts";
import { Fields, smallVarint, varint, WIRE } from "./proto-wire.ts";

export type OtlpEncoding = "json" | "protobuf";

const REJECTED = {
  traces: "rejectedSpans",
  metrics: "rejectedDataPoints",
  logs: "rejectedLogRecords",
} as const;

const encoder = new TextEncoder();

/** All was taken, as it came. */
export function fullSuccess(encoding: OtlpEncoding): Uint8Array {
  return encoding === "json" ? encoder.encode("{}") : new Uint8Array(0);
}

/** Taken, but `rejected` items; with none of them, a warning. A client may not send again because of it. */
export function partialSuccess(
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  rejected: number,
  errorMessage: string,
): Uint8Array {
  if (encoding === "json") {
    // 64-bit numbers are strings in protobuf's JSON.
    return encoder.encode(
      JSON.stringify({ partialSuccess: { [REJECTED[signal]]: String(rejected), errorMessage } }),
    );
  }
  return bytesField(1, joined([numberField(1, rejected), bytesField(2, encoder.encode(errorMessage))]));
}

/** `code`: one of google.rpc.Code. */
export function statusMessage(encoding: OtlpEncoding, code: number, message: string): Uint8Array {
  if (encoding === "json") return encoder.encode(JSON.stringify({ code, message }));
  return joined([numberField(1, code), bytesField(2, encoder.encode(message))]);
}

function numberField(number: number, value: number): Uint8Array {
  return joined([varint(number * 8 + WIRE.varint), varint(value)]);
}

function bytesField(number: number, value: Uint8Array): Uint8Array {
  return joined([varint(number * 8 + WIRE.bytes), varint(value.length), value]);
}

/** What an upstream's answer says it did not take. */
export interface Rejected {
  readonly count: number;
  readonly errorMessage: string;
}

/** Of an answer that says nothing of the kind, or cannot be read: nothing was. */
export function rejectedIn(encoding: OtlpEncoding, signal: OtlpSignal, answer: Uint8Array): Rejected {
  try {
    return encoding === "json" ? rejectedInJson(signal, answer) : rejectedInProtobuf(answer);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof Unreadable)
      return NONE;
    throw error;
  }
}

const NONE: Rejected = { count: 0, errorMessage: "" };
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

function rejectedInJson(signal: OtlpSignal, answer: Uint8Array): Rejected {
  const said = JSON.parse(decoder.decode(answer)) as {
    partialSuccess?: { [name: string]: unknown; errorMessage?: unknown };
  } | null;
  const { [REJECTED[signal]]: count, errorMessage } = said?.partialSuccess ?? {};
  return {
    count: /^\d{1,15}$/.test(String(count)) ? Number(count) : 0,
    errorMessage: typeof errorMessage === "string" ? errorMessage : "",
  };
}

function rejectedInProtobuf(answer: Uint8Array): Rejected {
  const fields = new Fields(answer);
  let { count, errorMessage } = NONE;
  let [start, end] = [0, 0];
  for (let i = 0; i < answer.length; i = fields.end) {
    fields.next(i, answer.length);
    if (fields.number === 1 && fields.wire === WIRE.bytes) [start, end] = [fields.start, fields.end];
  }
  for (let i = start; i < end; i = fields.end) {
    fields.next(i, end);
    if (fields.number === 1 && fields.wire === WIRE.varint)
      count = smallVarint(answer, fields.start, fields.end);
    if (fields.number === 2 && fields.wire === WIRE.bytes)
      errorMessage = decoder.decode(answer.subarray(fields.start, fields.end));
  }
  return { count, errorMessage };
}
