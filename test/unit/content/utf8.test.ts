/** Whether a range is UTF-8 is answered as if it had been asked alone, whatever the bytes at hand begin and end with. */
import { isUtf8 } from "node:buffer";
import { expect, test } from "vitest";
import { Utf8Proof } from "../../../src/content/utf8.ts";

test("no range passes for what it is not", () => {
  const some = [0x22, 0x7f, 0x80, 0xbf, 0xc3, 0xdf, 0xe2, 0xf0, 0xff];
  const proof = new Utf8Proof();
  const wrong: number[][] = [];
  for (let n = 0; n < some.length ** 4; n++) {
    const bytes = Uint8Array.from([
      0x22,
      ...[0, 1, 2, 3].map((at) => some[Math.floor(n / some.length ** at) % some.length]!),
    ]);
    for (let to = 1; to <= bytes.length; to++) {
      proof.begin(bytes, 0, to);
      for (let end = 1; end <= to; end++) {
        if (bytes[end - 1]! < 0x80 && proof.holds(bytes, 0, end) !== isUtf8(bytes.subarray(0, end)))
          wrong.push([...bytes, to, end]);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test("of bytes that are, however they are cut, no range is looked at again", () => {
  const text = new TextEncoder().encode("\u00ffa\u00e9b\u20acc\u{1f600}d\u00e9\u20ac\u{1f600}");
  const bytes = Uint8Array.from([0xff, 0xff, ...text, 0xff]);
  const proof = new Utf8Proof();
  for (let to = 2; to <= bytes.length; to++) {
    proof.begin(bytes, 2, to);
    expect([to, proof.holds(Uint8Array.of(0xff), 0, 1)]).toEqual([to, true]);
  }
});
