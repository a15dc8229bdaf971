/** What is kept of records, which of those alike are known, and whether records lie one separator apart. */
import { describe, expect, test } from "vitest";
import { type Alikes, ROW } from "../../../src/content/framing.ts";
import type { Claim } from "../../../src/content/shape.ts";
import type { ContentItem } from "../../../src/decision/model.ts";
import { Columns } from "../../../src/gate/columns.ts";

const claimOf = (until: ContentItem["capturedUntil"], times: Partial<Claim["times"]> = {}): Claim => ({
  items: [],
  turns: null,
  replacement: null,
  stripTo: null,
  times: { single: null, capturedAt: () => 7, capturedUntil: () => until, ...times },
});
const NO_BYTES = new Uint8Array(0);

test("an end that cannot be read stays one, among others and among none", () => {
  const columns = new Columns();
  for (const until of [null, "unreadable", null, 9] as const) columns.add(NO_BYTES, 0, 0, claimOf(until));
  expect([0, 1, 2, 3].map((i) => columns.capturedUntil(i))).toEqual([null, "unreadable", null, 9]);
  expect(columns.capturedAt(1)).toBe(7);
});

test.each([
  ["a\nb", true],
  ["a b", false],
  ["a\nb\nc", true],
  ["a\nb c", false],
  ["a b\nc", false],
])("records of %j lie one line break apart: %s", (text, expected) => {
  const columns = new Columns();
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < text.length; at += 2) columns.add(bytes, at, at + 1, claimOf(null));
  expect(columns.adjoin(bytes, 0, columns.count - 1, 0x0a)).toBe(expected);
});

test("only records from the first to the last asked about must lie so", () => {
  const columns = new Columns();
  const bytes = new TextEncoder().encode("a b\nc d");
  for (const at of [0, 2, 4, 6]) columns.add(bytes, at, at + 1, claimOf(null));
  expect(columns.adjoin(bytes, 1, 2, 0x0a)).toBe(true);
  expect(columns.adjoin(bytes, 0, 2, 0x0a)).toBe(false);
  expect(columns.adjoin(bytes, 1, 3, 0x0a)).toBe(false);
});

test("two bytes between records are not one, whichever they are", () => {
  const columns = new Columns();
  const bytes = new TextEncoder().encode("a\n\nb");
  columns.add(bytes, 0, 1, claimOf(null));
  columns.add(bytes, 3, 4, claimOf(null));
  expect(columns.adjoin(bytes, 0, 1, 0x0a)).toBe(false);
});

test.each([false, true])("nothing is lost as more records come, ends among them: %s", (ends) => {
  const columns = new Columns();
  const expected = Array.from({ length: 300 }, (_, i) => ({
    start: 3 * i,
    end: 3 * i + 2,
    said: i % 2,
    at: i % 3 === 0 ? null : 1_000 + i,
    until: !ends || i % 5 !== 0 ? null : i % 10 === 0 ? ("unreadable" as const) : 2_000 + i,
  }));
  let i = 0;
  const times = { capturedAt: () => expected[i]!.at, capturedUntil: () => expected[i]!.until };
  const claims = [claimOf(null, times), claimOf(null, times)];
  for (; i < expected.length; i++) {
    const { start, end, said } = expected[i]!;
    expect(columns.add(NO_BYTES, start, end, claims[said]!)).toBe(i < 2);
    expect([columns.count, columns.end]).toEqual([i + 1, end]);
  }
  const kept = expected.map((_, n) => ({
    start: columns.starts[n],
    end: columns.ends[n],
    said: columns.said[n],
    at: columns.capturedAt(n),
    until: columns.capturedUntil(n),
  }));
  expect(kept).toEqual(expected);
  expect(columns.claims).toEqual(claims);
});

test("of a record that comes in another only what is within may leave, and the other ends where it does", () => {
  const columns = new Columns();
  columns.add(NO_BYTES, 10, 90, claimOf(null), { start: 20, end: 30 });
  expect([columns.starts[0], columns.ends[0], columns.end]).toEqual([20, 30, 90]);
});

test("a record that says nothing of when was captured at no time that is known", () => {
  const columns = new Columns();
  columns.add(NO_BYTES, 0, 1, claimOf(9));
  columns.add(NO_BYTES, 1, 2, { ...claimOf(9), times: null });
  expect([columns.capturedAt(1), columns.capturedUntil(1)]).toEqual([null, null]);
});

