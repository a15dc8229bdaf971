/** What is said to who sent OTLP, in the encoding it was sent in: Export…ServiceResponse and google.rpc.Status. Pure. */
import type { OtlpSignal } from "../../config/documents.ts";
import { joined } from "./batch.ts";
import { varint, WIRE } from "./proto-wire.ts";

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
