import { expect, test } from "vitest";
import { ItemRunsMade, toRanges } from "../../../src/evidence/item-runs.ts";

test.each<[string, readonly (readonly [number, number])[], readonly number[]]>([
  ["none", [], []],
  ["from the first", [[0, 2]], [0, 3]],
  [
    "neighbours join",
    [
      [0, 0],
      [1, 4],
      [5, 5],
    ],
    [0, 6],
  ],
  [
    "apart",
    [
      [3, 3],
      [5, 9],
      [100, 100],
    ],
    [3, 1, 1, 5, 90, 1],
  ],
])("%s", (_, added, runs) => {
  const made = new ItemRunsMade();
  for (const [first, last] of added) made.add(first, last);
  expect(made.runs).toEqual(runs);
  const again = new ItemRunsMade();
  for (const [first, last] of toRanges(runs)) again.add(first, last);
  expect(again.runs).toEqual(runs);
});
