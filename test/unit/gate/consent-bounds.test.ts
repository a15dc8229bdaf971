/** What a look-up may not do without: an end to waiting, a database that was put back, a clock that goes back, bounds. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AgeClock } from "../../../src/base/clock.ts";
import { LIMITS } from "../../../src/config/limits.ts";
import type { ConsentReader, LookupKeys, RevisionsResult } from "../../../src/consent/port.ts";
import type { ContentItem } from "../../../src/decision/model.ts";
import { ConsentState } from "../../../src/gate/consent-state.ts";
import type { Exchange } from "../../../src/gate/exchange.ts";
import type { Gate } from "../../../src/gate/gate.ts";
import type { Window } from "../../../src/gate/windows.ts";
import { KeySet } from "../../../src/rules/lookup-keys.ts";

const LIMITS_HERE = LIMITS as Record<string, number>;
const usual = { ...LIMITS_HERE };
const AT = 1_000_000;
let now: number;
let asked: string[];
let versions: { s: number; t: number };
let answer: Partial<RevisionsResult> & { ageMs?: number };
/** What the next question for revisions waits for, in turn; beyond: nothing. */
let gates: Promise<Partial<RevisionsResult>>[];

const revisionsOf = (accounts: readonly string[]): RevisionsResult => ({
  revisions: {
    accounts: new Map(accounts.map((id) => [id, 1])),
    notices: new Map([
      ["s", versions.s],
      ["t", versions.t],
    ]),
  },
  keyRevoked: false,
});
const consent: ConsentReader = {
  async lookup({ accounts }: LookupKeys) {
    asked.push(`lookup ${accounts.join(" ")}`);
    const state = { accounts: new Map(), conversations: new Map(), notices: new Map() };
    return { state, ...revisionsOf(accounts), ageMs: 0, ...answer };
  },
  async revisions(accounts) {
    asked.push(`revisions ${accounts.join(" ")}`);
    const found = revisionsOf(accounts);
    return { ...found, ...answer, ...(await gates.shift()) };
  },
  revokedKeys: async () => new Map(),
};

beforeEach(() => {
  now = AT;
  asked = [];
  versions = { s: 1, t: 1 };
  answer = {};
  gates = [];
});
afterEach(() => {
  Object.assign(LIMITS_HERE, usual);
  vi.useRealTimers();
});

const stateOf = (): ConsentState => {
  const gate = { consent, routes: { everyone: false, cacheMsMax: null }, now: () => now };
  const exchange = { spend: () => {}, ages: new AgeClock(() => now) } as unknown as Exchange;
  const producer = { id: "p", keyId: "k", accounts: ["*"] };
  return new ConsentState(gate as unknown as Gate, { serviceIds: ["s", "t"] }, producer, exchange);
};
function windowOf(...accounts: string[]): Window {
  const keys = new KeySet();
  for (const account of accounts) {
    const item: Partial<ContentItem> = { type: "content", account, conversation: null, privateTo: null };
    keys.add(item as ContentItem);
  }
  return { keys } as unknown as Window;
}

describe("a window that asks for nobody", () => {
  test("is decided without a question, and never ages", async () => {
    const read = await stateOf().lookUp(windowOf());
    expect(read.checkedAt).toBe(Number.POSITIVE_INFINITY);
    expect(asked).toEqual([]);
  });

  test("does not go on for ever", async () => {
    const state = stateOf();
    now += LIMITS.exchange_ms_max;
    await state.lookUp(windowOf());
    await state.lookUp(windowOf("a"));
    now += 1;
    await expect(state.lookUp(windowOf())).rejects.toMatchObject({ code: "exchange_too_long" });
  });
});

test("state from a cache is as old as the cache says", async () => {
  answer = { ageMs: 300 };
  expect((await stateOf().lookUp(windowOf("a"))).checkedAt).toBe(AT - 300);
});

