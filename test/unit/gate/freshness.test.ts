/** How old the state may be under which something is handed on, to the millisecond (contract, section 6), by a clock that the test turns. */
import { beforeEach, describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { Freshness } from "../../../src/gate/freshness.ts";
import type { Judged } from "../../../src/gate/judging.ts";

const AT = 1_000_000;
const AGE = LIMITS.state_age_ms_max;
let now: number;
/** What was judged anew: its round, and from which record on. */
let anew: [round: number, from: number][];
/** How long judging anew takes, ms; beyond, it takes none. */
let takes: number[];

const judged = (checkedAt: number, round = 0): Judged =>
  ({ checkedAt, round, window: { columns: { count: 3 } } }) as unknown as Judged;

const judging = {
  anew: async ({ round }: Judged, from: number): Promise<Judged> => {
    anew.push([round, from]);
    const checkedAt = now;
    now += takes.shift() ?? 0;
    return judged(checkedAt, round + 1);
  },
};

function freshness(cacheMsMax: number | null = null): Freshness {
  return new Freshness({ cacheMsMax }, { read: () => now }, judging);
}

beforeEach(() => {
  now = AT;
  anew = [];
  takes = [];
});

test.each<[name: string, cacheMsMax: number | null, passed: number, checkedAt: number, again: boolean]>([
  ["as old as it may be", null, AGE, AT, false],
  ["a millisecond older", null, AGE + 1, AT, true],
  ["of this very instant", null, 0, AT, false],
  ["none, where nobody was looked up", null, AGE + 1, Number.POSITIVE_INFINITY, false],
  ["as old as the cache's may be", 5_000, 5_000, AT, false],
  ["older than the cache's may be", 5_000, 5_001, AT, true],
  ["as old as it may be without the cache that keeps it for less", 200, AGE, AT, false],
  ["older than that", 200, AGE + 1, AT, true],
])("state %s: judged anew, or not", async (_, cacheMsMax, passed, checkedAt, again) => {
  now = AT + passed;
  const one = judged(checkedAt);
  const all = [one];
  const fresh = await freshness(cacheMsMax).of(one, 1);
  expect(fresh === one).toBe(!again);
  expect(anew).toEqual(again ? [[0, 1]] : []);
  now = AT + passed;
  expect((await freshness(cacheMsMax).ofAll(all)) === all).toBe(!again);
});

describe("state that is too old again by the time it has been read", () => {
  const late = AGE + 1;

  test.each([
    ["once", [late], 2],
    ["twice", [late, late], 3],
  ])("%s: read again", async (_, slow, rounds) => {
    now += late;
    takes = [...slow];
    expect((await freshness().of(judged(AT), 0)).round).toBe(rounds);
    expect(anew.map(([round]) => round)).toEqual(Array.from({ length: rounds }, (_, i) => i));
    now = AT + late;
    takes = [...slow];
    expect((await freshness().ofAll([judged(AT)])).map(({ round }) => round)).toEqual([rounds]);
  });

  test("three times in a row: nothing is handed on", async () => {
    now += late;
    takes = new Array(9).fill(late);
    await expect(freshness().of(judged(AT), 0)).rejects.toMatchObject({ code: "consent_unavailable" });
    expect(anew).toHaveLength(3);
    await expect(freshness().ofAll([judged(AT)])).rejects.toMatchObject({ code: "consent_unavailable" });
    expect(anew).toHaveLength(6);
  });
});

test("a window of which all has left is not asked about any more", async () => {
  now += AGE + 1;
  const one = judged(AT);
  expect(await freshness().of(one, 3)).toBe(one);
  expect(anew).toEqual([]);
  expect(await freshness().of(one, 2)).not.toBe(one);
  expect(anew).toEqual([[0, 2]]);
});

test("of several windows those that have aged, whole, until all are fresh at one instant", async () => {
  now += AGE + 1;
  // While the first is checked, the second ages.
  takes = [400];
  const windows = [judged(AT), judged(AT + 300)];
  expect((await freshness().ofAll(windows)).map(({ round }) => round)).toEqual([1, 1]);
  expect(anew).toEqual([
    [0, 0],
    [0, 0],
  ]);
  anew = [];
  now += AGE + 1;
  const [old, young] = [judged(AT), judged(now)];
  expect((await freshness().ofAll([old, young]))[1]).toBe(young);
  expect(anew).toHaveLength(1);
});
