/** Answers in OTLP's words: Export…ServiceResponse and google.rpc.Status, byte for byte. */
import { expect, test } from "vitest";
import {
  fullSuccess,
  partialSuccess,
  rejectedIn,
  statusMessage,
} from "../../../../src/content/otlp/answer.ts";
import { lengthField } from "../../../support/otlp.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test("in JSON, with a number of 64 bits as text", () => {
  expect(text(fullSuccess("json"))).toBe("{}");
  expect(text(partialSuccess("json", "traces", 3, 'a "b"'))).toBe(
    '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"a \\"b\\""}}',
  );
  expect(text(partialSuccess("json", "metrics", 0, "a"))).toContain('"rejectedDataPoints":"0"');
  expect(text(partialSuccess("json", "logs", 0, "a"))).toContain('"rejectedLogRecords":"0"');
  expect(text(statusMessage("json", 7, "no"))).toBe('{"code":7,"message":"no"}');
});

test("in protobuf", () => {
  expect([...fullSuccess("protobuf")]).toEqual([]);
  for (const signal of ["traces", "metrics", "logs"] as const)
    expect([...partialSuccess("protobuf", signal, 300, "é")]).toEqual(
      lengthField(1, [0x08, 0xac, 0x02, ...lengthField(2, "é")]),
    );
  const long = "x".repeat(200);
  expect([...statusMessage("protobuf", 3, long)]).toEqual([0x08, 3, ...lengthField(2, long)]);
});

test("an upstream's is read back, and one that says nothing is none", () => {
  for (const encoding of ["json", "protobuf"] as const)
    for (const signal of ["traces", "metrics", "logs"] as const) {
      const said = partialSuccess(encoding, signal, 300, "full");
      expect(rejectedIn(encoding, signal, said)).toEqual({ count: 300, errorMessage: "full" });
      expect(rejectedIn(encoding, signal, fullSuccess(encoding))).toEqual({ count: 0, errorMessage: "" });
      expect(rejectedIn(encoding, signal, said.subarray(0, -1))).toEqual({ count: 0, errorMessage: "" });
    }
  const marked = Buffer.from('\ufeff{"partialSuccess":{"rejectedSpans":2}}');
  expect(rejectedIn("json", "traces", marked)).toEqual({ count: 2, errorMessage: "" });
  for (const odd of [
    "",
    "null",
    "[]",
    "7",
    '{"partialSuccess":null}',
    '{"partialSuccess":{"rejectedSpans":-1}}',
    '{"partialSuccess":{"rejectedSpans":"1 of 2"}}',
    '{"partialSuccess":{"rejectedSpans":"some 2"}}',
    '{"partialSuccess":{"rejectedSpans":1.5,"errorMessage":7}}',
    '{"partialSuccess":{"rejectedSpans":"1234567890123456"}}',
    '{"partialSuccess":{"rejectedLogRecords":1}}',
    '{"rejectedSpans":1,"errorMessage":"full"}',
    "\xff",
  ])
    expect(rejectedIn("json", "traces", Buffer.from(odd, "latin1"))).toEqual({ count: 0, errorMessage: "" });
  for (const odd of [
    [...lengthField(1, [0x10, 0x01, 0x0d, 1, 0, 0, 0]), 0x10, 0x01],
    lengthField(1, lengthField(2, [0xff])),
    [0x08, 0x08, 0x05],
    [0x08, 0x05, 0x08, 0x05],
    lengthField(2, [0x08, 0x05]),
    [0x09, 0x08, 0x05, 0x10, 0, 0x10, 0, 0x10, 0],
    lengthField(1, [0x18, 0x05, ...lengthField(1, [5]), ...lengthField(3, "full")]),
  ])
    expect([odd, rejectedIn("protobuf", "traces", Uint8Array.from(odd))]).toEqual([
      odd,
      { count: 0, errorMessage: "" },
    ]);
});
