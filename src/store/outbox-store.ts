/** The consent database's outbox over D1, through Drizzle: its changes, and the keys of the pseudonyms the ledger calls people by. */
import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { changes, pseudonymKeys } from "../../schema/consent/tables.ts";
import type { Outbox, OutboxChange } from "../ledger/port.ts";
import { newPseudonymKey } from "../ledger/pseudonym.ts";
import { reached } from "./reached.ts";

/** Every method rejects with a `StoreUnavailable`. */
export function createOutbox(db: D1Database): Outbox {
  const primary = () => drizzle(db.withSession("first-primary") as unknown as D1Database);
  return {
    async after(known, limit) {
      const orm = primary();
      const isKnown = and(eq(changes.seq, known.seq), eq(changes.mark, known.mark));
      const [found, rows] = await reached(
        orm.batch([
          orm.select({ seq: changes.seq }).from(changes).where(isKnown),
          orm.select().from(changes).where(gt(changes.seq, known.seq)).orderBy(asc(changes.seq)).limit(limit),
        ]),
      );
      const holds = known.seq === 0 || found.length > 0;
      return { holds, changes: rows.map(toChange) };
    },

    async last() {
      const [row] = await reached(
        primary()
          .select({ seq: changes.seq, mark: changes.mark })
          .from(changes)
          .orderBy(desc(changes.seq))
          .limit(1)
          .all(),
      );
      return row ?? { seq: 0, mark: "" };
    },

    async pseudonymKeys(people) {
      const asked = [...new Set(people.map((one) => JSON.stringify(one)))];
      if (asked.length === 0) return new Map();
      const orm = primary();
      const named = sql`(${pseudonymKeys.accountId}, ${pseudonymKeys.person}) in
        (select value ->> 0, value ->> 1 from json_each(${`[${asked.join(",")}]`}))`;
      const read = orm.select().from(pseudonymKeys).where(named);
      const known = toKeys(await reached(read.all()));
      const missing = asked.filter((one) => !known.has(one));
      if (missing.length === 0) return known;
      const fresh = missing.map((one) => [...(JSON.parse(one) as [string, string]), newPseudonymKey()]);
      const added = sql`select value ->> 0, value ->> 1, value ->> 2 from json_each(${JSON.stringify(fresh)})`;
      // Another writer may have been faster: then its key stands.
      const [, rows] = await reached(orm.batch([orm.insert(pseudonymKeys).select(added), read]));
      return toKeys(rows);
    },
  };
}

function toChange({ seq, mark, type, at, body }: typeof changes.$inferSelect): OutboxChange {
  return { seq, mark, type, at, row: JSON.parse(body) };
}

function toKeys(rows: readonly (typeof pseudonymKeys.$inferSelect)[]): Map<string, string> {
  return new Map(rows.map(({ accountId, person, key }) => [JSON.stringify([accountId, person]), key]));
}
