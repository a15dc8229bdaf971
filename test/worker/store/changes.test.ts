/** Every change of consent state is in the outbox by construction: the triggers are compared with the tables, and then tried. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as consentTables from "../../../schema/consent/tables.ts";
import { applyMigrations } from "../../../scripts/migrate.ts";
import { CONSENT_MIGRATIONS, type Databases, openDatabases } from "../../support/d1.ts";
import { MARKER } from "../../support/marker.ts";
import { teller } from "./told.ts";

let databases: Databases;
let db: D1Database;
beforeAll(async () => {
  databases = await openDatabases();
  db = databases.consent;
});
afterAll(() => databases.close());

interface Change {
  readonly seq: number;
  readonly type: string;
  readonly at: number;
  readonly mark: string;
  readonly body: string;
}

const changes = async (): Promise<Change[]> =>
  (await db.prepare("select * from changes order by seq").all<Change>()).results;
const triggers = async () =>
  (
    await db
      .prepare("select tbl_name, sql from sqlite_master where type = 'trigger'")
      .all<{ tbl_name: string; sql: string }>()
  ).results;

/** What is not consent state. */
const APART = ["changes", "erasures", "idempotency_keys", "pseudonym_keys", "schema_version"];

test("every table of consent state tells of each insertion, and of each update it allows", async () => {
  const found = await triggers();
  const of = (table: string, event: string) =>
    found.filter(({ tbl_name, sql }) => tbl_name === table && sql.includes(` AFTER ${event} ON ${table}`));
  const tables = Object.values<unknown>(consentTables)
    .filter((value) => is(value, SQLiteTable))
    .map((table) => getTableConfig(table).name)
    .filter((name) => !APART.includes(name));
  expect(tables.length).toBeGreaterThan(9);
  for (const table of tables) {
    const [inserted] = of(table, "INSERT");
    expect(inserted?.sql, table).toContain("INSERT INTO changes");
    const frozen = found.some(({ sql }) =>
      sql.includes(`${table}_no_update BEFORE UPDATE ON ${table}\nBEGIN`),
    );
    if (!frozen) expect(of(table, "UPDATE")[0]?.sql, table).toContain("INSERT INTO changes");
  }
});

test("what changes is told in its order, with its ids and without its texts; what does not is not", async () => {
  const tell = teller(db);
  const before = (await changes()).length;
  await tell.account("acme");
  await tell.notice("summary", "v1", 1, { text: MARKER });
  await tell.conversation("m1", "acme");
  await tell.consent("acme", "", "summary", { id: "con_1", source: MARKER });
  await db.prepare("update accounts set revision = revision + 1").run();
  await db.prepare("update accounts set labels = '[\"health_information\"]'").run();
  const told = (await changes()).slice(before);
  expect(told.map(({ type }) => type)).toEqual(["account", "notice", "conversation", "consent", "account"]);
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, i) => before + i + 1));
  expect(JSON.parse(told[3]!.body)).toMatchObject({ id: "con_1", account_id: "acme", answer: "given" });
  expect(JSON.parse(told[4]!.body).labels).toEqual(["health_information"]);
  expect(new Set(told.map(({ mark }) => mark)).size).toBe(told.length);
  expect(Math.abs(told[0]!.at - Date.now())).toBeLessThan(60_000);
  expect(JSON.stringify(told)).not.toContain(MARKER);
});

test("a change that is taken back is not told", async () => {
  const before = await changes();
  const insert = "insert into accounts values ('gone', '[]', 'speaker', 1, 1)";
  await expect(db.batch([db.prepare(insert), db.prepare(insert)])).rejects.toThrow();
  expect(await changes()).toEqual(before);
});

test("the outbox refuses update, delete and replace", async () => {
  const before = await changes();
  expect(before.length).toBeGreaterThan(0);
  for (const sql of [
    "update changes set body = '{}'",
    "delete from changes",
    "insert or replace into changes (seq, type, body) select seq, type, '{}' from changes",
  ]) {
    await expect(db.prepare(sql).run(), sql).rejects.toThrow("append-only");
  }
  expect(await changes()).toEqual(before);
});

test("a database from before is taken over as it is found", async () => {
  const old = databases.empty;
  const before = mkdtempSync(join(tmpdir(), "tenfour-migrations-"));
  for (const name of readdirSync(CONSENT_MIGRATIONS).filter((file) => file < "0004")) {
    cpSync(join(CONSENT_MIGRATIONS, name), join(before, name));
  }
  await applyMigrations(old, before);
  rmSync(before, { recursive: true });
  const tell = teller(old);
  await tell.account("acme");
  await tell.conversation("m1", "acme");
  await tell.consent("acme", "", "summary", { id: "con_old" });
  await applyMigrations(old, CONSENT_MIGRATIONS);
  const found = await old.prepare("select type, body from changes order by seq").all<Change>();
  expect(found.results.map(({ type }) => type)).toEqual(["account", "conversation", "consent"]);
  expect(found.results[2]!.body).toContain("con_old");
});
