/** A clock that goes back must not make anybody wait longer, or believe anything for longer. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Watchdog } from "../../../src/base/deadline.ts";
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
