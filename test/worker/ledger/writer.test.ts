/** The ledger's writer over real databases: order, duplicates, two at once, and a crash at every step. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LedgerStore, Outbox } from "../../../src/ledger/port.ts";
import { sweepExchanges } from "../../../src/ledger-writer/sweep.ts";
import { MARKER } from "../../support/marker.ts";
import { teller } from "../store/told.ts";
import { closed, decided, type Ledger, opened, openLedger, whole } from "./fixture.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.databases.close());

const rows = async (sql: string) => (await ledger.databases.evidence.prepare(sql).raw()) as unknown[][];
const state = async () => ({
  checkpoints: await rows(
    "select size, follows, epoch, change_seq, change_mark from checkpoints order by size",
  ),
  tiles: await rows("select level, tile, hex(hashes) from tiles order by level, tile"),
  exchanges: await rows("select * from exchanges order by number"),
  index: await rows("select * from exchange_index"),
  bases: await rows("select * from bases"),
});

test("what was accepted is in the ledger in its order, after the configuration it was accepted under", async () => {
  await ledger.intake.append(whole("x_one"));
  await ledger.intake.append([opened("x_two")]);
  expect(await ledger.run()).toMatchObject({ added: 5, behind: false });
  const entries = await ledger.verify();
  expect(entries.map(({ stream, position, type }) => `${stream}/${position} ${type}`)).toEqual([
    "x_one/0 opened",
    "x_one/1 decided",
    "x_one/2 closed",
    "x_two/0 opened",
    "configuration/1 configuration_changed",
  ]);
  expect(await ledger.run()).toMatchObject({ added: 0 });
});

test("an exchange is found by what it held, and what rested on what when it has ended", async () => {
  await ledger.intake.append([
    decided("x_two", 1, {
      findings: [
        {
          account: "acme",
          conversation: "m1",
          outcome: "forwarded",
          reason: "consented",
          consents: ["con_a"],
        },
      ],
      runs: [0, 5, 0, 1],
    }),
  ]);
  await ledger.run();
  expect(await rows("select exchange, outcome, closed_at from exchanges order by number")).toEqual([
    ["x_one", "forwarded", 3],
    ["x_two", "open", null],
  ]);
  const two = (await rows("select number from exchanges where exchange = 'x_two'"))[0]![0];
  expect(await rows("select value from exchange_index where kind = 'account' order by number")).toHaveLength(
    2,
  );
  expect(await rows(`select * from bases where number = ${two}`)).toEqual([]);
  await ledger.intake.append([closed("x_two", 2, { outcome: "aborted", settled: 0, in_doubt: 3 })]);
  await ledger.run();
  expect(await rows(`select basis, items from bases where number = ${two}`)).toEqual([["con_a", "[0,3]"]]);
  expect(await rows(`select outcome, forwarded from exchanges where number = ${two}`)).toEqual([
    ["aborted", 10],
  ]);
  await ledger.verify();
});

test("changes of consent state enter in their order, once, people under pseudonyms and without texts", async () => {
  const tell = teller(ledger.databases.consent);
  await tell.account("acme");
  await tell.notice("summary", "v1", 1, { text: MARKER });
  await tell.consent("acme", "", "summary", { id: "con_a", person: "olga", source: MARKER });
  await tell.conversation("m1", "acme");
  await tell.showing("m1", "olga", "summary", { id: "shw_1" });
  expect(await ledger.run()).toMatchObject({ added: 5 });
  expect(await ledger.run()).toMatchObject({ added: 0 });
  const entries = (await ledger.verify()).filter(({ stream }) => stream === "consent.0");
  expect(entries.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
  const bodies = entries.map(({ body }) => JSON.parse(body));
  expect(bodies[2]).toMatchObject({
    what: "account_consent",
    record: "con_a",
    account: "acme",
    answer: "given",
  });
  expect(bodies[2].person).toMatch(/^p_/);
  expect(bodies[4]).toMatchObject({ what: "notice_shown", account: "acme", person: bodies[2].person });
  expect(JSON.stringify(bodies)).not.toContain("olga");
  expect(JSON.stringify(bodies)).not.toContain(MARKER);
});

test("a configuration that changed is an entry that says what; one that did not is none", async () => {
  const canonical = '{"routes":[{"id":"train","purpose":"serve"},{"id":"new"}]}';
  const configuration = { digest: "d2", canonical };
  await ledger.run({ configuration });
  expect(await ledger.run({ configuration })).toMatchObject({ added: 0 });
  const last = (await ledger.verify()).findLast(({ stream }) => stream === "configuration")!;
  expect(JSON.parse(last.body)).toMatchObject({
    digest: "d2",
    previous_digest: "d1",
    changes: [
      { path: "/routes/0/purpose", before: "train", after: "serve" },
      { path: "/routes/1", before: null, after: { id: "new" } },
    ],
  });
  await ledger.run();
  const back = (await ledger.verify()).findLast(({ stream }) => stream === "configuration")!;
  expect(JSON.parse(back.body).changes).toEqual([
    { path: "/routes/0/purpose", before: "serve", after: "train" },
    { path: "/routes/1", before: { id: "new" }, after: null },
  ]);
});

test("hundreds of entries: tiles fill up and the head is still that of the entries", async () => {
  for (let i = 0; i < 120; i++) await ledger.intake.append(whole(`x_many_${i}`));
  expect(await ledger.run()).toMatchObject({ added: 360 });
  expect((await ledger.verify()).length).toBeGreaterThan(256);
  expect(await rows("select level, tile, length(hashes) / 32 from tiles order by level, tile")).toMatchObject(
    [
      [0, 0, 256],
      [0, 1, expect.any(Number)],
      [1, 0, 1],
    ],
  );
});

describe("two writers at once", () => {
  test("one commits and the other is refused as a whole, and nothing is written twice", async () => {
    for (let i = 0; i < 10; i++) await ledger.intake.append(whole(`x_race_${i}`));
    const runs = await Promise.all(Array.from({ length: 4 }, () => ledger.run()));
    expect(runs.reduce((sum, { added }) => sum + added, 0)).toBe(30);
    await ledger.verify();
    const follows = (await rows("select size, follows from checkpoints order by size")) as [number, number][];
    expect(follows.slice(1).map(([, before]) => before)).toEqual(follows.slice(0, -1).map(([size]) => size));
  });

  test("a commit made from an old head is refused, and changes nothing", async () => {
    await ledger.intake.append(whole("x_late"));
    let kept: Parameters<LedgerStore["commit"]>[0] | null = null;
    const store: LedgerStore = {
      ...ledger.store,
      commit: async (commit) => {
        kept ??= commit;
        return ledger.store.commit(commit);
      },
    };
    await ledger.run({ store });
    await ledger.intake.append(whole("x_later"));
    await ledger.run();
    const before = await state();
    expect(await ledger.store.commit(kept!)).toBe(false);
    expect(await ledger.store.commit({ ...kept!, head: { ...kept!.head, size: kept!.head.size + 3 } })).toBe(
      false,
    );
    expect(await state()).toEqual(before);
  });
});

/** Dies at its nth call, before or after that call was carried out. */
function dying<T extends LedgerStore | Outbox>(port: T, plan: { left: number; after: boolean }): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        plan.left -= 1;
        if (plan.left === 0 && !plan.after) throw new Error("died");
        const answer = await member.apply(target, args);
        if (plan.left === 0) throw new Error("died");
        return answer;
      };
    },
  });
}

