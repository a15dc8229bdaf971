import { afterAll, beforeAll, expect, test } from "vitest";
import type { Closed, Decided, Entry, Finding, Opened } from "../../../src/evidence/entries.ts";
import { createEvidenceStore } from "../../../src/store/evidence-store.ts";
import { type Databases, openDatabases } from "../../support/d1.ts";

let databases: Databases;
let store: ReturnType<typeof createEvidenceStore>;

beforeAll(async () => {
  databases = await openDatabases();
  store = createEvidenceStore(databases.evidence);
});

afterAll(() => databases.close());

function opened(exchange: string): Opened {
  const who = { route: "train", purpose: "train", producer: "p", key_id: "k", config_digest: "d" };
  return { type: "opened", exchange, position: 0, at: 1, ...who };
}

function decided(exchange: string, position: number, more: Partial<Decided> = {}): Decided {
  const rest = { items: [0, 9], round: 0, findings_from: 0, findings: [], runs: [] } as const;
  return { type: "decided", exchange, position, at: 2, ...rest, ...more };
}

const FINDING: Finding = {
  account: null,
  conversation: null,
  outcome: "forwarded",
  reason: "consented",
  consents: [],
};

function closed(exchange: string, position: number): Closed {
  const nothing = { bytes: null, digest: null };
  const counts = { forwarded: 1, stripped: 0, dropped: 0, rejected: 0 };
  const end = {
    outcome: "forwarded",
    fault: null,
    upstream_status: 200,
    upstream_complete: true,
    settled: 1,
    in_doubt: 1,
  } as const;
  return { type: "closed", exchange, position, at: 3, ...end, counts, received: nothing, sent: nothing };
}

const rows = async () =>
  (await databases.evidence.prepare("select count(*) as n from entries").first<{ n: number }>())!.n;

test("entries come back as they went in, in their order; exchanges newest first", async () => {
  const odd = `"\\'\u007f\u00e9\ud83d\ude00]},{`;
  const one: Entry[] = [
    opened("one"),
    decided("one", 1, {
      findings: [{ ...FINDING, account: odd, consents: [odd] }],
      runs: [0, 10],
    }),
  ];
  await store.append(one);
  await store.append([opened("two")]);
  await store.append([closed("one", 2)]);
  await store.append([]);
  expect(await store.entries("one")).toEqual([...one, closed("one", 2)]);
  expect(await store.entries("none")).toEqual([]);
  expect((await store.recent(2)).map(({ exchange }) => exchange)).toEqual(["two", "one"]);
  const [newest] = await store.recent(1);
  expect(newest?.exchange).toBe("two");
  expect((await store.recent(2, newest?.position)).map(({ exchange }) => exchange)).toEqual(["one"]);
  const bodies = await databases.evidence.prepare("select body from entries where exchange = 'one'").raw();
  expect(bodies).toEqual([...one, closed("one", 2)].map((entry) => [JSON.stringify(entry)]));
});

test("an append tried again changes nothing; another entry in the same place is refused whole", async () => {
  const entries = [opened("again"), decided("again", 1)];
  await store.append(entries);
  const before = await rows();
  await store.append(entries);
  await store.append([decided("again", 1), decided("again", 1)]);
  expect(await rows()).toBe(before);

  const forged = [decided("again", 2), decided("again", 1, { items: [0, 8] })];
  await expect(store.append(forged)).rejects.toThrow("The evidence database refused the change.");
  expect(await rows()).toBe(before);
  expect(await store.entries("again")).toEqual(entries);
  await store.append([...entries, closed("again", 2)]);
  expect(await rows()).toBe(before + 1);
});

test("what opened is first, and only it", async () => {
  await expect(store.append([decided("first", 0)])).rejects.toThrow("refused");
  await expect(store.append([{ ...opened("first"), position: 1 }])).rejects.toThrow("refused");
  expect(await store.entries("first")).toEqual([]);
});

test("entries refuse update, delete and replace", async () => {
  await store.append([opened("kept")]);
  const before = await databases.evidence.prepare("select * from entries").raw();
  for (const sql of [
    "update entries set body = '{}'",
    "update entries set at = at",
    "delete from entries",
    "insert or replace into entries select seq, exchange, position, type, at, '{}', salt from entries",
    "insert or replace into entries (exchange, position, type, at, body) select exchange, position, type, at, '{}' from entries",
    "insert or replace into entries select seq, exchange || 'x', position, type, at, body, salt from entries",
  ]) {
    await expect(databases.evidence.prepare(sql).run(), sql).rejects.toThrow("append-only");
  }
  expect(await databases.evidence.prepare("select * from entries").raw()).toEqual(before);
});

test.each([
  ["a few entries are one statement", 0],
  ["many entries are several", 20],
])("%s, all or nothing, however large; an entry too large is refused", async (_, more) => {
  const heavy = (exchange: string, position: number, bytes: number) =>
    decided(exchange, position, { findings: [{ ...FINDING, consents: ["c".repeat(bytes)] }] });
  const [large, whole, other] = [`large-${more}`, `whole-${more}`, `other-${more}`];
  const beside = (of: string) => Array.from({ length: more }, (_, i) => decided(of, 100 + i, {}));
  const several = [opened(large), ...[1, 2, 3, 4].map((i) => heavy(large, i, 700_000)), ...beside(large)];
  await store.append(several);
  expect(await store.entries(large)).toEqual(several);
  const one = [opened(whole), heavy(whole, 1, 1_890_000), ...beside(whole)];
  await store.append(one);
  expect(await store.entries(whole)).toEqual(one);

  const before = await rows();
  const forged = [
    ...beside(other),
    ...[5, 6, 7].map((position) => heavy(large, position, 700_000)),
    heavy(large, 1, 1),
  ];
  await expect(store.append(forged)).rejects.toThrow("refused");
  const huge = [opened(other), heavy(other, 1, 1_900_000), ...beside(other)];
  await expect(store.append(huge)).rejects.toThrow("refused");
  expect(await rows()).toBe(before);
});
