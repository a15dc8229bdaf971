/** What is kept of a record's times, and whether records lie one separator apart. */
import { expect, test } from "vitest";
import type { Claim } from "../../../src/content/shape.ts";
import type { ContentItem } from "../../../src/decision/model.ts";
import { Columns } from "../../../src/gate/columns.ts";

const claimOf = (until: ContentItem["capturedUntil"]): Claim => ({
  items: [],
  turns: null,
  replacement: null,
  stripTo: null,
  times: { single: null, capturedAt: () => 7, capturedUntil: () => until },
});

test("an end that cannot be read stays one, among others and among none", () => {
  const columns = new Columns();
  for (const until of [null, "unreadable", null, 9] as const)
    columns.add(new Uint8Array(0), 0, 0, claimOf(until));
  expect([0, 1, 2, 3].map((i) => columns.capturedUntil(i))).toEqual([null, "unreadable", null, 9]);
  expect(columns.capturedAt(1)).toBe(7);
});

test.each([
  ["a\nb", true],
  ["a b", false],
])("records of %j lie one line break apart: %s", (text, expected) => {
  const columns = new Columns();
  const bytes = new TextEncoder().encode(text);
  columns.add(bytes, 0, 1, claimOf(null));
  columns.add(bytes, 2, 3, claimOf(null));
  expect(columns.adjoin(bytes, 0, 1, 0x0a)).toBe(expected);
});