test("a crash at any step leaves a ledger that verifies, and the next run ends as if there had been none", async () => {
  const tell = teller(ledger.databases.consent);
  let died = 0;
  const ids: string[] = [];
  for (let step = 1; step < 40; step++) {
    for (const after of [false, true]) {
      const id = `${step}_${after}`;
      await ledger.intake.append(whole(`x_crash_${id}`));
      await tell.showing("m1", `pat-${id}`, "summary", { id: `shw_${id}` });
      const plan = { left: step, after };
      await ledger
        .run({ store: dying(ledger.store, plan), outbox: dying(ledger.outbox, plan) })
        .catch(() => {});
      if (plan.left <= 0) died += 1;
      await ledger.run();
      ids.push(id);
      if (plan.left > 0) step = 40;
    }
  }
  expect(died).toBeGreaterThan(15);
  const entries = await ledger.verify();
  for (const id of ids) {
    expect(entries.filter(({ stream }) => stream === `x_crash_${id}`)).toHaveLength(3);
    expect(entries.filter(({ body }) => body.includes(`shw_${id}"`))).toHaveLength(1);
  }
  const numbers = entries.map(({ stream, position }) => `${stream}/${position}`);
  expect(new Set(numbers).size).toBe(numbers.length);
});

describe("an exchange that never closed", () => {
  test("is marked unknown by the sweep: all that was decided may have left", async () => {
    const at = ledger.clock.now;
    await ledger.intake.append([opened("x_lost", at), decided("x_lost", 1)]);
    await ledger.run();
    expect(await sweepExchanges(ledger.store, at + 600_000)).toBe(0);
    expect(await sweepExchanges(ledger.store, at + 600_001)).toBe(1);
    await ledger.run();
    expect(await sweepExchanges(ledger.store, at + 700_000)).toBe(0);
    const [row] = await rows("select number, outcome from exchanges where exchange = 'x_lost'");
    expect(row![1]).toBe("unknown");
    expect(await rows(`select basis, items from bases where number = ${row![0]} order by basis`)).toEqual([
      ["ans_bo", "[0,10]"],
      ["con_a", "[0,10]"],
    ]);
    await ledger.verify();
  });

  test("and its gate, if it was only late, cannot close it otherwise", async () => {
    await expect(ledger.intake.append([closed("x_lost", 2)])).rejects.toThrow("refused");
    await expect(ledger.intake.append([decided("x_lost", 2), closed("x_lost", 3)])).rejects.toThrow(
      "refused",
    );
    expect(await ledger.run()).toMatchObject({ added: 0 });
  });
});

test("the ledger's tables refuse what would rewrite it", async () => {
  const before = await state();
  for (const sql of [
    "update checkpoints set note = 'x'",
    "delete from checkpoints",
    "insert or replace into checkpoints select size, follows, at, 'x', epoch, change_seq, change_mark from checkpoints",
    "update tiles set hashes = zeroblob(length(hashes))",
    "update tiles set hashes = substr(hashes, 1, 32)",
    "delete from tiles",
    "insert or replace into tiles select level, tile, zeroblob(32) from tiles",
    "update exchanges set outcome = 'forwarded' where outcome = 'aborted'",
    "delete from entries where seq = 1",
    "insert into archives values (1, 2, '2026-09-01', 'x', 1, 1)",
    "insert into entries (seq, exchange, position, type, at, body) values (1000000, 'x_gap', 0, 'opened', 1, '{}')",
  ]) {
    await expect(ledger.databases.evidence.prepare(sql).run(), sql).rejects.toThrow();
  }
  expect(await state()).toEqual(before);
  await ledger.verify();
});
