/** Evidence that lags, over a database that refuses, hangs or is away, by timers that the test turns. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Entry } from "../../../src/evidence/entries.ts";
import { LaggingEvidence } from "../../../src/gate/lagging-evidence.ts";

const exchangeOf = (id: string): readonly Entry[] =>
  [0, 1, 2].map((position) => ({ exchange: id, position }) as unknown as Entry);

/** Refuses, whole, any append that holds an entry of `poison`. */
class Database {
  readonly taken: string[] = [];
  appends = 0;
  poison = new Set<string>();
  state: "well" | "away" | "hangs" = "well";

  async append(entries: readonly Entry[]): Promise<void> {
    this.appends += 1;
    if (this.state === "hangs") return new Promise(() => {});
    const ids = new Set(entries.map(({ exchange }) => exchange));
    if (this.state === "away" || [...ids].some((id) => this.poison.has(id))) throw new Error("refused");
    this.taken.push(...ids);
  }
}

let database: Database;
let now: number;
let evidence: LaggingEvidence;
let deferred: Promise<unknown>[];
const add = (id: string) => evidence.add(exchangeOf(id), (work) => deferred.push(work));
const pass = (ms: number) => {
  now += ms;
  return vi.advanceTimersByTimeAsync(ms);
};

beforeEach(() => {
  vi.useFakeTimers();
  database = new Database();
  now = 1_000_000;
  deferred = [];
  evidence = new LaggingEvidence(database, () => now);
});
afterEach(() => {
  vi.useRealTimers();
});

test("exchanges of a moment are written together", async () => {
  for (const id of ["a", "b", "c"]) add(id);
  await pass(1_000);
  expect([database.taken, database.appends, deferred.length]).toEqual([["a", "b", "c"], 1, 1]);
});

test("one that the database never takes costs no other its evidence, and is given up", async () => {
  database.poison = new Set(["bad"]);
  for (const id of ["a", "bad", "b"]) add(id);
  await pass(1_000);
  expect(database.taken).toEqual(["a", "b"]);
  for (const id of ["c", "d", "e"]) {
    add(id);
    await pass(1_000);
  }
  expect(database.taken).toEqual(["a", "b", "c", "d", "e"]);
  const before = database.appends;
  add("f");
  await pass(1_000);
  expect([database.taken.at(-1), database.appends - before]).toEqual(["f", 1]);
});

test("those it never takes do not keep the others behind them", async () => {
  database.poison = new Set(["bad-0", "bad-1", "bad-2"]);
  for (const id of ["bad-0", "bad-1", "bad-2", "a"]) add(id);
  await pass(1_000);
  add("b");
  await pass(1_000);
  expect(database.taken).toEqual(["a", "b"]);
});

test("while the database is away little is asked of it, and all is written when it is back", async () => {
  database.state = "away";
  for (let i = 0; i < 100; i++) add(`x${i}`);
  await pass(1_000);
  expect(database.appends).toBe(1 + 2);
  for (let i = 0; i < 10; i++) {
    add(`y${i}`);
    await pass(1_000);
  }
  database.state = "well";
  add("z");
  await pass(1_000);
  expect(new Set(database.taken).size).toBe(111);
});

test("few that wait while the database is away are not given up, however often they are tried", async () => {
  database.state = "away";
  for (let i = 0; i < 10; i++) {
    add(`x${i}`);
    await pass(1_000);
  }
  database.state = "well";
  add("y");
  await pass(1_000);
  expect(new Set(database.taken).size).toBe(11);
});

test("one refused three times while others are taken is tried no more", async () => {
  database.poison = new Set(["bad"]);
  add("bad");
  for (const [id, appends] of [
    ["a", 3],
    ["b", 3],
    ["c", 3],
    ["d", 1],
  ] as const) {
    const before = database.appends;
    add(id);
    await pass(1_000);
    expect([id, database.appends - before]).toEqual([id, appends]);
  }
});

test.each([
  [19_999, 1],
  [20_000, 2],
])("a write of %i ms ago that nothing is heard of: %i under way", async (ms, writes) => {
  add("a");
  now += ms;
  add("b");
  expect(deferred).toHaveLength(writes);
});

test("a write that hangs ends, and what it held is written with the next", async () => {
  database.state = "hangs";
  add("a");
  await pass(60_000);
  database.state = "well";
  add("b");
  await pass(1_000);
  expect(database.taken.toSorted()).toEqual(["a", "b"]);
});

test("what waits is bounded: the oldest are lost", async () => {
  database.state = "away";
  for (let i = 0; i < 3_500; i++) add(`x${i}`);
  database.state = "well";
  await pass(1_000);
  expect([database.taken.length, database.taken[0]]).toEqual([3_000, "x500"]);
});

test("a write whose request died does not stop later ones, though the clock has gone back", async () => {
  const dead = new LaggingEvidence(database, () => now);
  // The platform drops the work of a request that was not deferred.
  vi.clearAllTimers();
  dead.add(exchangeOf("a"), () => {});
  vi.clearAllTimers();
  now -= 3_600_000;
  dead.add(exchangeOf("b"), () => {});
  await pass(1_000);
  expect(database.taken).toEqual(["a", "b"]);
});
