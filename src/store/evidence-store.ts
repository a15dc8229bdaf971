/** Evidence over D1, through Drizzle: appends and reads entries. Changes none, and the database refuses to (`schema/evidence`). */
import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { archives, checkpoints, exchanges, entries as table } from "../../schema/evidence/tables.ts";
import type { Entry } from "../evidence/entries.ts";
import type { ConsentHeadReader, EvidenceIntake, EvidenceReader } from "../evidence/port.ts";
import { asUnavailable, StoreUnavailable } from "./unavailable.ts";

/** Entries in one statement: each has 5 parameters, and D1 takes 100. */
const STATEMENT_ROWS_MAX = 16;
/** One entry, bytes of JSON: a D1 row holds 2 MB, and the entry's other columns need some of it. */
const ENTRY_BYTES_MAX = 1_899_999;

const utf8 = new TextEncoder();

/**
 * Every method rejects with a `StoreUnavailable`. `append` is all or nothing; an entry already there (same exchange, position and
 * body) is taken for a retry and changes nothing, and another in its place refuses the whole call.
 * `archived`: where the entries of an exchange are that are here no more.
 */
export function createEvidenceStore(
  db: D1Database,
  archived: ((exchange: string) => Promise<readonly { readonly body: string }[]>) | null = null,
): EvidenceIntake & EvidenceReader & ConsentHeadReader {
  const primary = () => drizzle(db.withSession("first-primary") as unknown as D1Database);
  return {
    async append(entries) {
      const [first, ...rest] = statements(entries);
      if (first === undefined) return;
      const orm = drizzle(db);
      if (rest.length === 0) await stored(insert(orm, first).run());
      else await stored(orm.batch([insert(orm, first), ...rest.map((rows) => insert(orm, rows))]));
    },

    async consentHead() {
      const [row] = await stored(
        primary()
          .select({ seq: checkpoints.changeSeq, mark: checkpoints.changeMark })
          .from(checkpoints)
          .orderBy(desc(checkpoints.size))
          .limit(1),
      );
      return row ?? { seq: 0, mark: "" };
    },

    async entries(exchange) {
      const rows = await stored(
        primary()
          .select({ body: table.body })
          .from(table)
          .where(eq(table.exchange, exchange))
          .orderBy(asc(table.position)),
      );
      if (rows.length > 0 || archived === null) return rows.map((row) => JSON.parse(row.body) as Entry);
      return (await archived(exchange)).map(({ body }) => JSON.parse(body) as Entry);
    },

    async recent(limit, before = null) {
      const orm = primary();
      const [here, archivedToo] = await stored(
        orm.batch([
          orm
            .select({ exchange: table.exchange, position: table.seq })
            .from(table)
            .where(and(eq(table.type, "opened"), before === null ? undefined : lt(table.seq, before)))
            .orderBy(desc(table.seq))
            .limit(limit),
          orm
            .select({ exchange: exchanges.exchange, position: exchanges.number })
            .from(exchanges)
            .where(
              and(
                sql`${exchanges.number} <= (select coalesce(max(${archives.lastSeq}), 0) from ${archives})`,
                before === null ? undefined : lt(exchanges.number, before),
              ),
            )
            .orderBy(desc(exchanges.number))
            .limit(limit),
        ]),
      );
      const rows = new Map([...here, ...archivedToo].map((row) => [row.position, row]));
      return [...rows.values()].sort((a, b) => b.position - a.position).slice(0, limit);
    },
  };
}

/** Entries as rows, in statements of as many as one takes. */
function statements(entries: readonly Entry[]): Row[][] {
  const done: Row[][] = [];
  for (const entry of entries) {
    const { exchange, position, type, at } = entry;
    const body = JSON.stringify(entry);
    if (utf8.encode(body).byteLength > ENTRY_BYTES_MAX) throw new StoreUnavailable("evidence", "refused");
    if (done.length === 0 || done.at(-1)!.length === STATEMENT_ROWS_MAX) done.push([]);
    done.at(-1)!.push({ exchange, position, type, at, body });
  }
  return done;
}

type Row = Pick<typeof table.$inferInsert, "exchange" | "position" | "type" | "at" | "body">;

function insert(orm: DrizzleD1Database, rows: readonly Row[]) {
  return orm.insert(table).values(rows.map((row) => ({ ...row, salt: sql`randomblob(16)` })));
}

async function stored<T>(answer: PromiseLike<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asUnavailable("evidence", error);
  }
}
