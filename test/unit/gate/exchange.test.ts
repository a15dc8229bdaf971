/** What is on record of an exchange, and when: durable before the bytes it speaks of leave, and never twice (contract, section 8). */
import { describe, expect, test, vi } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { Entry, Finding } from "../../../src/evidence/entries.ts";
import {
  AT,
  beginExchanges,
  DROPPED,
  decisions,
  ENDING,
  FORWARDED,
  finding,
  flat,
  on,
  opened,
  STRIPPED,
  soon,
  verdicts,
  windowAt,
} from "./exchanges.ts";

beginExchanges();

describe("the opening entry", () => {
  test("goes with the first decision of which anything leaves", async () => {
    expect(on.exchange.id).toMatch(/^x_[0-9a-z]{41}$/);
    on.now += 5;
    await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0, 0), 0);
    expect(on.appended).toEqual([
      [
        {
          type: "opened",
          exchange: on.exchange.id,
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
          exchange: on.exchange.id,
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
    on.exchange = opened(5_000);
    await on.exchange.close(ENDING);
    expect(flat()[0]).toMatchObject({ type: "opened", cache_ms_max: 5_000 });
  });
});

describe("a decision", () => {
  test("of findings, each named once over the exchange, and runs of them", async () => {
    const findings = [FORWARDED, DROPPED, STRIPPED];
    await on.exchange.record(windowAt(0), verdicts(findings, 1, 1, 0, 1), 0);
    await on.exchange.record(windowAt(4), verdicts(findings, 2, 0), 3);
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
    await on.exchange.record(windowAt(7), verdicts([]), 0);
    await on.exchange.close(ENDING);
    expect(decisions()).toMatchObject([{ items: null, findings: [], runs: [] }]);
    expect(flat().map(({ type }) => type)).toEqual(["opened", "decided", "closed"]);
  });

  test("of a window without records goes with the next", async () => {
    await on.exchange.record(windowAt(0), verdicts([]), 0);
    await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    expect(decisions().map(({ items }) => items)).toEqual([null, [0, 0]]);
  });

  test.each<[name: string, findings: readonly Finding[], durable: boolean]>([
    ["that forwards", [FORWARDED], true],
    ["that strips", [STRIPPED], true],
    ["that drops", [DROPPED], false],
    ["that rejects", [finding("rejected")], false],
  ])("%s: durable at once, or with what comes next", async (_, findings, durable) => {
    await on.exchange.record(windowAt(0), verdicts(findings, 0), 0);
    expect(decisions()).toHaveLength(durable ? 1 : 0);
    await on.exchange.close(ENDING);
    expect(decisions()).toHaveLength(1);
  });

  test("of which nothing leaves does not wait for ever: what waits is bounded", async () => {
    const long = (i: number) => finding("dropped", { account: `${i}`.padStart(1_000, "a") });
    const entries = 120;
    for (let i = 0; i < entries; i++) await on.exchange.record(windowAt(i), verdicts([long(i)], 0), 0);
    expect(on.appended).toHaveLength(0);
    for (let i = entries; i < 3 * entries; i++)
      await on.exchange.record(windowAt(i), verdicts([long(i)], 0), 0);
    expect(on.appended).toHaveLength(1);
    const runs = Array.from({ length: 20_000 }, (_, i) => i % 2);
    const two = [DROPPED, finding("dropped", { account: "other" })];
    await on.exchange.record(windowAt(3 * entries), verdicts(two, ...runs), 0);
    expect(on.appended).toHaveLength(2);
  });

  test("of very many findings goes into entries that D1 can hold, the last with the runs", async () => {
    const consents = Array.from({ length: 10 }, (_, i) => `${i}`.padStart(997, "c"));
    const ids = { account: "a".repeat(5_000), conversation: "m".repeat(5_000) };
    const findings = Array.from({ length: 240 }, (_, i) =>
      finding("forwarded", { ...ids, consents: [...consents, `${i}`] }),
    );
    await on.exchange.record(windowAt(10), verdicts(findings, ...findings.keys()), 0);
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
    expect(on.appended).toHaveLength(1);
  });
});

describe("a database that fails", () => {
  const broken = () => Promise.reject(new Error("SECRET-7f3a"));
  const unavailable = { code: "evidence_unavailable" };

  test("nothing may leave, and what was not taken goes with what comes next, once", async () => {
    on.append = (call) => (call === 1 ? broken() : Promise.resolve());
    await expect(on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0)).rejects.toMatchObject(
      unavailable,
    );
    expect(() => on.exchange.handing(windowAt(0), 1)).toThrow("internal_error");
    expect(await on.exchange.close(ENDING)).toBe(true);
    expect(on.appended.map((entries) => entries.map(({ position }) => position))).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
  });

  test("one that hangs is not waited for for ever", async () => {
    vi.useFakeTimers();
    on.append = () => new Promise(() => {});
    const recording = on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
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
    on.append = (call) => (call <= fails ? broken() : Promise.resolve());
    expect(await on.exchange.close(ENDING)).toBe(recorded);
    expect(on.appended).toHaveLength(3);
  });

  test("one append at a time: what is recorded meanwhile waits, and none is sent twice", async () => {
    const carryOn: (() => void)[] = [];
    on.append = () => new Promise((resolve) => carryOn.push(resolve));
    const first = on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    await soon();
    const second = on.exchange.record(windowAt(1), verdicts([FORWARDED], 0), 0);
    await soon();
    expect(on.appended).toHaveLength(1);
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
    on.append = () => new Promise((resolve) => carryOn.push(resolve));
    on.onAppend = (entries) => void handed.push(entries);
    const both = [0, 1].map((at) => on.exchange.record(windowAt(at), verdicts([FORWARDED], 0), 0));
    await soon();
    await on.exchange.record(windowAt(2), verdicts([DROPPED], 0), 0);
    expect(handed.map(({ length }) => length)).toEqual([3]);
    carryOn[0]!();
    await soon();
    carryOn[1]?.();
    await Promise.all(both);
    expect(flat().map(({ position }) => position)).toEqual([0, 1, 2, 3].slice(0, flat().length));
  });

  test("nothing is appended where nothing waits", async () => {
    const both = [0, 1].map((at) => on.exchange.record(windowAt(at), verdicts([FORWARDED], 0), 0));
    await Promise.all(both);
    expect(on.appended).toHaveLength(1);
  });

  test("one that fails does not fail what waited for it", async () => {
    on.append = (call) => (call === 1 ? broken() : Promise.resolve());
    const first = on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    const second = on.exchange.record(windowAt(1), verdicts([FORWARDED], 0), 0);
    await expect(first).rejects.toMatchObject(unavailable);
    await second;
    expect(on.appended[1]!.map(({ position }) => position)).toEqual([0, 1, 2]);
    on.exchange.handing(windowAt(0), 1);
    on.exchange.handing(windowAt(1), 1);
  });
});
