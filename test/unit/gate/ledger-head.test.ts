/** How fresh what is known of the ledger must be before content is looked up: stale for a while behind requests, then content waits. */
import { expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { KnownChange } from "../../../src/consent/port.ts";
import { LedgerHead } from "../../../src/gate/ledger-head.ts";

const START = 1_000_000;
const MAX = LIMITS.ledger_head_age_ms_max;
const REFRESH = MAX / 6;
const change = (n: number) => ({ n }) as unknown as KnownChange;

function headOf(...reads: readonly (number | "fails")[]) {
  const left = [...reads];
  const asked = { times: 0 };
  const deferred: Promise<unknown>[] = [];
  const ledgerHead = new LedgerHead(async () => {
    asked.times += 1;
    const next = left.length > 1 ? left.shift()! : left[0]!;
    if (next === "fails") throw new Error("SECRET-7f3a");
    return change(next);
  });
  /** What was known when a request was last ready. */
  const head: { known: KnownChange | null } = { known: null };
  const ready = (now: number) => {
    ledgerHead.begin(now, (work) => void deferred.push(work));
    return ledgerHead.settled().then(
      (known) => {
        head.known = known;
        return "ready";
      },
      (error) => error.code,
    );
  };
  return { head, asked, deferred, ready };
}

test("nothing is known before it is read, and the first request waits for it", async () => {
  const { head, asked, ready } = headOf(1);
  expect(head.known).toBeNull();
  expect(await ready(START)).toBe("ready");
  expect([head.known, asked.times]).toEqual([change(1), 1]);
});

test("it is read again behind requests after a sixth of the time it may be old", async () => {
  const { head, asked, deferred, ready } = headOf(1, 2);
  await ready(START);
  await ready(START + REFRESH);
  expect(asked.times).toBe(1);
  expect(await ready(START + REFRESH + 1)).toBe("ready");
  expect([asked.times, deferred.length]).toEqual([2, 2]);
  await Promise.all(deferred);
  await ready(START + REFRESH + 2);
  expect(head.known).toEqual(change(2));
});

test("what cannot be read again serves until it is too old, and then nothing does", async () => {
  const { head, asked, deferred, ready } = headOf(1, "fails");
  await ready(START);
  expect(await ready(START + MAX)).toBe("ready");
  expect(await ready(START + MAX + 2_000)).toBe("evidence_unavailable");
  expect([head.known, asked.times]).toEqual([change(1), 3]);
  await Promise.all(deferred);
});

test("it is tried no more than once a second", async () => {
  const { asked, ready } = headOf("fails");
  expect(await ready(START)).toBe("evidence_unavailable");
  expect(await ready(START + 1_000)).toBe("evidence_unavailable");
  expect(asked.times).toBe(1);
  await ready(START + 1_001);
  expect(asked.times).toBe(2);
});

test("after the clock has gone back nobody can say how old it is: it is read at once", async () => {
  const { head, asked, ready } = headOf(1, 2);
  await ready(START);
  expect(await ready(START - 1)).toBe("ready");
  expect([head.known, asked.times]).toEqual([change(2), 2]);
});

test.each([
  ["as old as it may be", MAX, false],
  ["older", MAX + 1, true],
  ["after the clock has gone back", -1, true],
])("while the ledger does not answer, what is known %s: waited for, or not", async (_, passed, waits) => {
  const answers = [Promise.resolve(change(1)), new Promise<KnownChange>(() => {})];
  const head = new LedgerHead(() => answers.shift()!);
  head.begin(START, () => {});
  await head.settled();
  head.begin(START + passed, () => {});
  let ready = false;
  const settled = head.settled().then(() => {
    ready = true;
  });
  await new Promise((resolve) => setTimeout(resolve));
  expect(ready).toBe(!waits);
  settled.catch(() => {});
});