describe("records alike", () => {
  const SLOT = 5;
  const WITHOUT = 6;
  const instantOf = (_: Uint8Array, start: number, end: number) => start * 1_000 + end;
  const timed = claimOf(null, { single: { slot: SLOT, without: WITHOUT, instantOf } });
  interface Row {
    readonly place?: number;
    readonly number?: number;
    /** Where the value that says when is among the two that are captured; by default the second. */
    readonly index?: number;
    /** The same of what would say until when; by default: nowhere. */
    readonly without?: number;
  }
  /** Of row r: the record is `[10 r, 10 r + 9)`, its values `[10 r + 1, 10 r + 2)` and `[10 r + 3, 10 r + 5)`, all counted from 100. */
  function alikesOf(rows: readonly Row[]): Alikes {
    const stride = 12;
    const integers = new Int32Array(rows.length * stride);
    rows.forEach(({ place = 4, number = 1 }, r) => {
      const row = integers.subarray(r * stride);
      row[ROW.start] = 10 * r;
      row[ROW.end] = 10 * r + 9;
      row[ROW.place] = place;
      row[ROW.number] = number;
      row.set([10 * r + 1, 10 * r + 2, 10 * r + 3, 10 * r + 5], ROW.values);
    });
    const indexOf = (r: number, slot: number) => {
      const { index = 1, without = -1 } = rows[r]!;
      return slot === SLOT ? index : slot === WITHOUT ? without : -3;
    };
    return { rows: integers, stride, from: 100, indexOf };
  }
  /** The first of `rows` is read, and expected from then on; how many rows after it are then taken, and all that is kept. */
  function taken(rows: readonly Row[], claim: Claim = timed, to = rows.length) {
    const columns = new Columns();
    const alikes = alikesOf(rows);
    columns.add(NO_BYTES, 0, 1, claimOf(null));
    columns.add(NO_BYTES, 100, 109, claim);
    columns.expect(alikes, 0);
    return { columns, alikes, next: columns.addAlikes(NO_BYTES, alikes, 1, to) };
  }

  test("say what the first of them said, each at its own time", () => {
    const { columns, next } = taken([{}, {}, {}]);
    expect([next, columns.count, columns.end]).toEqual([3, 4, 129]);
    expect([...columns.starts.slice(2, 4)]).toEqual([110, 120]);
    expect([...columns.ends.slice(2, 4)]).toEqual([119, 129]);
    expect([...columns.said.slice(0, 4)]).toEqual([0, 1, 1, 1]);
    expect([columns.capturedAt(2), columns.capturedAt(3)]).toEqual([113_115, 123_125]);
    expect(columns.capturedUntil(3)).toBeNull();
  });

  test("only as many as are asked for", () => {
    const { columns, next } = taken([{}, {}, {}], timed, 2);
    expect([next, columns.count, columns.end]).toEqual([2, 3, 119]);
  });

  test("at no time, where the first said none", () => {
    const { columns, next } = taken([{ index: -1 }, {}], timed);
    expect([next, columns.capturedAt(2)]).toEqual([2, null]);
  });

  test("at no time, where theirs cannot be read", () => {
    const unread = claimOf(null, { single: { slot: SLOT, without: WITHOUT, instantOf: () => null } });
    const { columns, next } = taken([{}, {}], unread);
    expect([next, columns.capturedAt(2)]).toEqual([2, null]);
  });

  test.each<[name: string, rows: readonly Row[], claim: Claim]>([
    ["another number in the place", [{}, { number: 2 }], timed],
    ["another place", [{}, { place: 3 }], timed],
    ["no number", [{}, { number: 0 }], timed],
    ["none had a number", [{ number: 0 }, { number: 0 }], timed],
    ["what says nothing of when", [{}, {}], { ...timed, times: null }],
    ["what says more of when than one value", [{}, {}], claimOf(null)],
    ["several values say when", [{ index: -2 }, {}], timed],
    ["one says until when", [{ without: 0 }, {}], timed],
    ["several say until when", [{ without: -2 }, {}], timed],
  ])("not known: %s", (_, rows, claim) => {
    const { columns, next } = taken(rows, claim);
    expect([next, columns.count, columns.end]).toEqual([1, 2, 109]);
  });

  test("the last record ends where it did, if none after it is taken", () => {
    const { columns, alikes } = taken([{}, { number: 2 }]);
    columns.add(NO_BYTES, 200, 290, timed, { start: 210, end: 220 });
    expect([columns.addAlikes(NO_BYTES, alikes, 1, 2), columns.end]).toEqual([1, 290]);
  });

  test("another that was read since is expected in the same place, and those before it are not", () => {
    const { columns, alikes } = taken([{}, {}, { number: 2 }, { number: 2 }, {}]);
    const other = claimOf(null, { single: { slot: WITHOUT, without: -9, instantOf: () => 42 } });
    columns.add(NO_BYTES, 120, 129, other);
    columns.expect({ ...alikes, indexOf: (_, slot) => (slot === WITHOUT ? 0 : -1) }, 2);
    expect(columns.addAlikes(NO_BYTES, alikes, 3, 5)).toBe(4);
    expect([columns.said[4], columns.capturedAt(4)]).toEqual([2, 42]);
  });

  test("nothing is known in the next window", () => {
    const { columns, alikes } = taken([{}, {}, {}]);
    columns.add(NO_BYTES, 0, 1, claimOf(9));
    columns.clear();
    expect([columns.count, columns.end, columns.claims]).toEqual([0, 0, []]);
    expect(columns.addAlikes(NO_BYTES, alikes, 1, 3)).toBe(1);
    expect(columns.add(NO_BYTES, 100, 109, timed)).toBe(true);
    expect([columns.said[0], columns.capturedUntil(0), columns.claims]).toEqual([0, null, [timed]]);
  });
});
