/**
 * Imports and exports over D1: a batch of lines in one query to read and one batch to write, which is atomic. Decides nothing:
 * what was worked out from what was read is written only where it is still so. Rejects with `StoreUnavailable`.
 */
import { asc, getTableColumns, gt, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import {
  accounts,
  consents,
  conversations,
  erasures,
  notices,
  participantAnswers,
  presence,
  showings,
} from "../../schema/consent/tables.ts";
import type { BulkStore, Slice } from "../consent/bulk.ts";
import { consentQuestion, participantQuestion } from "./bulk-query.ts";
import * as bulk from "./bulk-rows.ts";
import * as rows from "./consent-rows.ts";
import { reached } from "./reached.ts";
import { asUnavailable } from "./unavailable.ts";

export function createBulkStore(d1: D1Database): BulkStore {
  const db = drizzle(d1);
  const cellsOf = async (query: SQL) => (await reached(db.values<[string]>(query))).map(([cell]) => cell);
  return {
    async aboutConsents(question) {
      const cells = await cellsOf(consentQuestion(question));
      return readable(() => bulk.consentKnowledge(cells, question));
    },

    async addConsents(added, noticesSeen) {
      const given = added.map(({ consent, mark, hosting }) => ({
        ...rows.fromConsent(consent),
        mark,
        hosting: hosting ? 1 : 0,
      }));
      const of = consents;
      const mark = sql`(select coalesce(max(${of.seq}), 0) from ${of} where ${of.accountId} = ${member("accountId")}
        and ${of.conversationId} = ${member("conversationId")} and ${of.service} = ${member("service")})`;
      const hosting = sql`exists (select 1 from ${presence} where ${presence.conversationId} = ${member("conversationId")}
        and ${presence.person} = ${member("person")} and ${presence.host} = 1 and ${presence.joinedAt} <= ${member("at")}
        and (${presence.leftAt} is null or ${presence.leftAt} > ${member("at")}))`;
      const still = sql`${mark} = ${member("mark")} and (${member("hosting")} = 0 or ${hosting}) and ${versions(noticesSeen)}`;
      const [written] = await reached(
        db.batch([
          insertEach(db, consents, given, sql`${still} and ${absent(consents, consents.id, member("id"))}`),
          raise(db, new Set(added.map(({ consent }) => consent.account))),
        ]),
      );
      return written.length;
    },

    async aboutParticipants(question) {
      const cells = await cellsOf(participantQuestion(question));
      return readable(() => bulk.participantKnowledge(cells, question));
    },

    async addParticipants(added, noticesSeen) {
      const statements = [
        ...some(added.conversations, ({ id, account, kind, labels, startedAt, endedAt, createdAt }) => ({
          ...{ id, accountId: account, kind, labels: JSON.stringify(labels), startedAt, endedAt, createdAt },
        })).map((given) =>
          insertEach(db, conversations, given, absent(conversations, conversations.id, member("id"))),
        ),
        ...some(added.stays, rows.fromPresence).map((given) =>
          insertEach(db, presence, given, sql`not exists (select 1 from ${presence} where ${isStay()})`),
        ),
        ...some(added.ended, rows.fromPresence).map((given) =>
          db
            .update(presence)
            .set({ leftAt: member("leftAt") })
            .from(rowsGiven(given))
            .where(sql`${isStay()} and ${presence.leftAt} is null`)
            .returning({ one: ONE }),
        ),
        ...some(added.showings, rows.fromShowing).map((given) =>
          insertEach(db, showings, given, absent(showings, showings.id, member("id"))),
        ),
        ...some(added.answers, ({ answer, mark }) => ({ ...rows.fromAnswer(answer), mark })).map((given) => {
          const of = participantAnswers;
          const mark = sql`(select coalesce(max(${of.seq}), 0) from ${of} where ${of.accountId} = ${member("accountId")}
            and ${of.person} = ${member("person")} and ${of.conversationId} in ('', ${member("conversationId")}))`;
          // What an erasure leaves standing.
          const lifted = sql`${member("answer")} = 'objection_withdrawn' and ${member("conversationId")} = '' and ${member("service")} = ''
            and exists (select 1 from ${erasures} where ${erasures.accountId} = ${member("accountId")} and ${erasures.person} = ${member("person")})`;
          const still = sql`${mark} = ${member("mark")} and ${versions(noticesSeen)} and not (${lifted})`;
          return insertEach(db, of, given, sql`${still} and ${absent(of, of.id, member("id"))}`);
        }),
      ];
      const results = await reached(db.batch([raise(db, new Set(added.accounts)), ...statements]));
      return results.slice(1).reduce((sum, written) => sum + (written as unknown[]).length, 0);
    },

    consents: (after, limit) => slice(db, consents, consents.seq, after, limit, bulk.toKeptConsent),
    stays: (after, limit) => slice(db, presence, presence.seq, after, limit, bulk.toKeptStay),
    showings: (after, limit) => slice(db, showings, showings.seq, after, limit, bulk.toKeptShowing),
    answers: (after, limit) =>
      slice(db, participantAnswers, participantAnswers.seq, after, limit, bulk.toKeptAnswer),

    async conversations(after, limit) {
      const query = db
        .select()
        .from(conversations)
        .where(gt(conversations.id, after))
        .orderBy(asc(conversations.id));
      return (await reached(query.limit(limit).all())).map(rows.toConversation);
    },
  };
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asUnavailable("consent", error);
  }
}

