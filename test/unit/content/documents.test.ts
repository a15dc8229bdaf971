/** Each format that is read whole has its reader. */
import { expect, test } from "vitest";
import { compileDocument } from "../../../src/content/documents.ts";

test("each configuration names one", () => {
  expect(compileDocument({ vcon: {} }).mediaTypes).toEqual(["application/vcon+json", "application/vcon"]);
  expect(compileDocument({ otlp: { signal: "logs" } })).toMatchObject({
    mediaTypes: ["application/json", "application/x-protobuf"],
    otlp: "logs",
  });
  expect(compileDocument({ transcript: {} }).mediaTypes).toEqual(["text/vtt"]);
});
