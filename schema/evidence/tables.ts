/**
 * The evidence database: what each exchange did. Apart from the consent database, so that either can fail or be restored alone.
 * The only place its columns are named.
 */
import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Append-only: `opened`, `decided`…, `closed` of each exchange. */
export const entries = sqliteTable(
  "entries",
  {
    seq: integer("seq").primaryKey(),
    exchange: text("exchange").notNull(),
    /** 0 for `opened`, then 1, 2, … in the order written. */
    position: integer("position").notNull(),
    type: text("type").notNull(),
    /** Unix milliseconds, UTC, by the gate's clock. */
    at: integer("at").notNull(),
    /** The entry as JSON: `src/evidence/entries.ts`. */
    body: text("body").notNull(),
  },
  (t) => [uniqueIndex("entries_exchange").on(t.exchange, t.position)],
);

/** One row: the version of the last migration that ran. */
export const schemaVersion = sqliteTable("schema_version", {
  version: integer("version").notNull(),
});
