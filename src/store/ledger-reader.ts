/** What is read of the ledger, over D1 through Drizzle. Changes nothing but by `append`. Rejects with `StoreUnavailable`. */
import { createHash } from "node:crypto";
import { and, asc, desc, eq, gte, isNull, lt, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { bases, checkpoints, entries, exchangeIndex, exchanges } from "../../schema/evidence/tables.ts";
import { type ItemRuns, toRanges } from "../evidence/item-runs.ts";
import { archiveName, parseArchive } from "../ledger/archive-format.ts";
import type {
  Archive,
  ArchivedObject,
  IndexKind,
  LedgerReader,
  LedgerStore,
  Resting,
  StoredEntry,
} from "../ledger/port.ts";
import { RETENTION, retained } from "../ledger/retained.ts";
import { BYTES_READ_MAX, ENTRY, toEntry } from "./ledger-store.ts";
import { asUnavailable, StoreUnavailable } from "./unavailable.ts";

/** Objects of the archive that are searched for an entry: a change is accepted within moments, and archived with its day. */
const SEARCHED_MAX = 16;
const DAY_MS = 86_400_000;

/** Entries that were archived are read from there. */
export function createLedgerReader(db: D1Database, store: LedgerStore, archive: Archive): LedgerReader {
  const primary = () => drizzle(db.withSession("first-primary") as unknown as D1Database);
  /** null: deleted, as the ledger says. Rejects if it is gone without a word, or not what was written. */
  const entriesIn = async (object: ArchivedObject): Promise<StoredEntry[] | null> => {
    const bytes = await archive.get(archiveName(object));
    if (bytes === null && retained(await store.stream(RETENTION))(object.firstSeq)) return null;
    const sha256 = bytes === null ? "" : createHash("sha256").update(bytes).digest("hex");
    if (bytes === null || sha256 !== object.sha256) throw new StoreUnavailable("evidence", "unreadable");
    return parseArchive(bytes);
  };
  return {
    head: () => store.head(),
    readTile: store.readTile,
    stream: (name) => store.stream(name),
    append: (entries) => store.append(entries),

    async after(size) {
      const [object] = await store.archived(size + 1, size + 1);
      if (object === undefined) {
        const entries = await store.after(size);
        return { entries, to: entries.at(-1)?.seq ?? size };
      }
      const archived = await entriesIn(object);
      const entries = archived ?? (await store.between(object.firstSeq, object.lastSeq));
      return { entries: entries.filter(({ seq }) => seq > size), to: object.lastSeq };
    },

    async entriesOf(exchange) {
      const found = await store.entriesOf(exchange);
      if (found[0]?.position === 0) return found;
      const span = await store.spanOf(exchange);
      if (span === null) return found;
      const objects = await store.archived(...span);
      const archived = await Promise.all(objects.map(entriesIn));
      const entries = archived.flatMap((one) => one ?? []).filter(({ stream }) => stream === exchange);
      return entries.length > 0 ? entries : found;
    },

    async changeAt(streams, position, since) {
      const named = sql`${entries.exchange} in (select value from json_each(${JSON.stringify(streams)}))`;
      const rows = await stored(
        primary()
          .select(ENTRY)
          .from(entries)
          .where(and(named, eq(entries.position, position)))
          .orderBy(desc(entries.seq))
          .limit(1),
      );
      if (rows[0] !== undefined) return toEntry(rows[0]);
      // By the clock of another database: a day early.
      const from = new Date(since - DAY_MS).toISOString().slice(0, 10);
      const objects = (await store.archived(1, Number.MAX_SAFE_INTEGER)).filter(({ day }) => day >= from);
      for (const object of objects.slice(0, SEARCHED_MAX)) {
        const found = (await entriesIn(object))?.findLast(
          (entry) => streams.includes(entry.stream) && entry.position === position,
        );
        if (found !== undefined) return found;
      }
      return null;
    },

    async checkpoints(limit, before) {
      return stored(
        primary()
          .select({ size: checkpoints.size, at: checkpoints.at, note: checkpoints.note })
          .from(checkpoints)
          .where(before === null ? undefined : lt(checkpoints.size, before))
          .orderBy(desc(checkpoints.size))
          .limit(limit),
      );
    },

    async find({ account, conversations, route, reason, from, to }, limit, before) {
      const by = (kind: IndexKind, values: readonly string[] | null): SQL | undefined =>
        values === null
          ? undefined
          : sql`exists (select 1 from ${exchangeIndex} where ${exchangeIndex.kind} = ${kind}
              and ${exchangeIndex.value} in (select value from json_each(${JSON.stringify(values)}))
              and ${exchangeIndex.number} = ${exchanges.number})`;
      const one = (value: string | null) => (value === null ? null : [value]);
      return stored(
        primary()
          .select({ exchange: exchanges.exchange, position: exchanges.number })
          .from(exchanges)
          .where(
            and(
              before === null ? undefined : lt(exchanges.number, before),
              by("account", one(account)),
              by("conversation", conversations),
              by("route", one(route)),
              by("reason", one(reason)),
              from === null ? undefined : gte(exchanges.openedAt, from),
              to === null ? undefined : lt(exchanges.openedAt, to),
            ),
          )
          .orderBy(desc(exchanges.number))
          .limit(limit),
      );
    },

    async whollyOf(account, ids) {
      const accounts = (
        condition: SQL,
      ) => sql`select 1 from ${exchangeIndex} where ${exchangeIndex.kind} = 'account'
        and ${exchangeIndex.number} = ${exchanges.number} and ${condition}`;
      const rows = await stored(
        primary()
          .select({ exchange: exchanges.exchange })
          .from(exchanges)
          .where(
            and(
              sql`${exchanges.exchange} in (select value from json_each(${JSON.stringify(ids)}))`,
              sql`${exchanges.closedAt} is not null`,
              sql`exists (${accounts(sql`${exchangeIndex.value} = ${account}`)})`,
              sql`not exists (${accounts(sql`${exchangeIndex.value} <> ${account}`)})`,
            ),
          ),
      );
      return new Set(rows.map(({ exchange }) => exchange));
    },

    async resting(ids, [number, part], limit) {
      const asked = sql`(select value from json_each(${JSON.stringify(ids)}))`;
      const past = sql`(${bases.number} > ${number} or (${bases.number} = ${number} and ${bases.part} > ${part}))`;
      const ended = sql`exists (select 1 from ${exchanges} where ${exchanges.number} = ${bases.number} and ${exchanges.closedAt} is not null)`;
      const parts = sql`(select ${bases.number} as number, ${bases.part} as part, sum(octet_length(${bases.items})) as bytes
        from ${bases} where ${bases.basis} in ${asked} and ${past} and ${ended} group by 1, 2 order by 1, 2 limit ${limit})`;
      const sums = sql`(select number, part, bytes, sum(bytes) over (order by number, part) as total from ${parts})`;
      const read = sql`(select number, part from ${sums} where total <= ${BYTES_READ_MAX} or total = bytes)`;
      const rows = await stored(
        primary()
          .select({
            exchange: exchanges.exchange,
            number: exchanges.number,
            openedAt: exchanges.openedAt,
            closedAt: exchanges.closedAt,
            route: exchanges.route,
            purpose: exchanges.purpose,
            outcome: exchanges.outcome,
            basis: bases.basis,
            part: bases.part,
            items: bases.items,
          })
          .from(bases)
          .innerJoin(exchanges, eq(exchanges.number, bases.number))
          .where(and(sql`${bases.basis} in ${asked}`, sql`(${bases.number}, ${bases.part}) in ${read}`))
          .orderBy(asc(bases.number), asc(bases.part), asc(bases.basis)),
      );
      return rows.map((row) => ({
        ...row,
        outcome: row.outcome as Resting["outcome"],
        items: toRanges(JSON.parse(row.items) as ItemRuns),
      }));
    },

    async unfinished(limit) {
      const rows = await stored(
        primary()
          .select({ exchange: exchanges.exchange })
          .from(exchanges)
          .where(isNull(exchanges.closedAt))
          .orderBy(asc(exchanges.number))
          .limit(limit),
      );
      return rows.map(({ exchange }) => exchange);
    },
  };
}

async function stored<T>(answer: PromiseLike<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asUnavailable("evidence", error);
  }
}
