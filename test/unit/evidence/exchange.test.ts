import { describe, expect, test } from "vitest";
import type { Closed, Decided, Opened } from "../../../src/evidence/entries.ts";
import { foldExchange } from "../../../src/evidence/exchange.ts";

const OPENED: Opened = {
  type: "opened",
  exchange: "e",
  position: 0,
  at: 1,
  route: "r",
  purpose: "train",
  producer: "p",
  key_id: "k",
  config_digest: "d",
};
const CLOSED: Closed = {
  type: "closed",
  exchange: "e",
  position: 9,
  at: 9,
  outcome: "forwarded",
  fault: null,
  upstream_status: 200,
  upstream_complete: true,
  counts: { forwarded: 4, stripped: 0, dropped: 0, rejected: 0 },
  settled: 4,
  in_doubt: 4,
  received: { bytes: 10, digest: "x" },
  sent: { bytes: 10, digest: "x" },
};
const count = (outcome: "forwarded" | "dropped", items: number) => ({
  account: "a",
  conversation: "c",
  outcome,
  reason: outcome === "forwarded" ? ("consented" as const) : ("participant_objected" as const),
  items,
});
const decided = (position: number, items: Decided["items"], more: Partial<Decided> = {}): Decided => ({
  type: "decided",
  exchange: "e",
  position,
  at: position,
  items,
  round: 0,
  counts: [],
  rests_on: [],
  ...more,
});

describe("an exchange from its entries", () => {
  test("none", () => {
    expect(foldExchange([])).toBeNull();
  });

  test("how old the state may have been is said where a cache served it", () => {
    expect(foldExchange([OPENED])?.cache_ms_max).toBeNull();
    expect(foldExchange([{ ...OPENED, cache_ms_max: 5_000 }])?.cache_ms_max).toBe(5_000);
  });

  test("opened and not closed", () => {
    expect(foldExchange([OPENED])).toMatchObject({
      outcome: "open",
      closed_at: null,
      counts: null,
      route: "r",
    });
  });

  test("closed, in whatever order the entries come", () => {
    const window = decided(1, [0, 3], { counts: [count("forwarded", 4)] });
    const folded = foldExchange([CLOSED, window, OPENED]);
    expect(folded).toMatchObject({
      outcome: "forwarded",
      opened_at: 1,
      closed_at: 9,
      settled: 4,
      decided: [{ items: 4 }],
    });
    expect(foldExchange([OPENED, window, CLOSED])).toEqual(folded);
  });

  test("windows add up; neighbouring ranges join", () => {
    const folded = foldExchange([
      OPENED,
      decided(1, [0, 1], {
        counts: [count("forwarded", 2)],
        rests_on: [{ consents: ["x"], items: [[0, 1]] }],
      }),
      decided(2, [2, 4], {
        counts: [count("forwarded", 1), count("dropped", 2)],
        rests_on: [
          { consents: ["x"], items: [[2, 2]] },
          { consents: ["x", "y"], items: [[4, 4]] },
        ],
      }),
    ]);
    expect(folded?.decided).toEqual([count("forwarded", 3), count("dropped", 2)]);
    expect(folded?.rests_on).toEqual([
      { consents: ["x"], items: [[0, 2]] },
      { consents: ["x", "y"], items: [[4, 4]] },
    ]);
  });

  test("a window decided again replaces what was said of it, and of it alone", () => {
    const folded = foldExchange([
      OPENED,
      decided(1, [0, 1], {
        counts: [count("forwarded", 2)],
        rests_on: [{ consents: ["x"], items: [[0, 1]] }],
      }),
      decided(2, [2, 3], { counts: [count("forwarded", 2)] }),
      decided(3, [0, 1], {
        round: 1,
        counts: [count("forwarded", 1), count("dropped", 1)],
        rests_on: [{ consents: ["x"], items: [[0, 0]] }],
      }),
    ]);
    expect(folded?.decided).toEqual([count("forwarded", 3), count("dropped", 1)]);
    expect(folded?.rests_on).toEqual([{ consents: ["x"], items: [[0, 0]] }]);
  });

  test("what never left rests on nothing", () => {
    const folded = foldExchange([
      OPENED,
      decided(1, [0, 9], {
        rests_on: [
          {
            consents: ["x"],
            items: [
              [0, 1],
              [3, 7],
            ],
          },
          { consents: ["y"], items: [[8, 9]] },
        ],
      }),
      { ...CLOSED, outcome: "aborted", settled: 2, in_doubt: 5 },
    ]);
    expect(folded?.rests_on).toEqual([
      {
        consents: ["x"],
        items: [
          [0, 1],
          [3, 4],
        ],
      },
    ]);
  });

  test("a lost opening shows", () => {
    expect(foldExchange([CLOSED])).toMatchObject({
      exchange: "e",
      route: null,
      opened_at: null,
      outcome: "forwarded",
    });
  });
});
