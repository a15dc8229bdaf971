/** Items of a document as windows: each in one, none lost, no window larger than one look-up. */
import { afterEach, describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { DocumentItem } from "../../../src/content/document.ts";
import type { ContentItem } from "../../../src/decision/model.ts";
import { windowsOf } from "../../../src/gate/item-windows.ts";

const LIMITS_HERE = LIMITS as Record<string, number>;
const usual = { ...LIMITS_HERE };
afterEach(() => {
  Object.assign(LIMITS_HERE, usual);
});

const itemOf = (account: string, over: Partial<DocumentItem> = {}): DocumentItem => ({
  items: [{ type: "content", account, conversation: null, privateTo: null } as unknown as ContentItem],
  excess: "none",
  strippable: false,
  ...over,
});
const shapesOf = (items: readonly DocumentItem[]) =>
  windowsOf(items).map(({ firstIndex, columns, keys, last }) => [
    firstIndex,
    columns.count,
    keys.toLookup().accounts,
    last,
  ]);
const of = (...accounts: string[]) => accounts.map((account) => itemOf(account));

describe("windows", () => {
  test("of nothing: one, which is the last", () => {
    expect(shapesOf([])).toEqual([[0, 0, [], true]]);
  });

  test("of what fits one look-up: one", () => {
    expect(shapesOf(of("a", "b", "a"))).toEqual([[0, 3, ["a", "b"], true]]);
  });

  test.each([
    [
      2,
      [
        [0, 2, ["a", "b"], false],
        [2, 2, ["c", "d"], true],
      ],
    ],
    [
      3,
      [
        [0, 3, ["a", "b", "c"], false],
        [3, 1, ["d"], true],
      ],
    ],
    [4, [[0, 4, ["a", "b", "c", "d"], true]]],
  ])("of at most %i items", (max, expected) => {
    LIMITS_HERE.window_records_max = max;
    expect(shapesOf(of("a", "b", "c", "d"))).toEqual(expected);
  });

  test("of as many keys as one look-up has", () => {
    LIMITS_HERE.window_keys_max = 2;
    expect(shapesOf(of("a", "a", "b", "c"))).toEqual([
      [0, 3, ["a", "b"], false],
      [3, 1, ["c"], true],
    ]);
  });
});

test.each<[DocumentItem["excess"], boolean, left: number | null, stripped: number | null]>([
  ["none", false, null, null],
  ["some", false, 1, null],
  ["all", true, 0, 1],
] as never)("what is too much of an item: %s; strippable: %s", (excess, strippable, left, stripped) => {
  const [window] = windowsOf([itemOf("a", { excess, strippable })]);
  const [claim] = window!.columns.claims;
  expect(claim!.replacement?.length ?? null).toBe(left);
  const applied = claim!.stripTo?.apply(new Uint8Array(0), 0, 0);
  expect(applied?.bytes.length ?? null).toBe(stripped);
  expect(applied?.empty ?? false).toBe(false);
  expect([claim!.turns, claim!.times, window!.bytes.length, window!.asCame]).toEqual([null, null, 0, null]);
});
