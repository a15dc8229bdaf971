/**
 * Applies the migrations of a folder to a D1 database, and keeps the books as wrangler does (`d1_migrations`), so that either
 * finds applied what the other applied. For databases on this machine; `npm run migrate` is for those at Cloudflare.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Between two statements of a migration: a trigger's body holds semicolons of its own. */
const BREAKPOINT = "--> statement-breakpoint";

/**
 * Applies, in the order of their names, the `.sql` files of `folder` that have not been applied, each whole or not at all.
 * Returns the names of those it applied. Rejects, naming the file, at the first that fails.
 */
export async function applyMigrations(db: D1Database, folder: string): Promise<string[]> {
  await db
    .prepare(
      "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    )
    .run();
  const done = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(done.results.map((row) => row.name));
  const pending = (await readdir(folder))
    .filter((name) => name.endsWith(".sql") && !applied.has(name))
    .sort();
  for (const name of pending) {
    const statements = (await readFile(join(folder, name), "utf8")).split(BREAKPOINT);
    try {
      await db.batch([
        ...statements.map((statement) => db.prepare(statement)),
        db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
      ]);
    } catch (cause) {
      throw new Error(`Migration ${name} failed and changed nothing.`, { cause });
    }
  }
  return pending;
}
