/** Which records are recognised by their skeleton, and which are left to the scanner. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { createFraming } from "../../../src/content/create-framing.ts";
import { ROW } from "../../../src/content/framing.ts";
import { SKELETON_BYTES, VALUES_MAX } from "../../../src/content/json/skeleton.ts";
import { Skeletons } from "../../../src/content/json/skeletons.ts";
import { compilePlan } from "../../../src/content/pointer.ts";
import { SKELETONS } from "../../support/skeletons.ts";
import { bytesOf, readBody } from "./read-body.ts";
import { VECTORS } from "./vectors.ts";

const KNOWN = '{"a":"one","n":{"x":1},"w":[true,"s"]}';

/** A plan that has learnt from `lines`. */
function taught(...lines: readonly string[]) {
  const plan = compilePlan(["/a", "/n/x"]);
  plan.skeletons = new Skeletons(SKELETONS, plan.captures, [{ slot: plan.slotOf("/a"), presence: false }]);
  readBody({ format: "ndjson", bytes: bytesOf(["{}", ...lines, ""].join("\n")) }, [], plan, Infinity);
  return { plan, skeletons: plan.skeletons };
}

test.each([
  [KNOWN, 1],
  ['{"a":"","n":{"x":-0.5},"w":[null,"\\"\\\\\\u00e9 – é"]}', 1],
  [`{"a":"${"x".repeat(5_000)}","n":{"x":1234567890},"w":[false,""]}`, 1],
  ['{"a":"one","n":{"x":1e3},"w":[true,"s"]}', 0],
  ['{"a":"\\ud83d\\ude00","n":{"x":1},"w":[true,"s"]}', 0],
  ['{"a":"\\ud800","n":{"x":1},"w":[true,"s"]}', 0],
  ['{"a":"\\x","n":{"x":1},"w":[true,"s"]}', 0],
  ['{"a":"\t","n":{"x":1},"w":[true,"s"]}', 0],
  ['{"a":1,"n":{"x":1},"w":[true,"s"]}', 0],
  ['{"a":"one","n":{"x":01},"w":[true,"s"]}', 0],
  ['{"a":"one","n":{"x":1.},"w":[true,"s"]}', 0],
  ['{"a":"one","n":{"x":-},"w":[true,"s"]}', 0],
  ['{"a":"one","n":{"x":"1"},"w":[true,"s"]}', 0],
  ['{"a":"one","n":{"x":1},"w":[true]}', 0],
  ['{"a":"one","n":{"x":1},"w":[tru,"s"]}', 0],
  ['{"a": "one","n":{"x":1},"w":[true,"s"]}', 0],
  ['{"A":"one","n":{"x":1},"w":[true,"s"]}', 0],
  ['{"a":"one","n":{"x":1},"w":[true,"s"]} ', 0],
  ['{"a":"one","n":{"x":1},"w":[true,"s"],"a":"two"}', 0],
])("%s", (line, recognised) => {
  const { skeletons } = taught(KNOWN);
  for (const end of ["\n", "\r\n"]) {
    const bytes = bytesOf(line + end);
    skeletons.begin(bytes);
    expect(skeletons.match(0, bytes.length)).toBe(recognised);
    skeletons.begin(bytes);
    expect(skeletons.match(0, bytes.length - 1), "what ends it has not come").toBe(0);
  }
});

test("what is written fits where it is read", () => {
  const { exports } = new WebAssembly.Instance(SKELETONS);
  const exported = (name: string) => (exports[name] as WebAssembly.Global).value;
  expect(exported("SKELETON_BYTES")).toBe(SKELETON_BYTES);
  expect(4 * (ROW.values + 2 * VALUES_MAX)).toBeLessThanOrEqual(exported("ROW_BYTES"));
});

