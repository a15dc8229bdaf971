import { describe, expect, test } from "vitest";
import type { Closed, Decided, Finding, Opened } from "../../../src/evidence/entries.ts";
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
const FORWARDED: Finding = {
  account: "a",
  conversation: "c",
  outcome: "forwarded",
  reason: "consented",
  consents: ["x"],
};
const ON_BOTH: Finding = { ...FORWARDED, consents: ["x", "y"] };
const DROPPED: Finding = { ...FORWARDED, outcome: "dropped", reason: "participant_objected", consents: [] };
const count = ({ consents: _, ...finding }: Finding, items: number) => ({ ...finding, items });

const decided = (position: number, items: Decided["items"], more: Partial<Decided> = {}): Decided => ({
  type: "decided",
  exchange: "e",
  position,
  at: position,
  items,
  round: 0,
  findings_from: 0,
  findings: [],
  runs: [],
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
    const window = decided(1, [0, 3], { findings: [FORWARDED], runs: [0, 4] });
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

  test("windows add up, by what was named before; neighbouring ranges join", () => {
    const folded = foldExchange([
      OPENED,
      decided(1, [0, 1], { findings: [FORWARDED], runs: [0, 2] }),
      decided(2, [2, 4], { findings_from: 1, findings: [DROPPED, ON_BOTH], runs: [0, 1, 1, 1, 2, 1] }),
      decided(3, [5, 6], { runs: [1, 2] }),
    ]);
    expect(folded?.decided).toEqual([count(FORWARDED, 4), count(DROPPED, 3)]);
    expect(folded?.rests_on).toEqual([
      { consents: ["x"], items: [[0, 2]] },
      { consents: ["x", "y"], items: [[4, 4]] },
    ]);
  });

  test("what has been forgotten and is named again is the same", () => {
    const folded = foldExchange([
      OPENED,
      decided(1, [0, 1], { findings: [FORWARDED], runs: [0, 2] }),
      decided(2, [2, 2], { findings_from: 1, findings: [FORWARDED], runs: [1, 1] }),
    ]);
    expect(folded?.decided).toEqual([count(FORWARDED, 3)]);
    expect(folded?.rests_on).toEqual([{ consents: ["x"], items: [[0, 2]] }]);
  });

  test("findings of a window may fill several entries", () => {
    const folded = foldExchange([
      OPENED,
      decided(1, [0, 3], { findings: [FORWARDED] }),
      decided(2, [0, 3], { findings_from: 1, findings: [DROPPED], runs: [0, 3, 1, 1] }),
    ]);
    expect(folded?.decided).toEqual([count(FORWARDED, 3), count(DROPPED, 1)]);
  });

  test("a window decided again replaces what was said of it, and of it alone", () => {
    const folded = foldExchange([
      OPENED,
      decided(1, [0, 1], { findings: [FORWARDED], runs: [0, 2] }),
      decided(2, [2, 3], { runs: [0, 2] }),
      decided(3, [0, 1], { round: 1, findings_from: 1, findings: [DROPPED], runs: [0, 1, 1, 1] }),
    ]);
    expect(folded?.decided).toEqual([count(FORWARDED, 3), count(DROPPED, 1)]);
    expect(folded?.rests_on).toEqual([
      {
        consents: ["x"],
        items: [
          [0, 0],
          [2, 3],
        ],
      },
    ]);
  });

  test("what never left rests on nothing", () => {
    const folded = foldExchange([
      OPENED,
      decided(1, [0, 9], { findings: [FORWARDED, DROPPED, ON_BOTH], runs: [0, 2, 1, 1, 0, 5, 2, 2] }),
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

  test("of items whose finding was lost nothing is said", () => {
    const folded = foldExchange([
      OPENED,
      decided(2, [3, 6], { findings_from: 1, findings: [DROPPED], runs: [0, 3, 1, 1] }),
    ]);
    expect(folded?.decided).toEqual([count(DROPPED, 1)]);
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
