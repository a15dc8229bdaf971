import { beforeEach, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { cachedReader } from "../../../src/consent/cache.ts";
import type { ConsentReader, LookupKeys, LookupResult } from "../../../src/consent/port.ts";

const REVISIONS = { accounts: new Map([["a", 1]]), notices: new Map([["s", 1]]) };
const STATE = { accounts: new Map(), conversations: new Map(), notices: new Map() };

let now: number;
let asked: string[];
let keyRevoked: boolean;
let failing: boolean;
let reader: ConsentReader;

beforeEach(() => {
  now = 1_000;
  asked = [];
  keyRevoked = false;
  failing = false;
  reader = {
    async lookup(keys, services, keyId, everyone): Promise<LookupResult> {
      asked.push(JSON.stringify([keys, services, keyId, everyone]));
      now += 5;
      if (failing) throw new Error("away");
      return { state: STATE, revisions: REVISIONS, keyRevoked, ageMs: 0 };
    },
    async revisions() {
      asked.push("revisions");
      return { revisions: REVISIONS, keyRevoked };
    },
    async revokedKeys() {
      asked.push("revoked");
      return new Map();
    },
  };
});

const keys = (more: Partial<LookupKeys> = {}): LookupKeys => ({
  accounts: ["a"],
  conversations: ["c"],
  people: [],
  whole: [],
  ...more,
});

test("serves the same question until the bound, and says how old the state is", async () => {
  const cached = cachedReader(reader, 100, () => now);
  const ask = async () => (await cached.lookup(keys(), ["s"], "k", false)).ageMs;
  expect(await ask()).toBe(0);
  now = 1_100;
  expect(await ask()).toBe(100);
  expect(asked).toHaveLength(1);
  now = 1_101;
  expect(await ask()).toBe(0);
  expect(asked).toHaveLength(2);
});

test("a clock that went back is no reason to serve", async () => {
  const cached = cachedReader(reader, 100, () => now);
  await cached.lookup(keys(), ["s"], "k", false);
  now = 900;
  await cached.lookup(keys(), ["s"], "k", false);
  expect(asked).toHaveLength(2);
});

test.each<[string, Parameters<ConsentReader["lookup"]>]>([
  ["account", [keys({ accounts: ["b"] }), ["s"], "k", false]],
  ["conversation", [keys({ conversations: ["d"] }), ["s"], "k", false]],
  ["person", [keys({ people: [["c", "p"]] }), ["s"], "k", false]],
  ["whole conversation", [keys({ whole: ["c"] }), ["s"], "k", false]],
  ["service", [keys(), ["t"], "k", false]],
  ["producer key", [keys(), ["s"], "l", false]],
  ["rule", [keys(), ["s"], "k", true]],
])("another %s is another question", async (_, question) => {
  const cached = cachedReader(reader, 100, () => now);
  await cached.lookup(keys(), ["s"], "k", false);
  await cached.lookup(...question);
  expect(asked).toHaveLength(2);
});

test("keeps neither a revoked key nor what could not be read", async () => {
  const cached = cachedReader(reader, 100, () => now);
  keyRevoked = true;
  await cached.lookup(keys(), ["s"], "k", false);
  keyRevoked = false;
  failing = true;
  await expect(cached.lookup(keys(), ["s"], "k", false)).rejects.toThrow("away");
  failing = false;
  await cached.lookup(keys(), ["s"], "k", false);
  expect(asked).toHaveLength(3);
});

test("never serves a check of revisions, nor the revoked keys", async () => {
  const cached = cachedReader(reader, 100, () => now);
  for (let i = 0; i < 2; i++) {
    await cached.revisions(["a"], ["s"], "k");
    await cached.revokedKeys();
  }
  expect(asked).toEqual(["revisions", "revoked", "revisions", "revoked"]);
});

test("holds so many look-ups, the oldest leaving first", async () => {
  const cached = cachedReader(reader, 1_000_000, () => now);
  const ask = (i: number) => cached.lookup(keys({ accounts: [`a${i}`] }), ["s"], "k", false);
  for (let i = 0; i <= LIMITS.consent_cache_entries_max; i++) await ask(i);
  asked = [];
  await ask(1);
  expect(asked).toHaveLength(0);
  await ask(0);
  expect(asked).toHaveLength(1);
});

test("holds so many bytes, and nothing that alone is more", async () => {
  const cached = cachedReader(reader, 1_000_000, () => now);
  const third = "x".repeat(LIMITS.consent_cache_bytes_max / 6);
  const ask = (account: string) => cached.lookup(keys({ accounts: [account] }), ["s"], "k", false);
  for (const account of ["1", "2", "3"]) await ask(account + third);
  asked = [];
  await ask(`3${third}`);
  expect(asked).toHaveLength(0);
  await ask(`1${third}`);
  expect(asked).toHaveLength(1);
  asked = [];
  const huge = "x".repeat(LIMITS.consent_cache_bytes_max / 2);
  await ask(huge);
  await ask(huge);
  await ask(`1${third}`);
  expect(asked).toHaveLength(2);
});
