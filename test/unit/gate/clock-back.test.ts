/** A clock that goes back must not make anybody wait longer, or believe anything for longer. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AgeClock } from "../../../src/base/clock.ts";
import { Watchdog } from "../../../src/base/deadline.ts";
import { LIMITS } from "../../../src/config/limits.ts";
import type { ConsentReader } from "../../../src/consent/port.ts";
import { Revocations } from "../../../src/gate/revocations.ts";

const HOUR_MS = 3_600_000;
let now: number;

beforeEach(() => {
  vi.useFakeTimers();
  now = 10 * HOUR_MS;
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([0, HOUR_MS])("a wait ends, with the clock put back by %i ms", async (back) => {
  let late = 0;
  const watchdog = new Watchdog(
    1_000,
    () => now,
    () => (late += 1),
  );
  watchdog.begin();
  now -= back;
  for (let i = 0; i < 3; i++) {
    now += 1_000;
    await vi.advanceTimersByTimeAsync(1_000);
  }
  watchdog.stop();
  expect(late).toBe(1);
});

test("a wait that has ended is not called late, with the clock put back", async () => {
  let late = 0;
  const watchdog = new Watchdog(
    1_000,
    () => now,
    () => (late += 1),
  );
  watchdog.begin();
  watchdog.end();
  now -= HOUR_MS;
  await vi.advanceTimersByTimeAsync(5_000);
  watchdog.stop();
  expect(late).toBe(0);
});

test("the list of revoked keys is read again when the clock has gone back", async () => {
  const revoked = new Map<string, number>();
  const reader = { revokedKeys: async () => new Map(revoked) } as unknown as ConsentReader;
  const revocations = new Revocations(reader);
  expect(await revocations.has("k", now, () => {})).toBe(false);
  now -= HOUR_MS;
  revoked.set("k", now - 1);
  expect(await revocations.has("k", now, () => {})).toBe(true);
});

test("a clock for ages goes with the clock, and ahead of everything when that goes back", () => {
  const ages = new AgeClock(() => now);
  const before = ages.read();
  now += 700;
  expect(ages.read() - before).toBe(700);
  now -= 1;
  const after = ages.read();
  expect(after - before).toBeGreaterThan(LIMITS.consent_cache_ms_max);
  now += 5;
  expect(ages.read() - after).toBe(5);
  now -= HOUR_MS;
  expect(ages.read() - after).toBeGreaterThan(LIMITS.consent_cache_ms_max);
});

test("a clock for ages sees the clock go back while nobody asks, until it is stopped", async () => {
  const ages = new AgeClock(() => now);
  const before = ages.read();
  ages.watch(100);
  for (const passed of [100, 100]) {
    now += passed;
    await vi.advanceTimersByTimeAsync(passed);
  }
  now -= 9_000;
  await vi.advanceTimersByTimeAsync(100);
  now += 9_000;
  expect(ages.read() - before).toBeGreaterThan(LIMITS.consent_cache_ms_max);
  ages.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test.each<[name: string, passes: (real: number) => number]>([
  ["stands still", () => 0],
  ["goes slowly", (real) => real / 3],
  ["goes back by less than can be seen, again and again", (real) => real - 99 * Math.floor(real / 100)],
  ["is away, and back by as much", (real) => (real < 3_000 ? Number.NaN : real - 2_700)],
])("a clock for ages that %s goes ahead as timers do", async (_, passes) => {
  const began = now;
  const ages = new AgeClock(() => {
    if (Number.isNaN(now)) throw new Error("no clock");
    return now;
  });
  ages.watch(100);
  for (let real = 20; real <= 4_000; real += 20) {
    now = began + passes(real);
    await vi.advanceTimersByTimeAsync(20);
  }
  expect(ages.read() - began).toBeGreaterThanOrEqual(3_900);
  ages.stop();
});

test("a clock for ages that cannot be read says so to whoever asks, and is read again", async () => {
  let away = false;
  const ages = new AgeClock(() => {
    if (away) throw new Error("no clock");
    return now;
  });
  ages.watch(100);
  away = true;
  await vi.advanceTimersByTimeAsync(500);
  expect(() => ages.read()).toThrow("no clock");
  away = false;
  expect(ages.read()).toBe(now + 500);
  ages.stop();
});
