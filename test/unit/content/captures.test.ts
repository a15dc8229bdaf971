/** Where values are: each slot's in their order, however many there are, and none of the record before. */
import { expect, test } from "vitest";
import { Captures, TOKEN } from "../../../src/content/captures.ts";

const chain = ({ first, next, token, start, end }: Captures, slot: number) => {
  const found: (readonly number[])[] = [];
  for (let v = first[slot]!; v >= 0; v = next[v]!) found.push([token[v]!, start[v]!, end[v]!]);
  return found;
};

test.each([0, 1, 15, 16, 17, 33, 100])("%i values in two slots", (count) => {
  const captures = new Captures(3);
  for (let round = 0; round < 2; round++) {
    const expected: (readonly number[])[][] = [[], [], []];
    for (let n = 0; n < count; n++) {
      const slot = n % 3 === 1 ? 2 : 0;
      const value = [n % 2 === 0 ? TOKEN.string : TOKEN.array, n + round, n + 5] as const;
      captures.add(slot, ...value);
      expected[slot]!.push(value);
    }
    expect([0, 1, 2].map((slot) => chain(captures, slot))).toEqual(expected);
    captures.clear();
    expect([0, 1, 2].map((slot) => chain(captures, slot))).toEqual([[], [], []]);
  }
});

test("bytes are at hand while they are held", () => {
  const captures = new Captures(1);
  expect(captures.view.byteLength).toBe(0);
  captures.hold(Uint8Array.of(9, 1, 2, 3).subarray(1, 3));
  expect([captures.view.byteLength, captures.view.getUint8(0)]).toEqual([2, 1]);
  captures.letGo();
  expect(captures.view.byteLength).toBe(0);
});