/** Rows as JSON, in parts that a D1 parameter holds: 2 MB, and a row of the longest values is 5 KB. */
const PART_BYTES = 1_500_000;

const utf8 = new TextEncoder();

/** Written rows are counted as they come back: what D1 counts includes the rows that triggers write. */
const ONE = sql`1`;

/** A member of the row at hand, by the name of its column: `rowsGiven` calls the rows `given`. */
function member(name: string): SQL {
  return sql`given.value ->> ${sql.raw(`'$.${name}'`)}`;
}

/** Each row with its place, whatever the number of parameters they take. */
function rowsGiven(given: readonly object[]): SQL {
  const parts: string[][] = [];
  let room = 0;
  for (const json of given.map((row) => JSON.stringify(row))) {
    const bytes = utf8.encode(json).length + 1;
    if (bytes > room) {
      parts.push([]);
      room = PART_BYTES;
    }
    parts.at(-1)?.push(json);
    room -= bytes;
  }
  let before = 0;
  const terms = parts.map((part) => {
    const term = sql`select key + ${sql.raw(String(before))} as key, value from json_each(${`[${part.join(",")}]`})`;
    before += part.length;
    return term;
  });
  return sql`(${sql.join(terms, sql` union all `)}) as given`;
}

/** One statement, whatever the number of rows, in their order. Columns that a row does not name are null. */
function insertEach<T extends SQLiteTable>(
  db: DrizzleD1Database,
  table: T,
  given: readonly object[],
  condition: SQL,
) {
  const values = Object.keys(getTableColumns(table)).map(member);
  return db
    .insert(table)
    .select(
      sql`select ${sql.join(values, sql`, `)} from ${rowsGiven(given)} where ${condition} order by given.key`,
    )
    .returning({ one: ONE });
}

function absent(table: SQLiteTable, column: SQLiteColumn, value: SQL): SQL {
  return sql`not exists (select 1 from ${table} where ${column} = ${value})`;
}

function isStay(): SQL {
  return sql`${presence.conversationId} = ${member("conversationId")} and ${presence.person} = ${member("person")}
    and ${presence.joinedAt} = ${member("joinedAt")} and ${presence.session} is ${member("session")}`;
}

function versions(noticesSeen: number): SQL {
  return sql`(select count(*) from ${notices}) = ${noticesSeen}`;
}

function raise(db: DrizzleD1Database, ids: ReadonlySet<string>) {
  return db
    .update(accounts)
    .set({ revision: sql`${accounts.revision} + 1` })
    .where(sql`${accounts.id} in (select value from json_each(${JSON.stringify([...ids])}))`);
}

/** The rows as one parameter, if there are any. */
function some<T>(list: readonly T[], toRow: (one: T) => object): object[][] {
  return list.length === 0 ? [] : [list.map(toRow)];
}

async function slice<T extends SQLiteTable, R>(
  db: DrizzleD1Database,
  table: T,
  seq: SQLiteColumn,
  after: number,
  limit: number,
  toRecord: (row: T["$inferSelect"]) => R,
): Promise<Slice<R>> {
  const found = (await reached(
    db.select().from(table).where(gt(seq, after)).orderBy(asc(seq)).limit(limit).all(),
  )) as (T["$inferSelect"] & { seq: number })[];
  return { rows: found.map(toRecord), next: found.length < limit ? null : (found.at(-1)?.seq ?? null) };
}
