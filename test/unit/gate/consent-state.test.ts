/** How often the database is asked while an exchange lasts, by a clock that the test turns. */
import { beforeEach, expect, test } from "vitest";
import { AgeClock } from "../../../src/base/clock.ts";
import { LIMITS } from "../../../src/config/limits.ts";
import type { ConsentReader, LookupKeys } from "../../../src/consent/port.ts";
import type { ContentItem } from "../../../src/decision/model.ts";
import { ConsentState } from "../../../src/gate/consent-state.ts";
import type { Exchange } from "../../../src/gate/exchange.ts";
import type { Gate } from "../../../src/gate/gate.ts";
import type { RecordRoute } from "../../../src/gate/routes.ts";
import type { Window } from "../../../src/gate/windows.ts";
import { KeySet } from "../../../src/rules/lookup-keys.ts";

let now: number;
let revision: Map<string, number>;
let versions: number;
let keyRevoked: boolean;
let asked: string[];
let spent: number;
let state: ConsentState;

const exchangeWith = (cacheMsMax: number | null): ConsentState => {
  const gate = { consent, routes: { everyone: false, cacheMsMax }, now: () => now } as unknown as Gate;
  const exchange = { spend: () => (spent += 1), ages: new AgeClock(() => now) } as unknown as Exchange;
  const producer = { id: "p", keyId: "k", accounts: ["*"] };
  return new ConsentState(gate, { serviceIds: ["s"] } as unknown as RecordRoute, producer, exchange);
};

const revisionsOf = (accounts: readonly string[]) => ({
  revisions: {
    accounts: new Map(accounts.map((id) => [id, revision.get(id) ?? null] as const)),
    notices: new Map([["s", versions]]),
  },
  keyRevoked,
});
const consent: ConsentReader = {
  async lookup({ accounts }: LookupKeys) {
    asked.push(`lookup ${accounts.join(" ")}`);
    const nothing = { accounts: new Map(), conversations: new Map(), notices: new Map() };
    return { state: nothing, ...revisionsOf(accounts), ageMs: 0 };
  },
  async revisions(accounts) {
    asked.push(`revisions ${accounts.join(" ")}`);
    return revisionsOf(accounts);
  },
  revokedKeys: async () => new Map(),
};

beforeEach(() => {
  now = 1_000_000;
  revision = new Map([
    ["a", 1],
    ["b", 1],
  ]);
  versions = 1;
  keyRevoked = false;
  asked = [];
  spent = 0;
  state = exchangeWith(null);
});

function windowOf(...accounts: string[]): Window {
  const keys = new KeySet();
  for (const account of accounts) {
    const item: Partial<ContentItem> = { type: "content", account, conversation: null, privateTo: null };
    keys.add(item as ContentItem);
  }
  return { keys } as unknown as Window;
}

test("what has not changed is asked about by revision, and the state stays", async () => {
  const read = await state.lookUp(windowOf("a"));
  now += 900;
  expect(await state.unchangedAt(read)).toBe(now);
  expect(asked).toEqual(["lookup a", "revisions a"]);
  expect(spent).toBe(2);
});

test.each<[string, () => unknown]>([
  ["an account", () => revision.set("a", 2)],
  ["an account that went away", () => revision.delete("a")],
  ["a notice", () => (versions = 2)],
])("%s that changed is seen", async (_, change) => {
  const read = await state.lookUp(windowOf("a"));
  change();
  now += 900;
  expect(await state.unchangedAt(read)).toBeNull();
});

test("an account that came to be is seen", async () => {
  const read = await state.lookUp(windowOf("new"));
  revision.set("new", 1);
  now += 900;
  expect(await state.unchangedAt(read)).toBeNull();
});

test("a key that was revoked ends the exchange", async () => {
  const read = await state.lookUp(windowOf("a"));
  keyRevoked = true;
  now += 900;
  await expect(state.unchangedAt(read)).rejects.toMatchObject({ code: "key_revoked" });
});

test("one question serves every window, and only for a while", async () => {
  const a = await state.lookUp(windowOf("a"));
  const b = await state.lookUp(windowOf("b"));
  now += 900;
  const at = now;
  await state.unchangedAt(a);
  now += 100;
  expect(await state.unchangedAt(b)).toBe(at);
  expect(asked).toEqual(["lookup a", "lookup b", "revisions a b"]);
  now += LIMITS.state_age_ms_max;
  expect(await state.unchangedAt(b)).toBe(now);
  expect(asked).toHaveLength(4);
});

test("it does not serve a window that was read after it", async () => {
  const a = await state.lookUp(windowOf("a"));
  now += 900;
  await state.unchangedAt(a);
  now += 10;
  const b = await state.lookUp(windowOf("b"));
  expect(await state.unchangedAt(b)).toBe(now);
  expect(asked.at(-1)).toBe("revisions a b");
});

test("once something has changed, what was read before it serves no window", async () => {
  const old = await state.lookUp(windowOf("a"));
  now += 700;
  await state.lookUp(windowOf("a", "b"));
  now += 200;
  revision.set("a", 2);
  expect(await state.unchangedAt(old)).toBeNull();
  const anew = await state.lookUp(windowOf("a"));
  expect(anew.revisions.accounts.get("a")).toBe(2);
});

test("an exchange held back by its upstream for as long as it may last stays within its D1 calls", async () => {
  const window = windowOf("a");
  let { checkedAt, ...read } = await state.lookUp(window);
  for (const endsBy = now + LIMITS.exchange_ms_max; now + LIMITS.state_age_ms_max < endsBy; ) {
    now += LIMITS.state_age_ms_max + 1;
    checkedAt = (await state.unchangedAt({ ...read, checkedAt }))!;
  }
  expect(spent).toBeLessThanOrEqual(LIMITS.exchange_ms_max / LIMITS.state_age_ms_max + 1);
  expect(spent).toBeLessThan(0.65 * LIMITS.exchange_d1_calls_max);
});

test("an exchange has an end", async () => {
  const read = await state.lookUp(windowOf("a"));
  now += LIMITS.exchange_ms_max + 1;
  await expect(state.unchangedAt(read)).rejects.toMatchObject({ code: "exchange_too_long" });
  expect(spent).toBe(1);
});

test("the next windows need one check, not a look-up, while nothing changes", async () => {
  const first = await state.lookUp(windowOf("a", "b"));
  now += 100;
  expect((await state.lookUp(windowOf("a"))).checkedAt).toBe(first.checkedAt);
  now += 250;
  const again = await state.lookUp(windowOf("b"));
  expect(again).toMatchObject({ state: first.state, checkedAt: now });
  await state.lookUp(windowOf("a"));
  expect(asked).toEqual(["lookup a b", "revisions a b"]);
  revision.set("b", 2);
  now += 350;
  expect((await state.lookUp(windowOf("a"))).checkedAt).toBe(now);
  expect(asked.slice(2)).toEqual(["revisions a b", "lookup a"]);
});

test("where everything changes all the time, it is looked up at once", async () => {
  for (let window = 0; window < 100; window++) {
    await state.lookUp(windowOf("a"));
    revision.set("a", window + 2);
    now += 350;
  }
  expect(spent).toBe(100 + 20);
});

test("where a cache serves the state, D1 is not asked whether it holds", async () => {
  state = exchangeWith(5_000);
  await state.lookUp(windowOf("a"));
  now += 350;
  await state.lookUp(windowOf("a"));
  expect(asked).toEqual(["lookup a", "lookup a"]);
});
