/** What of a record is its skeleton: everything but its values; and which records have none. */
import { expect, test } from "vitest";
import { JsonScanner } from "../../../../src/content/json/scan.ts";
import {
  SKELETON_BYTES,
  type Skeleton,
  skeletonOf,
  VALUES_MAX,
} from "../../../../src/content/json/skeleton.ts";
import { compilePlan } from "../../../../src/content/pointer.ts";
import { bytesOf } from "../read-body.ts";

const POINTERS = ["/a", "/b", "/l/*", "/l/*/c", "/o"];
/** What records say of themselves. */
const KEYS = new Set(["/a", "/l/*/c"]);

const TYPES = ["end", "string", "number", "word"];
const FLAGS = ["", "captured", "keyed", "captured and keyed"];

/** Of `record`, which stands between others. */
function of(record: string): { skeleton: Skeleton | null; slots: readonly string[] } {
  const plan = compilePlan(POINTERS);
  const bytes = bytesOf(`{}\n${record}\n{"x":1}`);
  const end = new JsonScanner(plan, true).scan(bytes, 3, bytes.length);
  expect(end).toBe(3 + record.length);
  const keys = new Set(
    POINTERS.filter((pointer) => KEYS.has(pointer)).map((pointer) => plan.slotOf(pointer)),
  );
  const skeleton = skeletonOf(bytes, 3, end, plan.captures, keys);
  const slots =
    skeleton?.slots.map((slot) => POINTERS.find((pointer) => plan.slotOf(pointer) === slot)!) ?? [];
  return { skeleton, slots };
}

/** As `wasm/skeletons.ts` reads it: each literal, the type of what follows it, and what is done with that. */
function read({ bytes }: Skeleton): { isSaid: number; segments: string[] } {
  const integers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments: string[] = [];
  for (let at = 16; ; ) {
    const length = integers.getInt32(at, true);
    const type = TYPES[integers.getInt32(at + 4, true)]!;
    const flags = FLAGS[integers.getInt32(at + 8, true)]!;
    const padded = Math.ceil(length / 16) * 16;
    segments.push(
      [new TextDecoder().decode(bytes.subarray(at + 16, at + 16 + length)), type, flags].join("|"),
    );
    expect(bytes.subarray(at + 16 + length, at + 16 + padded).every((byte) => byte === 0)).toBe(true);
    at += 16 + padded;
    if (type === "end") {
      expect(at).toBe(bytes.length);
      return { isSaid: integers.getInt32(0, true), segments };
    }
  }
}

test.each<[record: string, segments: readonly string[], slots: readonly string[], isSaid: boolean]>([
  ["{}", ["{}|end|"], [], true],
  ['{"x":1}', ['{"x":|number|', "}|end|"], [], true],
  [
    '{"a":"s","b":-1,"x":true}',
    ['{"a":|string|captured and keyed', ',"b":|number|captured', ',"x":|word|', "}|end|"],
    ["/a", "/b"],
    true,
  ],
  [
    '{ "t\\"x" : null , "b" : false,"y":[{},[ ] ,"s",-0.5e1]}',
    ['{ "t\\"x" : |word|', ' , "b" : |word|captured', ',"y":[{},[ ] ,|string|', ",|number|", "]}|end|"],
    ["/b"],
    true,
  ],
  [
    '{"b":"\\"a\\":1,","a":"{"}',
    ['{"b":|string|captured', ',"a":|string|captured and keyed', "}|end|"],
    ["/b", "/a"],
    true,
  ],
  [
    '{"l":["s","t"],"a":"u"}',
    ['{"l":[|string|captured', ",|string|captured", '],"a":|string|captured and keyed', "}|end|"],
    ["/l/*", "/l/*", "/a"],
    true,
  ],
  [
    '{"x":"0123456789","yyyyyyyyyyyy":1,"zzzzzzzzzzzzz":2}',
    ['{"x":|string|', ',"yyyyyyyyyyyy":|number|', ',"zzzzzzzzzzzzz":|number|', "}|end|"],
    [],
    true,
  ],
])("%s", (record, segments, slots, isSaid) => {
  const { skeleton, slots: found } = of(record);
  expect(read(skeleton!)).toEqual({ isSaid: Number(isSaid), segments });
  expect(found).toEqual(slots);
});

test.each(['{"o":{}}', '{"a":[1]}', '{"l":[{"c":"s"}]}', '{"b":"s","o":[]}'])("none: %s", (record) => {
  expect(of(record).skeleton).toBeNull();
});

test("what is said more than once is not kept", () => {
  const plan = compilePlan(["/l/*/c", "/b"]);
  const said = (record: string) => {
    const bytes = bytesOf(record);
    new JsonScanner(plan, true).scan(bytes, 0, bytes.length);
    return read(skeletonOf(bytes, 0, bytes.length, plan.captures, new Set([plan.slotOf("/l/*/c")]))!).isSaid;
  };
  expect([said('{"l":[{"c":1}],"b":2}'), said('{"l":[{"c":1},{"c":2}]}')]).toEqual([1, 0]);
});

test("none of a record of which more is captured than there is room for", () => {
  const listOf = (values: number) => `{"l":[${new Array(values).fill("1").join(",")}]}`;
  expect(of(listOf(VALUES_MAX)).slots).toHaveLength(VALUES_MAX);
  expect(of(listOf(VALUES_MAX + 1)).skeleton).toBeNull();
});

test("none of a record that is longer than there is room for", () => {
  // Beside the head there are two segments, and of two literals one is short.
  const room = SKELETON_BYTES - 4 * 16;
  for (const record of [
    (literal: number) => `{"${"x".repeat(literal - 4)}":1}`,
    (literal: number) => `{"x":1,"${"x".repeat(literal - 7)}":[]}`,
  ]) {
    expect(of(record(room)).skeleton?.bytes.length).toBe(SKELETON_BYTES);
    expect(of(record(room + 1)).skeleton).toBeNull();
  }
});
