/** The ledger over D1, through Drizzle: what its one writer reads and commits. Changes no entry, and the database refuses to. */
import { and, asc, desc, eq, getTableColumns, gt, gte, isNull, lt, lte, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import {
  archives,
  bases,
  checkpoints,
  entries,
  exchangeIndex,
  exchanges,
  impactDue,
  tiles,
} from "../../schema/evidence/tables.ts";
import { HASH_BYTES } from "../ledger/hashing.ts";
import type { Commit, Head, ImpactDue, LedgerStore, NewEntry, StoredEntry } from "../ledger/port.ts";
import { asUnavailable, StoreUnavailable } from "./unavailable.ts";

/** Entries read together, and their bytes: what a run holds in memory, several times over. */
const ENTRIES_READ_MAX = 1_000;
const BYTES_READ_MAX = 4_000_000;
/** Rows in one D1 parameter of 2 MB, bytes of JSON. */
const PARAMETER_BYTES_MAX = 1_500_000;

const utf8 = new TextEncoder();

export const ENTRY = {
  seq: entries.seq,
  stream: entries.exchange,
  position: entries.position,
  type: entries.type,
  at: entries.at,
  body: entries.body,
  salt: sql<string>`hex(${entries.salt})`,
};

type EntryRow = Omit<StoredEntry, "salt"> & { readonly salt: string };

/** Every method rejects with a `StoreUnavailable`. */
export function createLedgerStore(db: D1Database): LedgerStore {
  const primary = () => drizzle(db.withSession("first-primary") as unknown as D1Database);
  return {
    async head() {
      const [row] = await stored(
        primary().select().from(checkpoints).orderBy(desc(checkpoints.size)).limit(1),
      );
      return row === undefined ? null : toHead(row);
    },

    async after(size) {
      const sums = sql`(select seq, sum(octet_length(body)) over (order by seq) as bytes from ${entries}
        where seq > ${size} order by seq limit ${ENTRIES_READ_MAX})`;
      const last = sql`(select max(seq) from ${sums} where bytes <= ${BYTES_READ_MAX} or seq = ${size + 1})`;
      const rows = await stored(
        primary()
          .select(ENTRY)
          .from(entries)
          .where(and(gt(entries.seq, size), lte(entries.seq, last)))
          .orderBy(asc(entries.seq)),
      );
      return rows.map(toEntry);
    },

    async stream(name) {
      const rows = await stored(
        primary()
          .select(ENTRY)
          .from(entries)
          .where(eq(entries.exchange, name))
          .orderBy(asc(entries.position)),
      );
      return rows.map(toEntry);
    },

    async lastOf(stream) {
      const [row] = await stored(
        primary()
          .select(ENTRY)
          .from(entries)
          .where(eq(entries.exchange, stream))
          .orderBy(desc(entries.position))
          .limit(1),
      );
      return row === undefined ? null : toEntry(row);
    },

    async entriesOf(ids, upTo) {
      if (ids.length === 0) return [];
      const rows = await stored(
        primary()
          .select(ENTRY)
          .from(entries)
          .where(
            and(
              sql`${entries.exchange} in (select value from json_each(${JSON.stringify(ids)}))`,
              lte(entries.seq, upTo),
            ),
          )
          .orderBy(asc(entries.seq)),
      );
      return rows.map(toEntry);
    },

    async readTile(level, index, width) {
      const [row] = await stored(
        primary()
          .select({ hashes: sql<string>`hex(${tiles.hashes})` })
          .from(tiles)
          .where(and(eq(tiles.level, level), eq(tiles.tile, index))),
      );
      const hashes = row === undefined ? new Uint8Array() : fromHex(row.hashes);
      if (hashes.length < width * HASH_BYTES) throw new StoreUnavailable("evidence", "unreadable");
      return hashes;
    },

    async append(added) {
      if (added.length === 0) return true;
      const orm = drizzle(db);
      return unlessRefused(
        each(orm, entries, added.map(toRow), {
          seq: sql`null`,
          body: sql`json(value ->> '$.body')`,
          salt: sql`randomblob(16)`,
        }),
        orm,
      );
    },

    async commit(commit) {
      const orm = drizzle(db);
      return unlessRefused(statements(orm, commit), orm);
    },

    async archivedTo() {
      const [row] = await stored(
        primary().select({ to: archives.lastSeq }).from(archives).orderBy(desc(archives.firstSeq)).limit(1),
      );
      return row?.to ?? 0;
    },

    async archived(from, to) {
      return stored(
        primary()
          .select()
          .from(archives)
          .where(and(lte(archives.firstSeq, to), gte(archives.lastSeq, from)))
          .orderBy(asc(archives.firstSeq)),
      );
    },

    async between(from, to) {
      const rows = await stored(
        primary()
          .select(ENTRY)
          .from(entries)
          .where(and(gte(entries.seq, from), lte(entries.seq, to)))
          .orderBy(asc(entries.seq)),
      );
      return rows.map(toEntry);
    },

    async noteArchived(object) {
      const orm = drizzle(db);
      return unlessRefused([orm.insert(archives).values(object)], orm);
    },

    async dropArchived() {
      const kept = sql`(select max(${entries.seq}) from ${entries})`;
      const to = sql`(select coalesce(max(${archives.lastSeq}), 0) from ${archives})`;
      await stored(
        drizzle(db)
          .delete(entries)
          .where(sql`${entries.seq} <= ${to} and ${entries.seq} < ${kept} and ${entries.type} in ${DROPPED}`),
      );
    },

    async spanOf(exchange) {
      const [row] = await stored(
        primary()
          .select({ first: exchanges.number, last: exchanges.lastSeq })
          .from(exchanges)
          .where(eq(exchanges.exchange, exchange)),
      );
      return row === undefined ? null : [row.first, row.last];
    },

    async impactDue(now, limit) {
      const rows = await stored(
        primary()
          .select()
          .from(impactDue)
          .where(lte(impactDue.nextAt, now))
          .orderBy(asc(impactDue.seq))
          .limit(limit),
      );
      return rows.map(({ record, what, seq, tries }) => ({
        record,
        what: what as ImpactDue["what"],
        seq,
        tries,
      }));
    },

    async impactTold(record) {
      await stored(drizzle(db).delete(impactDue).where(eq(impactDue.record, record)));
    },

    async impactPutOff(record, until) {
      await stored(
        drizzle(db)
          .update(impactDue)
          .set({ tries: sql`${impactDue.tries} + 1`, nextAt: until })
          .where(eq(impactDue.record, record)),
      );
    },

    async openSince(before, limit) {
      const rows = await stored(
        primary()
          .select({ exchange: exchanges.exchange })
          .from(exchanges)
          .where(and(isNull(exchanges.closedAt), lt(exchanges.openedAt, before)))
          .orderBy(asc(exchanges.openedAt))
          .limit(limit),
      );
      return rows.map(({ exchange }) => exchange);
    },
  };
}

/** What nobody looks back at by its stream. */
const DROPPED = ["opened", "decided", "closed", "consent_changed"];

/** What of a summary changes when its exchange goes on or ends. */
const ENDED = {
  lastSeq: sql`excluded.last_seq`,
  closedAt: sql`excluded.closed_at`,
  outcome: sql`excluded.outcome`,
  forwarded: sql`excluded.forwarded`,
  stripped: sql`excluded.stripped`,
  dropped: sql`excluded.dropped`,
  rejected: sql`excluded.rejected`,
};

type Statement = Parameters<DrizzleD1Database["batch"]>[0][number];

function statements(
  orm: DrizzleD1Database,
  { head, follows, tiles: grown, summaries, due }: Commit,
): Statement[] {
  const checkpoint = {
    size: head.size,
    follows,
    at: head.at,
    note: head.note,
    epoch: head.epoch,
    changeSeq: head.change.seq,
    changeMark: head.change.mark,
  };
  const tileRows = grown.map(({ level, index, hashes }) => ({ level, tile: index, hashes: toHex(hashes) }));
  const exchangeRows = summaries.exchanges.map(({ counts, ...exchange }) => ({ ...exchange, ...counts }));
  return [
    orm.insert(checkpoints).values(checkpoint),
    ...each(orm, tiles, tileRows, { hashes: sql`unhex(value ->> '$.hashes')` }).map((insert) =>
      insert.onConflictDoUpdate({ target: [tiles.level, tiles.tile], set: { hashes: sql`excluded.hashes` } }),
    ),
    ...each(orm, exchanges, exchangeRows).map((insert) =>
      insert.onConflictDoUpdate({ target: exchanges.number, set: ENDED }),
    ),
    ...each(
      orm,
      exchangeIndex,
      summaries.index.map(([kind, value, number]) => ({ kind, value, number })),
    ).map((insert) => insert.onConflictDoNothing()),
    ...each(
      orm,
      impactDue,
      due.map((one) => ({ ...one, nextAt: 0 })),
    ).map((insert) => insert.onConflictDoNothing()),
    ...each(
      orm,
      bases,
      summaries.bases.map(([basis, number, items]) => ({ basis, number, items: JSON.stringify(items) })),
    ).map((insert) => insert.onConflictDoNothing()),
  ];
}

/** Rows by as few statements as their bytes allow, in their order. Columns are members of the row by name, but where `values` says otherwise. */
function each<T extends SQLiteTable>(
  orm: DrizzleD1Database,
  table: T,
  rows: readonly object[],
  values: Readonly<Record<string, SQL>> = {},
) {
  const members = sql.join(
    Object.keys(getTableColumns(table)).map(
      (name) => values[name] ?? sql`value ->> ${sql.raw(`'$.${name}'`)}`,
    ),
    sql`, `,
  );
  return parts(rows).map((json) =>
    orm.insert(table).select(sql`select ${members} from json_each(${json}) where true order by key`),
  );
}

/** JSON arrays of rows, each small enough for one parameter. */
function parts(rows: readonly object[]): string[] {
  const done: string[] = [];
  let open: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const json = JSON.stringify(row);
    const size = utf8.encode(json).length + 1;
    if (open.length > 0 && bytes + size > PARAMETER_BYTES_MAX) {
      done.push(`[${open.join(",")}]`);
      [open, bytes] = [[], 0];
    }
    open.push(json);
    bytes += size;
  }
  if (open.length > 0) done.push(`[${open.join(",")}]`);
  return done;
}

async function unlessRefused(batch: readonly Statement[], orm: DrizzleD1Database): Promise<boolean> {
  const [first, ...rest] = batch;
  if (first === undefined) return true;
  try {
    await stored(orm.batch([first, ...rest]));
    return true;
  } catch (error) {
    if (error instanceof StoreUnavailable && error.fault === "refused") return false;
    throw error;
  }
}

function toRow({ stream, position, type, at, body }: NewEntry): object {
  return { exchange: stream, position, type, at, body };
}

export function toEntry(row: EntryRow): StoredEntry {
  return { ...row, salt: Buffer.from(row.salt, "hex").toString("base64url") };
}

function toHead(row: typeof checkpoints.$inferSelect): Head {
  const { size, at, note, epoch, changeSeq, changeMark } = row;
  return { size, at, note, epoch, change: { seq: changeSeq, mark: changeMark } };
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

async function stored<T>(answer: PromiseLike<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asUnavailable("evidence", error);
  }
}
