/** A revoked key is known within a minute, by a list that survives an unreachable database (contract, section 9). */
import { expect, test } from "vitest";
import type { ConsentReader } from "../../../src/consent/port.ts";
import { Revocations } from "../../../src/gate/revocations.ts";

const START = 1_000_000;

function revocations(...lists: readonly (ReadonlyMap<string, number> | Error | Promise<never>)[]) {
  const left = [...lists];
  const asked = { times: 0 };
  const deferred: Promise<unknown>[] = [];
  const reader = {
    async revokedKeys() {
      asked.times += 1;
      const next = left.length > 1 ? left.shift() : left[0];
      if (next instanceof Error) throw next;
      return next;
    },
  } as unknown as ConsentReader;
  const list = new Revocations(reader);
  return {
    asked,
    deferred,
    has: (key: string, now: number) => list.has(key, now, (work) => void deferred.push(work)),
  };
}
const K1 = new Map([["k1", START]]);
const NOBODY = new Map<string, number>();

test("the first request waits for the list", async () => {
  const { has, asked } = revocations(K1);
  expect(await has("k1", START)).toBe(true);
  expect(await has("k2", START)).toBe(false);
  expect(asked.times).toBe(1);
});

test("a key is revoked from the instant it names", async () => {
  const { has } = revocations(new Map([["k1", START + 5]]));
  expect(await has("k1", START + 4)).toBe(false);
  expect(await has("k1", START + 5)).toBe(true);
});

test("the list is read again after half a minute, behind the request, and is never older than a minute", async () => {
  const { has, asked, deferred } = revocations(NOBODY, K1);
  expect(await has("k1", START)).toBe(false);
  expect(await has("k1", START + 30_000)).toBe(false);
  expect(asked.times).toBe(1);
  expect(await has("k1", START + 30_001)).toBe(false);
  expect([asked.times, deferred.length]).toEqual([2, 2]);
  await deferred[1];
  expect(await has("k1", START + 30_002)).toBe(true);
});

test("a request that comes when the list is nearly a minute old waits for a new one", async () => {
  const { has } = revocations(NOBODY, K1);
  await has("k1", START);
  expect(await has("k1", START + 59_001)).toBe(true);
  const early = revocations(NOBODY, K1);
  await early.has("k1", START);
  expect(await early.has("k1", START + 59_000)).toBe(false);
});

test("what is known stays known while the database is away, and it is asked no more than once a second", async () => {
  const { has, asked, deferred } = revocations(K1, new Error("away"));
  await has("k1", START);
  expect(await has("k1", START + 100_000)).toBe(true);
  expect(await has("k1", START + 101_000)).toBe(true);
  expect(asked.times).toBe(2);
  expect(await has("k1", START + 101_001)).toBe(true);
  expect(asked.times).toBe(3);
  await Promise.allSettled(deferred);
});

test("a list that does not come is not waited for longer than a second", async () => {
  const { has } = revocations(new Promise<never>(() => {}));
  const started = performance.now();
  expect(await has("k1", START)).toBe(false);
  expect(performance.now() - started).toBeGreaterThan(900);
});
