/** What is on record of an exchange, and when: durable before the bytes it speaks of leave, and never twice (contract, section 8). */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { Closed, Decided, Entry, Finding } from "../../../src/evidence/entries.ts";
import { type Ending, Exchange } from "../../../src/gate/exchange.ts";
import type { Verdicts } from "../../../src/gate/verdicts.ts";
import type { Window } from "../../../src/gate/windows.ts";
import { recordRoute } from "./sound-routes.ts";
import { DIGEST_KEY, digestOf } from "./windows-of.ts";

const AT = 1_790_000_000_000;
let now: number;
let clockAway: boolean;
/** What was asked to be appended, call by call, and what comes of each call. */
let appended: Entry[][];
let append: (call: number) => Promise<void>;
let onAppend: (entries: readonly Entry[]) => void;
let exchange: Exchange;

const opened = (cacheMsMax: number | null = null): Exchange =>
  new Exchange(
    {
      evidence: {
        append: (entries) => {
          onAppend(entries);
          appended.push(structuredClone(entries) as Entry[]);
          return append(appended.length);
        },
      },
      digestSecret: DIGEST_KEY,
      now: () => {
        if (clockAway) throw new Error("no clock");
        return now;
      },
      routes: { digest: "digest of the configuration", cacheMsMax },
    },
    recordRoute(),
    { id: "producer", keyId: "key_1", accounts: ["*"] },
  );

beforeEach(() => {
  now = AT;
  clockAway = false;
  appended = [];
  append = async () => {};
  onAppend = () => {};
  exchange = opened();
});
afterEach(() => {
  vi.useRealTimers();
});

const finding = (outcome: Finding["outcome"], more: Partial<Finding> = {}): Finding => ({
  account: "acme",
  conversation: "m1",
  outcome,
  reason: "consented",
  consents: ["c1"],
  ...more,
});
const FORWARDED = finding("forwarded");
const DROPPED = finding("dropped");
const STRIPPED = finding("stripped");

const windowAt = (firstIndex: number): Window => ({ firstIndex }) as unknown as Window;
const verdicts = (findings: readonly Finding[], ...found: number[]): Verdicts => ({
  found: Int32Array.from(found),
  findings,
  replacements: new Map(),
});
const soon = () => new Promise((resolve) => setTimeout(resolve));
const flat = () => appended.flat();
const decisions = () => flat().filter(({ type }) => type === "decided") as Decided[];
const ENDING: Ending = { outcome: "forwarded", fault: null, upstreamStatus: 200, upstreamComplete: true };

describe("the opening entry", () => {
  test("goes with the first decision of which anything leaves", async () => {
    expect(exchange.id).toMatch(/^x_[0-9a-z]{41}$/);
    now += 5;
    await exchange.record(windowAt(0), verdicts([FORWARDED], 0, 0), 0);
    expect(appended).toEqual([
      [
        {
          type: "opened",
          exchange: exchange.id,
          position: 0,
          at: AT,
          route: "train-meetings",
          purpose: "train",
          producer: "producer",
          key_id: "key_1",
          config_digest: "digest of the configuration",
        },
        {
          type: "decided",
          exchange: exchange.id,
          position: 1,
          at: AT + 5,
          items: [0, 1],
          round: 0,
          findings_from: 0,
          findings: [FORWARDED],
          runs: [0, 2],
        },
      ],
    ]);
  });

  test("says how old a cache's state may be, where there is one", async () => {
    exchange = opened(5_000);
    await exchange.close(ENDING);
    expect(flat()[0]).toMatchObject({ type: "opened", cache_ms_max: 5_000 });
  });
});

