/** When the ledger's writer runs, by timers that the test turns. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LedgerDriver } from "../../../src/ledger-writer/drive.ts";

let now: number;
let ranAt: number[];
/** How long a run takes, ms. */
let runMs: number;
let deferred: Promise<unknown>[];
let driver: LedgerDriver;
const defer = (work: Promise<unknown>) => void deferred.push(work);
/** One exchange that takes so long. */
const exchange = (ms: number) => driver.after(() => new Promise((resolve) => setTimeout(resolve, ms)), defer);
const pass = async (ms: number) => {
  for (const end = now + ms; now < end; now += 50) await vi.advanceTimersByTimeAsync(50);
};

beforeEach(() => {
  vi.useFakeTimers();
  now = 0;
  ranAt = [];
  runMs = 0;
  deferred = [];
  driver = new LedgerDriver(
    async () => {
      ranAt.push(now);
      if (runMs > 0) await new Promise((resolve) => setTimeout(resolve, runMs));
    },
    () => now,
  );
});
afterEach(() => {
  vi.useRealTimers();
});

test("what is accepted within a moment is written together, kept alive by the first request", async () => {
  for (let i = 0; i < 3; i++) driver.nudge(defer);
  await pass(1_950);
  expect([ranAt.length, deferred.length]).toEqual([0, 1]);
  await pass(3_000);
  expect([ranAt.length, deferred.length]).toEqual([1, 1]);
});

test("an exchange hands on what came of it, and is followed by a run even if it failed", async () => {
  expect(await driver.after(async () => "answer", defer)).toBe("answer");
  await pass(3_000);
  expect(ranAt.length).toBe(1);
  await expect(driver.after(() => Promise.reject(new Error("failed")), defer)).rejects.toThrow("failed");
  await pass(3_000);
  expect(ranAt.length).toBe(2);
});

test("a run waits until no exchange is under way", async () => {
  driver.nudge(defer);
  void exchange(5_000);
  await pass(4_900);
  expect(ranAt).toEqual([]);
  await pass(500);
  expect(ranAt.length).toBe(1);
});

test("… and at most ten seconds, however many come", async () => {
  driver.nudge(defer);
  for (let i = 0; i < 30; i++) {
    void exchange(1_500);
    await pass(500);
    if (now < 10_000) expect(ranAt).toEqual([]);
  }
  expect(ranAt[0]).toBeLessThan(10_500);
});

test("an exchange that has taken ten seconds, or whose request died, is waited for no more", async () => {
  void driver.after(() => new Promise(() => {}), defer);
  await pass(9_000);
  driver.nudge(defer);
  await pass(2_500);
  expect(ranAt.length).toBe(1);
});

test("what comes while a run is under way is for another, in the same request for a third of a minute", async () => {
  runMs = 3_000;
  driver.nudge(defer);
  await pass(2_500);
  expect(ranAt.length).toBe(1);
  driver.nudge(defer);
  await pass(5_000);
  expect([ranAt.length, deferred.length]).toEqual([2, 1]);
});

test("a run that never ends is given up after a minute; also once the clock has gone back", async () => {
  runMs = 10_000_000;
  driver.nudge(defer);
  await pass(59_000);
  driver.nudge(defer);
  expect([ranAt.length, deferred.length]).toEqual([1, 1]);
  await pass(1_500);
  driver.nudge(defer);
  await pass(3_000);
  expect([ranAt.length, deferred.length]).toEqual([2, 2]);
  now -= 30_000;
  driver.nudge(defer);
  await pass(3_000);
  expect([ranAt.length, deferred.length]).toEqual([3, 3]);
});

test("a clock that goes back keeps no run waiting", async () => {
  driver.nudge(defer);
  void exchange(60_000);
  now -= 5_000;
  await pass(2_500);
  expect(ranAt.length).toBe(1);
});
