/** Inserts a row only where a condition holds in the same statement: what was read may have changed since. */
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/** Columns that `row` does not name are null: SQLite numbers an integer primary key by itself. */
export function insertWhere<T extends SQLiteTable>(
  db: DrizzleD1Database,
  table: T,
  row: T["$inferInsert"],
  condition: SQL,
) {
  const values = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value = (row as Record<string, unknown>)[name];
    return value === undefined || value === null ? sql`null` : sql.param(value, column);
  });
  return db.insert(table).select(sql`select ${sql.join(values, sql`, `)} where ${condition}`);
}
