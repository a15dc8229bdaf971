/** The ledger over D1, through Drizzle: what its one writer reads and commits. Changes no entry, and the database refuses to. */
import { and, asc, desc, eq, gt, gte, isNull, lt, lte, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { archives, checkpoints, entries, exchanges, impactDue, tiles } from "../../schema/evidence/tables.ts";
import { HASH_BYTES } from "../ledger/hashing.ts";
import type { Head, ImpactDue, LedgerStore, NewEntry, StoredEntry } from "../ledger/port.ts";
import { commitStatements, each, foundStatements, type Statement } from "./ledger-rows.ts";
import { asUnavailable, StoreUnavailable } from "./unavailable.ts";

/** Entries read together, and their bytes: what a run holds in memory, several times over. */
const ENTRIES_READ_MAX = 1_000;
export const BYTES_READ_MAX = 4_000_000;
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

    async entriesOf(exchange) {
      const rows = await stored(
        primary().select(ENTRY).from(entries).where(eq(entries.exchange, exchange)).orderBy(asc(entries.seq)),
      );
      return rows.map(toEntry);
    },

    async numbersOf(ids) {
      if (ids.length === 0) return new Map();
      const rows = await stored(
        primary()
          .select({ exchange: exchanges.exchange, number: exchanges.number })
          .from(exchanges)
          .where(sql`${exchanges.exchange} in (select value from json_each(${JSON.stringify(ids)}))`),
      );
      return new Map(rows.map(({ exchange, number }) => [exchange, number]));
    },

    async outline(exchange) {
      const rows = await stored(
        primary()
          .select({
            position: entries.position,
            type: entries.type,
            first: sql<number | null>`${entries.body} ->> '$.items[0]'`,
            last: sql<number | null>`${entries.body} ->> '$.items[1]'`,
            round: sql<number>`coalesce(${entries.body} ->> '$.round', 0)`,
            runs: sql<number>`coalesce(json_array_length(${entries.body}, '$.runs'), 0)`,
          })
          .from(entries)
          .where(eq(entries.exchange, exchange))
          .orderBy(asc(entries.position)),
      );
      return rows.map(({ position, type, first, last, round, runs }) => ({
        position,
        type,
        items: first === null || last === null ? null : [first, last],
        round,
        decides: runs > 0,
      }));
    },

    async pageOf(exchange, from) {
      const sums = sql`(select position, sum(octet_length(body)) over (order by position) as bytes from ${entries}
        where exchange = ${exchange} and position >= ${from} order by position limit ${ENTRIES_READ_MAX})`;
      const last = sql`(select max(position) from ${sums} where bytes <= ${BYTES_READ_MAX} or position = ${from})`;
      const rows = await stored(
        primary()
          .select(ENTRY)
          .from(entries)
          .where(
            and(eq(entries.exchange, exchange), gte(entries.position, from), lte(entries.position, last)),
          )
          .orderBy(asc(entries.position)),
      );
      return rows.map(toEntry);
    },

    async addFound(found) {
      const orm = drizzle(db);
      const [first, ...rest] = foundStatements(orm, found);
      if (first !== undefined) await stored(orm.batch([first, ...rest]));
    },

    async oldestOpen() {
      const [row] = await stored(
        primary()
          .select({ number: sql<number | null>`min(${exchanges.number})` })
          .from(exchanges)
          .where(isNull(exchanges.closedAt)),
      );
      return row?.number ?? null;
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
      return unlessRefused(commitStatements(orm, commit), orm);
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

async function stored<T>(answer: PromiseLike<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asUnavailable("evidence", error);
  }
}