describe("a decision", () => {
  test("of findings, each named once over the exchange, and runs of them", async () => {
    const findings = [FORWARDED, DROPPED, STRIPPED];
    await exchange.record(windowAt(0), verdicts(findings, 1, 1, 0, 1), 0);
    await exchange.record(windowAt(4), verdicts(findings, 2, 0), 3);
    expect(decisions()).toMatchObject([
      {
        items: [0, 3],
        round: 0,
        findings_from: 0,
        findings: [DROPPED, FORWARDED],
        runs: [0, 2, 1, 1, 0, 1],
        position: 1,
      },
      { items: [4, 5], round: 3, findings_from: 2, findings: [STRIPPED], runs: [2, 1, 1, 1], position: 2 },
    ]);
  });

  test("of a window without records", async () => {
    await exchange.record(windowAt(7), verdicts([]), 0);
    await exchange.close(ENDING);
    expect(decisions()).toMatchObject([{ items: null, findings: [], runs: [] }]);
    expect(flat().map(({ type }) => type)).toEqual(["opened", "decided", "closed"]);
  });

  test("of a window without records goes with the next", async () => {
    await exchange.record(windowAt(0), verdicts([]), 0);
    await exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    expect(decisions().map(({ items }) => items)).toEqual([null, [0, 0]]);
  });

  test.each<[name: string, findings: readonly Finding[], durable: boolean]>([
    ["that forwards", [FORWARDED], true],
    ["that strips", [STRIPPED], true],
    ["that drops", [DROPPED], false],
    ["that rejects", [finding("rejected")], false],
  ])("%s: durable at once, or with what comes next", async (_, findings, durable) => {
    await exchange.record(windowAt(0), verdicts(findings, 0), 0);
    expect(decisions()).toHaveLength(durable ? 1 : 0);
    await exchange.close(ENDING);
    expect(decisions()).toHaveLength(1);
  });

  test("of which nothing leaves does not wait for ever: what waits is bounded", async () => {
    const long = (i: number) => finding("dropped", { account: `${i}`.padStart(1_000, "a") });
    const entries = 120;
    for (let i = 0; i < entries; i++) await exchange.record(windowAt(i), verdicts([long(i)], 0), 0);
    expect(appended).toHaveLength(0);
    for (let i = entries; i < 3 * entries; i++) await exchange.record(windowAt(i), verdicts([long(i)], 0), 0);
    expect(appended).toHaveLength(1);
    const runs = Array.from({ length: 20_000 }, (_, i) => i % 2);
    const two = [DROPPED, finding("dropped", { account: "other" })];
    await exchange.record(windowAt(3 * entries), verdicts(two, ...runs), 0);
    expect(appended).toHaveLength(2);
  });

  test("of very many findings goes into entries that D1 can hold, the last with the runs", async () => {
    const consents = Array.from({ length: 10 }, (_, i) => `${i}`.padStart(997, "c"));
    const ids = { account: "a".repeat(5_000), conversation: "m".repeat(5_000) };
    const findings = Array.from({ length: 240 }, (_, i) =>
      finding("forwarded", { ...ids, consents: [...consents, `${i}`] }),
    );
    await exchange.record(windowAt(10), verdicts(findings, ...findings.keys()), 0);
    const entries = decisions();
    for (const entry of entries) expect(JSON.stringify(entry).length).toBeLessThan(1_100_000);
    expect(entries.map((entry) => [entry.position, entry.findings_from, entry.findings.length])).toEqual([
      [1, 0, 50],
      [2, 50, 50],
      [3, 100, 50],
      [4, 150, 50],
      [5, 200, 40],
    ]);
    expect(entries.map(({ items }) => items)).toEqual(entries.map(() => [10, 249]));
    expect(entries.flatMap((entry) => entry.findings)).toEqual(findings);
    expect(entries.map(({ runs }) => runs.length)).toEqual([0, 0, 0, 0, 480]);
    expect(appended).toHaveLength(1);
  });
});