test("several layouts are known at a time, and records of the same that say the same have one number", () => {
  const other = '{"n":{"x":7},"a":"one"}';
  const { skeletons } = taught(KNOWN, other);
  const bytes = bytesOf([KNOWN, other, KNOWN.replace("1", "2"), KNOWN.replace("one", "two"), ""].join("\n"));
  skeletons.begin(bytes);
  expect(skeletons.match(0, bytes.length)).toBe(4);
  const numbers = [0, 1, 2, 3].map((row) => skeletons.rows[row * skeletons.stride + ROW.number]);
  expect(numbers[2]).toBe(numbers[0]);
  expect(new Set(numbers).size).toBe(3);
});

test("records in memory longer than it are loaded again", () => {
  const { skeletons } = taught(KNOWN);
  const lines = `${KNOWN}\n`.repeat(20_000);
  const bytes = bytesOf(lines);
  skeletons.begin(bytes);
  let from = 0;
  for (let rows = -1; rows !== 0; ) {
    rows = skeletons.match(from, bytes.length);
    if (rows > 0) from = skeletons.endOf(rows - 1) + 1;
  }
  expect(from).toBe(bytes.length);
});

test("records that are none of those known do not load what comes after them again each", () => {
  const { plan } = taught(KNOWN);
  const bytes = bytesOf('{"n":1e3}\n'.repeat(60_000));
  const framing = createFraming("ndjson", plan, { recordBytesMax: 1_000 });
  const set = vi.spyOn(Uint8Array.prototype, "set");
  framing.cut(bytes, 0, bytes.length, true, () => true);
  const copied = set.mock.calls.reduce((sum, [from]) => sum + from.length, 0);
  vi.restoreAllMocks();
  expect(copied).toBeGreaterThanOrEqual(bytes.length);
  expect(copied).toBeLessThan(4 * bytes.length);
});

test("a route's memory of its records does not hold a body's", async () => {
  const { plan } = taught(KNOWN);
  const cut = (): WeakRef<ArrayBufferLike> => {
    const bytes = bytesOf(`${KNOWN}\n`.repeat(100));
    createFraming("ndjson", plan, { recordBytesMax: 1_000 }).cut(bytes, 0, bytes.length, true, () => true);
    return new WeakRef(bytes.buffer);
  };
  const held = cut();
  // What a weak reference was just made of stays until the job is over.
  await new Promise((resolve) => setTimeout(resolve));
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  expect(held.deref()).toBeUndefined();
});

test("what is not learnt from is still read", () => {
  const plan = compilePlan(["/list"]);
  plan.skeletons = new Skeletons(SKELETONS, plan.captures, []);
  const line = '{"list":[1]}\n';
  expect(readBody({ format: "ndjson", bytes: bytesOf(line.repeat(50)) }, [], plan).records).toHaveLength(50);
});

test.each(VECTORS.filter(({ format }) => format === "ndjson"))("after others like it: $id", (vector) => {
  const { plan } = taught(KNOWN, '{"a":1}', '{"a":"b"}', "{}", '{"type":"content"}', '{"a": 1}');
  const alone = readBody(vector, [], compilePlan(["/a", "/n/x"]));
  expect(readBody(vector, [], plan)).toEqual(alone);
  for (let cut = 1; cut < vector.bytes.length; cut += 7) {
    expect(readBody(vector, [cut], plan), `cut at ${cut}`).toEqual(alone);
  }
  // And once it has been read.
  expect(readBody(vector, [], plan)).toEqual(alone);
});

test("a record beyond its limit is one even if it is recognised", () => {
  const { plan } = taught('{"a":"b"}');
  const body = { format: "ndjson", bytes: bytesOf(`{"a":"b"}\n{"a":"${"b".repeat(50)}"}\n`) } as const;
  const framing = createFraming("ndjson", plan, { recordBytesMax: 40 });
  expect(framing.cut(body.bytes, 0, body.bytes.length, true, () => true)).toEqual({
    fault: "record_too_large",
    index: 1,
  });
});
