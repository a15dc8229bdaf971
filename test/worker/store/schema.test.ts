import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as consentTables from "../../../schema/consent/tables.ts";
import * as evidenceTables from "../../../schema/evidence/tables.ts";
import { applyMigrations } from "../../../scripts/migrate.ts";
import { SCHEMA_VERSION } from "../../../src/store/schema-check.ts";
import { CONSENT_MIGRATIONS, type Databases, EVIDENCE_MIGRATIONS, openDatabases } from "../../support/d1.ts";

let databases: Databases;

beforeAll(async () => {
  databases = await openDatabases();
});

afterAll(() => databases.close());

const SCHEMAS = [
  ["consent", consentTables],
  ["evidence", evidenceTables],
] as const;

interface Row {
  readonly name: unknown;
  readonly type: unknown;
  readonly strict: unknown;
  readonly notnull: unknown;
  readonly pk: unknown;
  readonly unique: unknown;
}

const rowsOf = async (db: D1Database, sql: string) => (await db.prepare(sql).all<Row>()).results;

test.each(SCHEMAS)("%s: tables.ts names what the migrations make, and nothing else", async (name, schema) => {
  const db = databases[name];
  const tables = Object.values<unknown>(schema).filter((value) => is(value, SQLiteTable));
  const made = await rowsOf(
    db,
    "select name, strict from pragma_table_list where type = 'table' and name not glob 'sqlite_*' and name not glob '_cf_*' and name <> 'd1_migrations'",
  );
  const configs = tables.map((table) => getTableConfig(table));
  expect(made.map((row) => row.name).sort()).toEqual(configs.map((table) => table.name).sort());
  expect(made.every((row) => row.strict === 1)).toBe(true);

  for (const table of configs) {
    const keys = table.primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
    const declared = table.columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().toUpperCase(),
      nullable: !column.notNull && !column.primary,
      key: column.primary || keys.includes(column.name),
    }));
    const actual = (await rowsOf(db, `select * from pragma_table_info('${table.name}')`)).map((row) => ({
      name: row.name,
      type: row.type,
      nullable: row.notnull === 0 && row.pk === 0,
      key: row.pk !== 0,
    }));
    expect(actual, table.name).toEqual(declared);

    const indexed = (
      await rowsOf(db, `select name, "unique" from pragma_index_list('${table.name}') where origin = 'c'`)
    ).filter((row) => row.name !== "schema_version_single");
    const columnsOf = async (index: unknown) =>
      (await rowsOf(db, `select name from pragma_index_info('${index}')`)).map((row) => row.name);
    const found = await Promise.all(
      indexed.map(async ({ name: index, unique }) => [index, unique === 1, await columnsOf(index)]),
    );
    const named = table.indexes.map(({ config }) => [
      config.name,
      config.unique,
      config.columns.map((column) => ("name" in column ? column.name : null)),
    ]);
    expect(found.sort(), table.name).toEqual(named.sort());
  }
});

test("migrations run once, and are booked as wrangler books them", async () => {
  expect(await applyMigrations(databases.consent, CONSENT_MIGRATIONS)).toEqual([]);
  expect(await applyMigrations(databases.evidence, EVIDENCE_MIGRATIONS)).toEqual([]);
  expect(await rowsOf(databases.consent, "select id, name from d1_migrations")).toEqual([
    { id: 1, name: "0001_consent.sql" },
    { id: 2, name: "0002_idempotency_and_rotation.sql" },
    { id: 3, name: "0003_provenance.sql" },
    { id: 4, name: "0004_changes.sql" },
    { id: 5, name: "0005_ask_again.sql" },
    { id: 6, name: "0006_receipts.sql" },
    { id: 7, name: "0007_erasures.sql" },
  ]);
});

test.each(["consent", "evidence"] as const)("%s: one schema version", async (name) => {
  expect(await rowsOf(databases[name], "select version from schema_version")).toEqual([
    { version: SCHEMA_VERSION[name] },
  ]);
  await expect(databases[name].prepare("insert into schema_version values (9)").run()).rejects.toThrow();
});
