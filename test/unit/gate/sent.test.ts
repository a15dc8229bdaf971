/** What went out is measured truly, hashed again or not: its digest is that of the bytes that left (contract, section 8). */
import { expect, test } from "vitest";
import { KeyedDigest } from "../../../src/base/digest.ts";
import { Sent } from "../../../src/gate/sent.ts";
import { DIGEST_KEY, digestOf, windowsOf } from "./windows-of.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const sent = () => new Sent(new KeyedDigest(DIGEST_KEY));
const BODY = ['{"a":1}\n{"b":2}\n', '{"c":3}\n'];
/** Two windows of one body: the second begins where the first ended. */
async function twoWindows() {
  return windowsOf([`{"big":"${"x".repeat(1_048_576 - 10)}"}\n`, BODY[1]!]);
}

test("nothing", () => {
  expect(sent().end()).toEqual(digestOf());
});

test("what was written anew", () => {
  const one = sent();
  one.add(bytes("[1"));
  one.add(bytes(",2]"));
  expect(one.end()).toEqual(digestOf("[1,2]"));
});

test("a window that left as it came", async () => {
  const { windows } = await windowsOf(BODY);
  const one = sent();
  one.begin(windows[0]!, true);
  expect(windows[0]!.asCame).not.toBeNull();
  one.add(bytes('{"a":1}\n{"b":2}\n{"c":3}'));
  one.done();
  one.add(bytes("\n"));
  expect(one.end()).toEqual(digestOf(...BODY));
});

test("what left as it came is not hashed again", async () => {
  const { windows } = await windowsOf(BODY);
  const digest = new KeyedDigest(DIGEST_KEY);
  const one = new Sent(digest);
  one.begin(windows[0]!, true);
  one.add(bytes('{"a":1}\n{"b":2}\n{"c":3}'));
  one.done();
  expect(one.end()).toEqual(digestOf('{"a":1}\n{"b":2}\n{"c":3}'));
  expect(digest.bytes).toBe(0);
});

test("a window that left as it came, after one that changed its mind", async () => {
  const { windows } = await twoWindows();
  const one = sent();
  one.begin(windows[0]!, true);
  one.add(windows[0]!.bytes.slice(0, 7));
  one.diverge();
  one.done();
  one.begin(windows[1]!, true);
  one.add(bytes('\n{"c":3}'));
  one.done();
  expect(one.end()).toEqual(digestOf('{"big":\n{"c":3}'));
});

test("one of which a record does not leave", async () => {
  const { windows } = await windowsOf(BODY);
  const one = sent();
  one.begin(windows[0]!, false);
  one.add(bytes('{"a":1}'));
  one.done();
  expect(one.end()).toEqual(digestOf('{"a":1}'));
});

test.each([0, 1, 8, 15, 16, 23])("one that was cut off after %s bytes", async (count) => {
  const { windows } = await windowsOf(BODY);
  const one = sent();
  one.begin(windows[0]!, true);
  one.add(bytes(BODY.join("").slice(0, count)));
  expect(one.end()).toEqual(digestOf(BODY.join("").slice(0, count)));
});

test("one that changes its mind half way", async () => {
  const { windows } = await windowsOf(BODY);
  const one = sent();
  one.begin(windows[0]!, true);
  one.add(bytes('{"a":1}'));
  one.diverge();
  one.add(bytes('\n{"c":3}'));
  one.done();
  expect(one.end()).toEqual(digestOf('{"a":1}\n{"c":3}'));
});

test("a second window that left as it came, after a first that did", async () => {
  const { windows } = await twoWindows();
  expect(windows).toHaveLength(2);
  const one = sent();
  const parts = [windows[0]!.bytes.slice(0, windows[0]!.columns.end), bytes('\n{"c":3}')];
  parts.forEach((part, i) => {
    one.begin(windows[i]!, true);
    one.add(part);
    one.done();
  });
  one.add(bytes("\n"));
  expect(one.end()).toEqual(digestOf(...parts, "\n"));
});

test.each([0, 1, 5, 9])("a second window cut off after %s bytes, its separator included", async (count) => {
  const { windows } = await twoWindows();
  const one = sent();
  const first = windows[0]!.bytes.slice(0, windows[0]!.columns.end);
  one.begin(windows[0]!, true);
  one.add(first);
  one.done();
  one.begin(windows[1]!, true);
  one.add(bytes('\n{"c":3}').slice(0, count));
  expect(one.end()).toEqual(digestOf(first, '\n{"c":3}'.slice(0, count)));
});

test("a second window that left as it came, after a first that did not", async () => {
  const { windows } = await twoWindows();
  const one = sent();
  one.begin(windows[0]!, false);
  one.add(bytes("{}"));
  one.done();
  one.begin(windows[1]!, true);
  one.add(bytes('\n{"c":3}'));
  one.done();
  expect(one.end()).toEqual(digestOf('{}\n{"c":3}'));
});

test("a window of a body that was not plain never stands for what left", async () => {
  const { windows } = await windowsOf(['{"a":1}\n\n{"b":2}\n']);
  expect(windows[0]!.asCame).toBeNull();
  const one = sent();
  one.begin(windows[0]!, true);
  one.add(bytes('{"a":1}\n{"b":2}'));
  one.done();
  expect(one.end()).toEqual(digestOf('{"a":1}\n{"b":2}'));
});