describe("what no answer may be", () => {
  test.each([
    ["of a database that was put back", { putBack: true }, "consent_rolled_back"],
    ["of a key that is revoked", { keyRevoked: true }, "key_revoked"],
  ])("one %s", async (_, said, code) => {
    const state = stateOf();
    const read = await state.lookUp(windowOf("a"));
    now += 900;
    answer = said;
    await expect(state.unchangedAt(read)).rejects.toMatchObject({ code });
    await expect(state.lookUp(windowOf("b"))).rejects.toMatchObject({ code });
  });

  test("one that fails", async () => {
    const state = stateOf();
    const read = await state.lookUp(windowOf("a"));
    now += 900;
    gates = [Promise.reject(new Error("SECRET-7f3a"))];
    await expect(state.unchangedAt(read)).rejects.toMatchObject({ code: "consent_unavailable" });
  });

  test("one that never comes", async () => {
    vi.useFakeTimers();
    const state = stateOf();
    const read = await state.lookUp(windowOf("a"));
    now += 900;
    gates = [new Promise(() => {})];
    let fault: unknown = null;
    state.unchangedAt(read).catch((error) => {
      fault = error;
    });
    await vi.advanceTimersByTimeAsync(LIMITS.d1_ms_max - 1);
    expect(fault).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(fault).toMatchObject({ code: "consent_unavailable" });
  });
});

test.each([
  ["at once", 0, []],
  ["200 ms later", 200, []],
  ["later than that", 201, ["revisions a"]],
  ["before the clock went back", -1, ["revisions a"]],
])("what was read serves the next window %s", async (_, passed, expected) => {
  const state = stateOf();
  await state.lookUp(windowOf("a"));
  now += passed;
  await state.lookUp(windowOf("a"));
  expect(asked.slice(1)).toEqual(expected);
});

test("of several services each one's notices count", async () => {
  const state = stateOf();
  const read = await state.lookUp(windowOf("a"));
  versions = { s: 1, t: 2 };
  now += 900;
  expect(await state.unchangedAt(read)).toBeNull();
});

test("what was found to have changed serves no window, though a question asked before had another answer", async () => {
  const state = stateOf();
  const read = await state.lookUp(windowOf("a"));
  now += 350;
  const first = Promise.withResolvers<Partial<RevisionsResult>>();
  gates = [first.promise];
  const slow = state.lookUp(windowOf("a"));
  versions = { s: 2, t: 1 };
  expect(await state.unchangedAt(read)).toBeNull();
  first.resolve({});
  await slow;
  asked = [];
  await state.lookUp(windowOf("a"));
  expect(asked).toEqual(["lookup a"]);
});

describe("accounts asked about together are bounded, those of the window at hand counted again", () => {
  test.each<[string, Record<string, number>, string[][], expected: string]>([
    ["all, as long as they fit", { window_keys_max: 5 }, [["a"], ["b", "c"]], "a b c"],
    ["by number: those before are forgotten", { window_keys_max: 3 }, [["a"], ["b", "c", "d"]], "b c d"],
    ["all, to the last character", { window_key_chars_max: 20 }, [["a"], ["b", "c"]], "a b c"],
    ["by characters", { window_key_chars_max: 19 }, [["a"], ["b", "c"]], "b c"],
    ["once each", { window_key_chars_max: 20 }, [["a", "b"], ["b", "c"], ["d"]], "a b c d"],
    ["anew after they were forgotten", { window_key_chars_max: 12 }, [["aa"], ["b"], ["c"], ["d"]], "c d"],
  ])("%s", async (_, limits, windows, expected) => {
    Object.assign(LIMITS_HERE, limits);
    const state = stateOf();
    let last = await state.lookUp(windowOf(...windows[0]!));
    for (const accounts of windows.slice(1)) last = await state.lookUp(windowOf(...accounts));
    now += 900;
    await state.unchangedAt(last);
    expect(asked.at(-1)).toBe(`revisions ${expected}`);
  });

  test("and those forgotten are asked about when their window is looked at again", async () => {
    Object.assign(LIMITS_HERE, { window_keys_max: 3 });
    const state = stateOf();
    const early = await state.lookUp(windowOf("a", "b"));
    const late = await state.lookUp(windowOf("b", "c"));
    now += 900;
    expect(await state.unchangedAt(late)).toBe(now);
    now += 10;
    expect(await state.unchangedAt(early)).toBe(now);
    expect(asked.slice(2)).toEqual(["revisions b c", "revisions a b"]);
  });
});
