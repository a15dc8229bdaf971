/** Whether a database answers and has been migrated to the version this code was written for. */
import { drizzle } from "drizzle-orm/d1";
import { schemaVersion } from "../../schema/consent/tables.ts";

/** The last migration of each database; both have the same table for it. */
export const SCHEMA_VERSION = { consent: 7, evidence: 3 } as const;

/** Rejects with a sentence that may be shown: Drizzle's own would hold the SQL. */
export async function checkSchema(db: D1Database, name: keyof typeof SCHEMA_VERSION): Promise<void> {
  let row: { version: number } | undefined;
  try {
    row = await drizzle(db).select().from(schemaVersion).get();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
    throw new Error(cause.includes("no such table") ? "not migrated: run npm run migrate" : "cannot be read");
  }
  if (row?.version !== SCHEMA_VERSION[name])
    throw new Error("not migrated to this version: run npm run migrate");
}
