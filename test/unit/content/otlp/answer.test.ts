/** Answers in OTLP's words: Export…ServiceResponse and google.rpc.Status, byte for byte. */
import { expect, test } from "vitest";
import { fullSuccess, partialSuccess, statusMessage } from "../../../../src/content/otlp/answer.ts";
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
