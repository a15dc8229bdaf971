/** What rested on what, read entry by entry: in whatever order windows were recorded, the parts together say what the whole says. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Decided, Finding } from "../../../src/evidence/entries.ts";
import { foldExchange } from "../../../src/evidence/exchange.ts";
import { toRanges } from "../../../src/evidence/item-runs.ts";
import { type Part, RestsRead, standing } from "../../../src/evidence/rests.ts";
import { readTogether } from "../../../src/ledger-writer/summaries.ts";

const FINDINGS: readonly Finding[] = [[], ["x"], ["x", "y"], ["z"]].map((consents, i) => ({
  ...{ account: "a", conversation: `c${i}`, outcome: "forwarded", reason: "consented" },
  consents,
}));

const closed = (position: number, in_doubt: number) =>
  ({ type: "closed", exchange: "e", position, in_doubt }) as never;

/** Windows of a body one after another, some decided again after the next was recorded. */
const bodies = fc
  .array(
    fc.record({
      found: fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
      again: fc.option(fc.array(fc.nat(3), { minLength: 6, maxLength: 6 })),
      late: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((windows) => {
    const told: { first: number; round: number; found: readonly number[] }[] = [];
    let first = 0;
    const waiting: typeof told = [];
    for (const { found, again, late } of windows) {
      told.push({ first, round: 0, found });
      if (!late) told.push(...waiting.splice(0));
      if (again !== null) waiting.push({ first, round: 1, found: again.slice(0, found.length) });
      first += found.length;
    }
    told.push(...waiting);
    const entries = told.map((one, i): Decided => {
      const runs = one.found.flatMap((number) => [number, 1]);
      const items = [one.first, one.first + one.found.length - 1] as const;
      const named = i === 0 ? FINDINGS : [];
      return {
        ...{ type: "decided", exchange: "e", position: i + 1, at: 1, items, round: one.round },
        ...{ findings_from: 0, findings: named, runs },
      };
    });
    return { entries, items: first };
  });

function itemsOf(parts: readonly Part[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { bases } of parts) {
    for (const [basis, runs] of bases) {
      const items = toRanges(runs).flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i));
      found.set(basis, [...(found.get(basis) ?? []), ...items]);
    }
  }
  for (const items of found.values()) items.sort((a, b) => a - b);
  return found;
}

function folded(entries: readonly Decided[], inDoubt: number): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { consents, items } of foldExchange([...entries, closed(99, inDoubt)])!.rests_on) {
    for (const basis of consents) {
      const all = items.flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i));
      found.set(
        basis,
        [...(found.get(basis) ?? []), ...all].sort((a, b) => a - b),
      );
    }
  }
  return found;
}

const outlines = (entries: readonly Decided[]) =>
  entries.map((entry) => ({ ...entry, decides: entry.runs.length > 0 }));

test("in pages of any size, the parts say what the whole says, and no item twice", () => {
  fc.assert(
    fc.property(bodies, fc.nat(36), fc.integer({ min: 1, max: 12 }), ({ entries, items }, end, size) => {
      const inDoubt = Math.min(end, items);
      const rests = new RestsRead(standing(outlines(entries)), inDoubt);
      const parts: Part[] = [];
      for (let i = 0; i < entries.length; i += size) {
        parts.push(...readTogether(rests, entries.slice(i, i + size)));
      }
      parts.push(...rests.rest());
      expect(parts.map(({ part }) => part)).toEqual(parts.map((_, i) => i));
      expect(itemsOf(parts)).toEqual(folded(entries, inDoubt));
    }),
    { numRuns: 500 },
  );
});

test("millions of turns come in parts that fit a row, and a part is all that is held", () => {
  const window = (i: number): Decided => ({
    ...{ type: "decided", exchange: "e", position: i + 1, at: 1, round: 0, findings_from: 0 },
    items: [i * 30_000, i * 30_000 + 29_999],
    findings: i === 0 ? FINDINGS : [],
    runs: Array.from({ length: 60_000 }, (_, at) => (at % 2 === 0 ? (at / 2) % 2 : 1)),
  });
  const windows = 40;
  const stands = standing(
    Array.from({ length: windows }, (_, i) => ({
      ...{ position: i + 1, round: 0, decides: true },
      items: [i * 30_000, i * 30_000 + 29_999] as const,
    })),
  );
  const rests = new RestsRead(stands, Number.MAX_SAFE_INTEGER);
  let items = 0;
  let parts = 0;
  let next = 0;
  const take = ({ bases }: Part): void => {
    parts += 1;
    const runs = bases.get("x")!;
    expect(JSON.stringify(runs).length).toBeLessThan(1_000_000);
    expect(runs[0]).toBeGreaterThanOrEqual(next);
    next = runs.reduce((sum, run) => sum + run, 0);
    items += runs.reduce((sum, run, i) => sum + (i % 2 === 1 ? run : 0), 0);
  };
  for (let i = 0; i < windows; i++) for (const part of readTogether(rests, [window(i)])) take(part);
  for (const part of rests.rest()) take(part);
  expect(items).toBe((windows * 30_000) / 2);
  expect(parts).toBeGreaterThan(3);
});