describe("a database that fails", () => {
  const broken = () => Promise.reject(new Error("SECRET-7f3a"));
  const unavailable = { code: "evidence_unavailable" };

  test("nothing may leave, and what was not taken goes with what comes next, once", async () => {
    append = (call) => (call === 1 ? broken() : Promise.resolve());
    await expect(exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0)).rejects.toMatchObject(
      unavailable,
    );
    expect(() => exchange.handing(windowAt(0), 1)).toThrow("internal_error");
    expect(await exchange.close(ENDING)).toBe(true);
    expect(appended.map((entries) => entries.map(({ position }) => position))).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
  });

  test("one that hangs is not waited for for ever", async () => {
    vi.useFakeTimers();
    append = () => new Promise(() => {});
    const recording = exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    let failed = false;
    recording.catch(() => {
      failed = true;
    });
    await vi.advanceTimersByTimeAsync(LIMITS.d1_ms_max - 1);
    expect(failed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await expect(recording).rejects.toMatchObject(unavailable);
  });

  test.each([
    [2, true],
    [3, false],
    [9, false],
  ])("the closing entry is tried three times: %i that fail, recorded %s", async (fails, recorded) => {
    append = (call) => (call <= fails ? broken() : Promise.resolve());
    expect(await exchange.close(ENDING)).toBe(recorded);
    expect(appended).toHaveLength(3);
  });

  test("one append at a time: what is recorded meanwhile waits, and none is sent twice", async () => {
    const carryOn: (() => void)[] = [];
    append = () => new Promise((resolve) => carryOn.push(resolve));
    const first = exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    await soon();
    const second = exchange.record(windowAt(1), verdicts([FORWARDED], 0), 0);
    await soon();
    expect(appended).toHaveLength(1);
    carryOn[0]!();
    await first;
    await soon();
    carryOn[1]!();
    await second;
    expect(flat().map(({ position }) => position)).toEqual([0, 1, 2]);
  });

  test("what is recorded in one moment is appended once, and what is handed over does not grow", async () => {
    const handed: (readonly Entry[])[] = [];
    const carryOn: (() => void)[] = [];
    append = () => new Promise((resolve) => carryOn.push(resolve));
    onAppend = (entries) => void handed.push(entries);
    const both = [0, 1].map((at) => exchange.record(windowAt(at), verdicts([FORWARDED], 0), 0));
    await soon();
    await exchange.record(windowAt(2), verdicts([DROPPED], 0), 0);
    expect(handed.map(({ length }) => length)).toEqual([3]);
    carryOn[0]!();
    await soon();
    carryOn[1]?.();
    await Promise.all(both);
    expect(flat().map(({ position }) => position)).toEqual([0, 1, 2, 3].slice(0, flat().length));
  });

  test("nothing is appended where nothing waits", async () => {
    const both = [0, 1].map((at) => exchange.record(windowAt(at), verdicts([FORWARDED], 0), 0));
    await Promise.all(both);
    expect(appended).toHaveLength(1);
  });

  test("one that fails does not fail what waited for it", async () => {
    append = (call) => (call === 1 ? broken() : Promise.resolve());
    const first = exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    const second = exchange.record(windowAt(1), verdicts([FORWARDED], 0), 0);
    await expect(first).rejects.toMatchObject(unavailable);
    await second;
    expect(appended[1]!.map(({ position }) => position)).toEqual([0, 1, 2]);
    exchange.handing(windowAt(0), 1);
    exchange.handing(windowAt(1), 1);
  });
});

describe("what is handed on", () => {
  const refused = (firstIndex: number, to: number) =>
    expect(() => exchange.handing(windowAt(firstIndex), to)).toThrow("internal_error");

  test("is what was decided and is durable, and no more", async () => {
    refused(0, 1);
    await exchange.record(windowAt(0), verdicts([FORWARDED], 0, 0), 0);
    exchange.handing(windowAt(0), 1);
    exchange.handing(windowAt(0), 2);
    refused(0, 3);
    refused(2, 1);
    await exchange.record(windowAt(2), verdicts([FORWARDED], 0), 0);
    exchange.handing(windowAt(2), 1);
    refused(2, 2);
  });

  test("is not a window that was decided anew and is not yet durable again", async () => {
    await exchange.record(windowAt(0), verdicts([FORWARDED], 0, 0), 0);
    await exchange.record(windowAt(2), verdicts([FORWARDED], 0), 0);
    await exchange.record(windowAt(0), verdicts([DROPPED], 0, 0), 1);
    refused(0, 1);
    exchange.handing(windowAt(2), 1);
    await exchange.record(windowAt(3), verdicts([FORWARDED], 0), 0);
    exchange.handing(windowAt(0), 1);
  });

  test("is no window without records that waits to be recorded", async () => {
    await exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    await exchange.record(windowAt(0), verdicts([]), 0);
    exchange.handing(windowAt(0), 1);
  });

  test("a longer window than the last said is durable as long as it was", async () => {
    await exchange.record(windowAt(0), verdicts([FORWARDED], 0, 0, 0), 0);
    await exchange.record(windowAt(0), verdicts([FORWARDED], 0), 1);
    exchange.handing(windowAt(0), 3);
  });

  test("is nothing after the end, and nothing is recorded then", async () => {
    await exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    expect(exchange.closed).toBe(false);
    await exchange.close(ENDING);
    expect(exchange.closed).toBe(true);
    refused(0, 1);
    await expect(exchange.record(windowAt(1), verdicts([FORWARDED], 0), 0)).rejects.toMatchObject({
      code: "internal_error",
    });
    expect(await exchange.close(ENDING)).toBe(false);
    expect(flat().filter(({ type }) => type === "closed")).toHaveLength(1);
  });
});

