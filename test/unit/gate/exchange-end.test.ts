/** What of an exchange may be handed on, what has been dealt with, and how it is closed. */
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { Closed } from "../../../src/evidence/entries.ts";
import type { Ending } from "../../../src/gate/exchange.ts";
import {
  AT,
  beginExchanges,
  DROPPED,
  ENDING,
  FORWARDED,
  finding,
  flat,
  on,
  STRIPPED,
  verdicts,
  windowAt,
} from "./exchanges.ts";
import { digestOf } from "./windows-of.ts";

beginExchanges();

describe("what is handed on", () => {
  const refused = (firstIndex: number, to: number) =>
    expect(() => on.exchange.handing(windowAt(firstIndex), to)).toThrow("internal_error");

  test("is what was decided and is durable, and no more", async () => {
    refused(0, 1);
    await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0, 0), 0);
    on.exchange.handing(windowAt(0), 1);
    on.exchange.handing(windowAt(0), 2);
    refused(0, 3);
    refused(2, 1);
    await on.exchange.record(windowAt(2), verdicts([FORWARDED], 0), 0);
    on.exchange.handing(windowAt(2), 1);
    refused(2, 2);
  });

  test("is not a window that was decided anew and is not yet durable again", async () => {
    await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0, 0), 0);
    await on.exchange.record(windowAt(2), verdicts([FORWARDED], 0), 0);
    await on.exchange.record(windowAt(0), verdicts([DROPPED], 0, 0), 1);
    refused(0, 1);
    on.exchange.handing(windowAt(2), 1);
    await on.exchange.record(windowAt(3), verdicts([FORWARDED], 0), 0);
    on.exchange.handing(windowAt(0), 1);
  });

  test("is no window without records that waits to be recorded", async () => {
    await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    await on.exchange.record(windowAt(0), verdicts([]), 0);
    on.exchange.handing(windowAt(0), 1);
  });

  test("a longer window than the last said is durable as long as it was", async () => {
    await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0, 0, 0), 0);
    await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 1);
    on.exchange.handing(windowAt(0), 3);
  });

  test("is nothing after the end, and nothing is recorded then", async () => {
    await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
    expect(on.exchange.closed).toBe(false);
    await on.exchange.close(ENDING);
    expect(on.exchange.closed).toBe(true);
    refused(0, 1);
    await expect(on.exchange.record(windowAt(1), verdicts([FORWARDED], 0), 0)).rejects.toMatchObject({
      code: "internal_error",
    });
    expect(await on.exchange.close(ENDING)).toBe(false);
    expect(flat().filter(({ type }) => type === "closed")).toHaveLength(1);
  });
});

describe("what has been dealt with", () => {
  const MIXED = verdicts([FORWARDED, STRIPPED, DROPPED, finding("rejected")], 0, 0, 0, 1, 1, 2, 3);

  test("is counted by outcome, each record once and in order", async () => {
    on.exchange.settle(windowAt(0), MIXED, 0, 4);
    expect(on.exchange.counts).toEqual({ forwarded: 3, stripped: 1, dropped: 0, rejected: 0 });
    expect(() => on.exchange.settle(windowAt(0), MIXED, 3, 7)).toThrow("internal_error");
    expect(() => on.exchange.settle(windowAt(0), MIXED, 5, 7)).toThrow("internal_error");
    on.exchange.settle(windowAt(0), MIXED, 4, 7);
    expect(on.exchange.counts).toEqual({ forwarded: 3, stripped: 2, dropped: 1, rejected: 1 });
    on.exchange.settle(windowAt(7), MIXED, 0, 1);
    expect(on.exchange.counts.forwarded).toBe(4);
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
    await on.exchange.record(windowAt(0), MIXED, 0);
    on.exchange.handing(windowAt(0), 2);
    on.exchange.settle(windowAt(0), MIXED, 0, 2);
    on.exchange.handing(windowAt(0), 5);
    on.exchange.received.add(new TextEncoder().encode("what came"));
    on.exchange.sent.add(new TextEncoder().encode("left"));
    on.now += 9;
    const ending = { ...ENDING, outcome, fault: "client_cut", upstreamComplete: null } as const;
    expect(await on.exchange.close(ending)).toBe(true);
    expect(flat().at(-1)).toEqual({
      type: "closed",
      exchange: on.exchange.id,
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
    on.exchange.settle(windowAt(0), MIXED, 0, 7);
    await on.exchange.close(ENDING);
    expect(flat().at(-1)).toMatchObject({ settled: 7, in_doubt: 7 } satisfies Partial<Closed>);
  });
});

test("a clock that goes away: the exchange is closed at the last instant known", async () => {
  on.now += 3;
  await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
  on.clockAway = true;
  expect(await on.exchange.close(ENDING)).toBe(true);
  expect(flat().map(({ at }) => at)).toEqual([AT, AT + 3, AT + 3]);
});

test("D1 calls are counted, and they are limited", async () => {
  for (let call = 0; call < LIMITS.exchange_d1_calls_max - 1; call++) on.exchange.spend();
  await on.exchange.record(windowAt(0), verdicts([FORWARDED], 0), 0);
  await expect(on.exchange.record(windowAt(1), verdicts([FORWARDED], 0), 0)).rejects.toMatchObject({
    code: "exchange_d1_calls",
  });
  expect(on.appended).toHaveLength(1);
  // How it ended is on record all the same.
  expect(await on.exchange.close(ENDING)).toBe(true);
});
