/** What the ledger's writer commits, as statements: few, however many rows. Runs none of them. */
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import {
  bases,
  checkpoints,
  exchangeIndex,
  exchanges,
  impactDue,
  tiles,
} from "../../schema/evidence/tables.ts";
import type { Commit, Found } from "../ledger/port.ts";

/** Rows in one D1 parameter of 2 MB, bytes of JSON. */
const PARAMETER_BYTES_MAX = 1_500_000;

const utf8 = new TextEncoder();

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

export type Statement = Parameters<DrizzleD1Database["batch"]>[0][number];

export function commitStatements(
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
    ...foundStatements(orm, summaries),
    ...each(
      orm,
      impactDue,
      due.map((one) => ({ ...one, nextAt: 0 })),
    ).map((insert) => insert.onConflictDoNothing()),
  ];
}

export function foundStatements(orm: DrizzleD1Database, found: Found): Statement[] {
  return [
    ...each(
      orm,
      exchangeIndex,
      found.index.map(([kind, value, number]) => ({ kind, value, number })),
    ).map((insert) => insert.onConflictDoNothing()),
    ...each(
      orm,
      bases,
      found.bases.map(([basis, number, part, items]) => ({
        basis,
        number,
        part,
        items: JSON.stringify(items),
      })),
    ).map((insert) => insert.onConflictDoNothing()),
  ];
}

/** Rows by as few statements as their bytes allow, in their order. Columns are members of the row by name, but where `values` says otherwise. */
export function each<T extends SQLiteTable>(
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

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
