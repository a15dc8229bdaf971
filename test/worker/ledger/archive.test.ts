/** Days that are over are archived by what they hold; what was archived is read, proven and exported as before, and nothing else may be let go of. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportEntries } from "../../../src/control/ledger-export.ts";
import { verifyExport } from "../../../src/ledger/export-verify.ts";
import { exportLines } from "../../../src/ledger/export-write.ts";
import { formatVerifierKey, parseVerifierKey } from "../../../src/ledger/note-keys.ts";
import type { Archive } from "../../../src/ledger/port.ts";
import { archiveEntries } from "../../../src/ledger-writer/archive.ts";
import { keepHead } from "../../../src/ledger-writer/keep-head.ts";
import { expireEntries } from "../../../src/ledger-writer/retention.ts";
import { createArchive } from "../../../src/store/archive-store.ts";
import { createEvidenceStore } from "../../../src/store/evidence-store.ts";
import { createLedgerReader } from "../../../src/store/ledger-reader.ts";
import { closed, decided, type Ledger, opened, openLedger } from "./fixture.ts";

const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2026, 8, 1, 10);

let ledger: Ledger;
let archive: Archive;
let reader: ReturnType<typeof createLedgerReader>;
let evidence: ReturnType<typeof createEvidenceStore>;
const objects = async () => (await ledger.databases.archive.list()).objects.map(({ key }) => key);
const one = async (sql: string) => (await ledger.databases.evidence.prepare(sql).raw()) as unknown[][];

const exchangeAt = (id: string, at: number) => [
  opened(id, at),
  decided(id, 1, { at }),
  closed(id, 2, { at }),
];

beforeAll(async () => {
  ledger = await openLedger();
  archive = createArchive(ledger.databases.archive);
  reader = createLedgerReader(ledger.databases.evidence, ledger.store, archive);
  evidence = createEvidenceStore(ledger.databases.evidence, reader.entriesOf);
  ledger.clock.now = FIRST;
  await ledger.run();
  await ledger.intake.append(exchangeAt("x_first", FIRST));
  await ledger.intake.append(exchangeAt("x_same_day", FIRST + 1));
  await ledger.intake.append(exchangeAt("x_second", FIRST + DAY_MS));
  await ledger.intake.append([opened("x_today", FIRST + 2 * DAY_MS)]);
  await ledger.run({ keep: (head) => keepHead(archive, head) });
});
afterAll(() => ledger.databases.close());

test("a day is archived once it is over, one object a day, and its rows go", async () => {
  const before = await evidence.entries("x_first");
  expect(await archiveEntries(ledger.store, archive, FIRST + DAY_MS / 2)).toBe(0);
  expect(await archiveEntries(ledger.store, archive, FIRST + 2 * DAY_MS)).toBe(10);
  expect(await archiveEntries(ledger.store, archive, FIRST + 2 * DAY_MS)).toBe(0);
  expect((await objects()).filter((key) => key.startsWith("entries/"))).toEqual([
    expect.stringMatching(/^entries\/2026-09-01\/0{15}1-[0-9a-f]{64}\.ndjson$/),
    expect.stringMatching(/^entries\/2026-09-02\/0{15}8-[0-9a-f]{64}\.ndjson$/),
  ]);
  expect(await one("select exchange from entries order by seq")).toEqual([["configuration"], ["x_today"]]);
  expect(await evidence.entries("x_first")).toEqual(before);
  expect(await evidence.entries("x_none")).toEqual([]);
  expect((await evidence.recent(10)).map(({ exchange }) => exchange)).toEqual([
    "x_today",
    "x_second",
    "x_same_day",
    "x_first",
  ]);
  expect((await evidence.recent(2, 8)).map(({ exchange }) => exchange)).toEqual(["x_same_day", "x_first"]);
});

test("the ledger goes on, numbered after what is there no more", async () => {
  await ledger.intake.append([closed("x_today", 1, { at: FIRST + 2 * DAY_MS })]);
  expect(await ledger.run()).toMatchObject({ added: 1 });
  expect(await one("select max(seq) from entries")).toEqual([[12]]);
});

async function verified() {
  const head = (await ledger.store.head())!;
  const { signers } = ledger.deps;
  const source = {
    checkpoint: head.note,
    readTile: ledger.store.readTile,
    entries: exportEntries(reader, head.size, null),
  };
  let text = "";
  for await (const line of exportLines({ ...source, scope: "whole", exportedAt: 1, keys: signers }))
    text += line;
  const verifier = (await parseVerifierKey(formatVerifierKey(signers[0]!)))!;
  return verifyExport([new TextEncoder().encode(text)], { keys: [{ verifier, sizeMax: null }] });
}

test("an export reads the archive where it must, and verifies", async () => {
  expect(await verified()).toMatchObject({ ok: true, summary: { size: 12, entries: 12, withheld: 0 } });
});

test("an object that is not what was written is not believed", async () => {
  const [key] = (await objects()).filter((name) => name.startsWith("entries/"));
  const bytes = (await archive.get(key!))!;
  const forged = new TextEncoder().encode(
    new TextDecoder().decode(bytes).replace('"forwarded', '"dropped__'),
  );
  await archive.put(key!, forged);
  await expect(evidence.entries("x_first")).rejects.toThrow("cannot be read");
  await archive.put(key!, bytes);
  expect(await evidence.entries("x_first")).toHaveLength(3);
});

test("only what is archived may be let go of, and archives only in order and within the ledger", async () => {
  for (const sql of [
    "delete from entries where seq > (select max(last_seq) from archives)",
    "delete from archives",
    "update archives set sha256 = 'x'",
    "insert into archives select last_seq + 2, last_seq + 3, day, sha256, 1, 1 from archives where first_seq > 1",
    "insert into archives select last_seq + 1, last_seq + 99, day, sha256, 1, 1 from archives where first_seq > 1",
    "insert or replace into archives select first_seq, last_seq, day, sha256, 2, 2 from archives",
  ]) {
    await expect(ledger.databases.evidence.prepare(sql).run(), sql).rejects.toThrow();
  }
  expect(await one("select count(*) from archives")).toEqual([[2]]);
});

test("what retention says is deleted after the ledger says so; the rest verifies, the deleted are named", async () => {
  const kept = FIRST + 32 * DAY_MS;
  expect(await expireEntries(ledger.store, archive, 31, FIRST + 31 * DAY_MS)).toBe(0);
  expect(await expireEntries(ledger.store, archive, 31, kept)).toBe(1);
  expect(await expireEntries(ledger.store, archive, 31, kept)).toBe(0);
  await ledger.run();
  const [record] = await ledger.store.stream("retention");
  expect(JSON.parse(record!.body)).toEqual({ at: kept, keep_days: 31, positions: [[0, 6]] });
  expect((await objects()).filter((key) => key.startsWith("entries/"))).toHaveLength(1);
  expect(await evidence.entries("x_first")).toEqual([]);
  expect(await evidence.entries("x_second")).toHaveLength(3);
  expect(await verified()).toMatchObject({ ok: true, summary: { size: 13, entries: 13, withheld: 6 } });
});

test("an object that is gone without a word is a loss, not retention", async () => {
  const [key] = (await objects()).filter((name) => name.startsWith("entries/"));
  await archive.delete([key!]);
  await expect(evidence.entries("x_second")).rejects.toThrow("cannot be read");
  await expect(reader.after(7)).rejects.toThrow("cannot be read");
});

test("each head is kept outside the databases, the newest by name", async () => {
  const text = async (name: string) => new TextDecoder().decode((await archive.get(name))!);
  const [kept] = (await objects()).filter((key) => key.startsWith("checkpoints/"));
  expect(await text("checkpoint")).toBe(await text(kept!));
  expect(JSON.parse(await text("head.json"))).toMatchObject({ size: 11, epoch: 0, change_seq: 0 });
});
