/** Protobuf's wire format: varints and fields that are read in one way, and those that are not read. */
import { expect, test } from "vitest";
import { Fields, smallVarint, varint, varintEnd } from "../../../../src/content/otlp/proto-wire.ts";

const endOf = (...bytes: number[]) => varintEnd(Uint8Array.from([0xff, ...bytes, 0]), 1, 1 + bytes.length);
const many = (count: number) => Array<number>(count).fill(0x80);

test.each([[[0]], [[0x7f]], [[0x80, 1]], [[...many(8), 1]], [[...many(9), 1]]])("varint %j ends", (bytes) => {
  expect(endOf(...bytes)).toBe(1 + bytes.length);
  expect(endOf(...bytes, 7)).toBe(1 + bytes.length);
});

test.each([[[]], [[0x80]], [[0x80, 0]], [[...many(9), 2]], [[...many(10), 1]], [many(9)]])(
  "varint %j does not",
  (bytes) => {
    expect(() => endOf(...bytes)).toThrow("otlp_invalid");
  },
);

test("a varint of 32 bits is its number, and is written as short as it can be", () => {
  for (const value of [0, 1, 127, 128, 129, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1]) {
    const bytes = varint(value);
    expect(endOf(...bytes)).toBe(1 + bytes.length);
    expect(smallVarint(Uint8Array.from([9, ...bytes, 9]), 1, 1 + bytes.length)).toBe(value);
  }
  expect(() => smallVarint(varint(2 ** 32), 0, 5)).toThrow("otlp_invalid");
  expect(() => smallVarint(Uint8Array.from([...many(5), 1]), 0, 6)).toThrow("otlp_invalid");
});

const field = (bytes: readonly number[], to = bytes.length) => {
  const fields = new Fields(Uint8Array.from([9, ...bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  fields.next(1, 1 + to);
  const { number, wire, from, tagEnd, start, end } = fields;
  return [number, wire, from, tagEnd, start, end];
};

test.each<[number[], number[]]>([
  [
    [0x08, 5],
    [1, 0, 1, 2, 2, 3],
  ],
  [
    [0x08, 0x80, 1],
    [1, 0, 1, 2, 2, 4],
  ],
  [
    [0x09, 1, 2, 3, 4, 5, 6, 7, 8],
    [1, 1, 1, 2, 2, 10],
  ],
  [
    [0x12, 2, 65, 66],
    [2, 2, 1, 2, 3, 5],
  ],
  [
    [0x12, 0],
    [2, 2, 1, 2, 3, 3],
  ],
  [
    [0x0d, 1, 2, 3, 4],
    [1, 5, 1, 2, 2, 6],
  ],
  [
    [0xfa, 0x07, 1, 65],
    [127, 2, 1, 3, 4, 5],
  ],
])("field %j is read", (bytes, expected) => {
  expect(field(bytes)).toEqual(expected);
  expect(() => field(bytes, bytes.length - 1)).toThrow("otlp_invalid");
});

test.each([
  [[0x00, 1]],
  [[0x02, 0]],
  [[0x0b, 1]],
  [[0x0c]],
  [[0x0e, 1]],
  [[0x0f, 1]],
  [[0x12, 0x80, 0x80, 0x80, 0x80, 0x10]],
])("field %j is none", (bytes) => {
  expect(() => field(bytes)).toThrow("otlp_invalid");
});
