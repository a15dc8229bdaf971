/** What a body's first byte says of its record. */
import { expect, test } from "vitest";
import { recordStart } from "../../../src/content/record-start.ts";
import { faultCode, NEED_MORE } from "../../../src/content/scan-result.ts";

const said = (bytes: readonly number[], last = false) => {
  const held = Uint8Array.from([0x7b, ...bytes, 0xbb, 0xbf]);
  const start = recordStart(held, 1, 1 + bytes.length, last);
  return start < NEED_MORE ? faultCode(start) : start;
};

test("an object opens, another value is none, and anything else is no value", () => {
  const values = new Set(Array.from('["-tfn0123456789', (one) => one.charCodeAt(0)));
  for (let byte = 0; byte < 256; byte++) {
    if (byte === 0xef) continue;
    const expected = byte === 0x7b ? 0 : values.has(byte) ? "record_not_object" : "json_syntax";
    for (const last of [false, true]) expect([byte, said([byte], last)]).toEqual([byte, expected]);
  }
});

test.each<[number[], unknown, unknown]>([
  [[0xef], NEED_MORE, "json_syntax"],
  [[0xef, 0xbb], NEED_MORE, "json_syntax"],
  [[0xef, 0xbb, 0xbf], "json_bom", "json_bom"],
  [[0xef, 0xbb, 0xbe], "json_syntax", "json_syntax"],
  [[0xef, 0xba, 0xbf], "json_syntax", "json_syntax"],
])("%j may be a byte order mark", (bytes, more, last) => {
  expect([said(bytes), said(bytes, true)]).toEqual([more, last]);
});
