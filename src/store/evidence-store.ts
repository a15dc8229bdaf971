/** Evidence over D1, through Drizzle: appends and reads entries. Changes none, and the database refuses to (`schema/evidence`). */
import { and, asc, desc, eq, getTableColumns, lt, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { archives, checkpoints, exchanges, entries as table } from "../../schema/evidence/tables.ts";
import type { Entry } from "../evidence/entries.ts";
import type { ConsentHeadReader, EvidenceIntake, EvidenceReader } from "../evidence/port.ts";
import { asUnavailable, StoreUnavailable } from "./unavailable.ts";

/** Entries that go in as parameters, five each, of which D1 takes 100. More go in as JSON: a statement costs more than to take its entries apart. */
const FEW = 16;
/** Entries in one parameter, bytes of JSON: it holds 2 MB, and an entry of its own may take most of that. */
const STATEMENT_BYTES_MAX = 1_500_000;
/** One entry, bytes of JSON: a D1 row holds 2 MB, and the entry's other columns need some of it. */
const ENTRY_BYTES_MAX = 1_899_999;

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
      const rows = entries.map(rowOf);
      const orm = drizzle(db);
      if (rows.length === 0) return;
      if (rows.length <= FEW) {
        await stored(orm.insert(table).values(rows.map((row) => ({ ...row, salt: SALT }))));
        return;
      }
      const [first, ...rest] = statements(rows.map(({ body }) => body));
      await stored(orm.batch([insert(orm, first!), ...rest.map((json) => insert(orm, json))]));
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

const utf8 = new TextEncoder();

function bytesOf(text: string): number {
  return utf8.encode(text).byteLength;
}

const SALT = sql`randomblob(16)`;

function rowOf(entry: Entry) {
  const { exchange, position, type, at } = entry;
  const body = JSON.stringify(entry);
  if (bytesOf(body) > ENTRY_BYTES_MAX) throw new StoreUnavailable("evidence", "refused");
  return { exchange, position, type, at, body };
}

/** JSON arrays of entries, each small enough for one parameter. */
function statements(bodies: readonly string[]): string[] {
  const done: string[] = [];
  let open: string[] = [];
  let openBytes = 0;
  for (const body of bodies) {
    const bytes = bytesOf(body);
    if (open.length > 0 && openBytes + bytes > STATEMENT_BYTES_MAX) {
      done.push(`[${open.join(",")}]`);
      open = [];
      openBytes = 0;
    }
    open.push(body);
    openBytes += bytes + 1;
  }
  return [...done, `[${open.join(",")}]`];
}

/** Drizzle names every column of the table, in its order. */
const INSERTED = {
  seq: sql`null`,
  exchange: sql`value ->> '$.exchange'`,
  position: sql`value ->> '$.position'`,
  type: sql`value ->> '$.type'`,
  at: sql`value ->> '$.at'`,
  body: sql`value`,
  salt: SALT,
} satisfies Record<keyof typeof table.$inferSelect, SQL>;

function insert(orm: DrizzleD1Database, json: string) {
  const values = Object.keys(getTableColumns(table)).map((name) => INSERTED[name as keyof typeof INSERTED]);
  return orm
    .insert(table)
    .select(sql`select ${sql.join(values, sql`, `)} from json_each(${json}) order by key`);
}

async function stored<T>(answer: PromiseLike<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asUnavailable("evidence", error);
  }
}