describe("what has been dealt with", () => {
  const MIXED = verdicts([FORWARDED, STRIPPED, DROPPED, finding("rejected")], 0, 0, 0, 1, 1, 2, 3);

  test("is counted by outcome, each record once and in order", async () => {
    exchange.settle(windowAt(0), MIXED, 0, 4);
    expect(exchange.counts).toEqual({ forwarded: 3, stripped: 1, dropped: 0, rejected: 0 });
    expect(() => exchange.settle(windowAt(0), MIXED, 3, 7)).toThrow("internal_error");
    expect(() => exchange.settle(windowAt(0), MIXED, 5, 7)).toThrow("internal_error");
    exchange.settle(windowAt(0), MIXED, 4, 7);
    expect(exchange.counts).toEqual({ forwarded: 3, stripped: 2, dropped: 1, rejected: 1 });
    exchange.settle(windowAt(7), MIXED, 0, 1);
    expect(exchange.counts.forwarded).toBe(4);
  });

  test.each<[outcome: Ending["outcome"], settled: number]>([
    ["forwarded", 2],
    ["dropped", 2],
    ["rejected", 2],
    ["refused", 2],
    ["failed", 2],
    ["aborted", 0],
    ["unknown", 0],
  ])("an exchange that ended %s: settled to before %i", async (outcome, settled) => {
    await exchange.record(windowAt(0), MIXED, 0);
    exchange.handing(windowAt(0), 2);
    exchange.settle(windowAt(0), MIXED, 0, 2);
    exchange.handing(windowAt(0), 5);
    exchange.received.add(new TextEncoder().encode("what came"));
    exchange.sent.add(new TextEncoder().encode("left"));
    now += 9;
    const ending = { ...ENDING, outcome, fault: "client_cut", upstreamComplete: null } as const;
    expect(await exchange.close(ending)).toBe(true);
    expect(flat().at(-1)).toEqual({
      type: "closed",
      exchange: exchange.id,
      position: 2,
      at: AT + 9,
      outcome,
      fault: "client_cut",
      upstream_status: 200,
      upstream_complete: null,
      counts: { forwarded: 2, stripped: 0, dropped: 0, rejected: 0 },
      settled,
      in_doubt: 5,
      received: digestOf("what came"),
      sent: digestOf("left"),
    });
  });

  test("is in doubt no further than it was dealt with, where nothing was handed on", async () => {
    exchange.settle(windowAt(0), MIXED, 0, 7);
    await exchange.close(ENDING);
    expect(flat().at(-1)).toMatchObject({ settled: 7, in_doubt: 7 } satisfies Partial<Closed>);
  });
});

test("a clock that goes away: the exchange is closed at the last instant known", async () => {
  now += 3;
  await exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
  clockAway = true;
  expect(await exchange.close(ENDING)).toBe(true);
  expect(flat().map(({ at }) => at)).toEqual([AT, AT + 3, AT + 3]);
});

test("D1 calls are counted, and they are limited", async () => {
  for (let call = 0; call < LIMITS.exchange_d1_calls_max - 1; call++) exchange.spend();
  await exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
  await expect(exchange.record(windowAt(1), verdicts([FORWARDED], 0), 0)).rejects.toMatchObject({
    code: "exchange_d1_calls",
  });
  expect(appended).toHaveLength(1);
  // How it ended is on record all the same.
  expect(await exchange.close(ENDING)).toBe(true);
});
