/** One exchange of more than a million turns: the writer holds a page of it at a time, and what rested on a consent is found whole. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Decided, Finding } from "../../../src/evidence/entries.ts";
import type { LedgerStore, RestingMark } from "../../../src/ledger/port.ts";
import { sweepExchanges } from "../../../src/ledger-writer/sweep.ts";
import { createLedgerReader } from "../../../src/store/ledger-reader.ts";
import { closed, decided, type Ledger, opened, openLedger } from "./fixture.ts";

const WINDOWS = 40;
const RECORDS = 32_768;
/** What a page of entries, or a part of what rests on a consent, may come to, characters. */
const HELD_MAX = 4_000_000;

const FINDINGS: readonly Finding[] = [["con_a"], ["con_b"]].map((consents) => ({
  ...{ account: "acme", conversation: "m1", outcome: "forwarded", reason: "consented" },
  consents,
}));
const ALTERNATING = Array.from({ length: 2 * RECORDS }, (_, at) => (at % 2 === 0 ? (at / 2) % 2 : 1));

const window = (exchange: string, i: number): Decided =>
  decided(exchange, i + 1, {
    items: [i * RECORDS, (i + 1) * RECORDS - 1],
    findings: i === 0 ? FINDINGS : [],
    runs: ALTERNATING,
  });

let ledger: Ledger;
let held = 0;
let store: LedgerStore;
beforeAll(async () => {
  ledger = await openLedger();
  const weighed = <T>(value: T): T => {
    held = Math.max(held, (JSON.stringify(value) ?? "").length);
    return value;
  };
  store = new Proxy(ledger.store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        if (name === "commit" || name === "addFound") weighed(args);
        return weighed(await member.apply(target, args));
      };
    },
  });
});
afterAll(() => ledger.databases.close());

async function restingOn(basis: string): Promise<{ items: number; parts: number; last: number }> {
  const reader = createLedgerReader(ledger.databases.evidence, ledger.store, null as never);
  let [items, parts, last] = [0, 0, -1];
  for (let past: RestingMark = [0, -1]; ; ) {
    const found = await reader.resting([basis], past, 500);
    if (found.length === 0) return { items, parts, last };
    for (const one of found) {
      parts += 1;
      for (const [from, to] of one.items) {
        if (from <= last) throw new Error(`item ${from} twice`);
        items += to - from + 1;
        last = to;
      }
      past = [one.number, one.part];
    }
  }
}

test("that ended", async () => {
  await ledger.intake.append([opened("x_large", 1)]);
  for (let i = 0; i < WINDOWS; i++) {
    await ledger.intake.append([window("x_large", i)]);
    if (i % 20 === 0) await ledger.run({ store });
  }
  const all = WINDOWS * RECORDS;
  await ledger.intake.append([closed("x_large", WINDOWS + 1, { settled: all, in_doubt: all })]);
  await ledger.run({ store });
  expect(held).toBeGreaterThan(HELD_MAX / 4);
  expect(held).toBeLessThan(1.5 * HELD_MAX);
  const found = await restingOn("con_a");
  expect(found).toMatchObject({ items: all / 2, last: all - 2 });
  expect(found.parts).toBeGreaterThan(5);
  await ledger.verify();
});

test("that nobody ended, and a run that died among its parts: the next writes the same", async () => {
  const at = ledger.clock.now;
  await ledger.intake.append([opened("x_lost", at)]);
  for (let i = 0; i < WINDOWS / 4; i++)
    await ledger.intake.append([{ ...window("x_lost", i), findings: i === 0 ? FINDINGS.map(lost) : [] }]);
  await ledger.run({ store });
  expect(await sweepExchanges(store, at + 600_001)).toBe(1);
  let adds = 0;
  const dying: LedgerStore = {
    ...ledger.store,
    addFound: async (found) => {
      adds += 1;
      if (adds === 2) throw new Error("died");
      await ledger.store.addFound(found);
    },
  };
  await expect(ledger.run({ store: dying })).rejects.toThrow("died");
  expect((await restingOn("con_lost")).items).toBe(0);
  await ledger.run({ store });
  const all = (WINDOWS / 4) * RECORDS;
  expect(await restingOn("con_lost")).toMatchObject({ items: all / 2, last: all - 2 });
  await ledger.verify();
});

const lost = (finding: Finding): Finding => ({
  ...finding,
  consents: finding.consents[0] === "con_a" ? ["con_lost"] : [],
});
