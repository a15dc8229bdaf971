/** What a receipt needs of consent state, over D1, through Drizzle: reads only, from the primary. Rejects with `StoreUnavailable`. */
import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { changes, consents, participantAnswers } from "../../schema/consent/tables.ts";
import type { AnsweredSubject, ReceiptRecords } from "../consent/receipts.ts";
import { reached } from "./reached.ts";

/** Of a change's body: `service` and `conversation_id` are empty where there is none. */
interface AnswerRow {
  readonly account_id: string;
  readonly conversation_id: string;
  /** Absent: erased. */
  readonly person?: string;
  readonly service: string;
}

export function createReceiptRecords(db: D1Database): ReceiptRecords {
  const primary = () => drizzle(db.withSession("first-primary") as unknown as D1Database);
  const find = async (
    type: "consent" | "answer",
    table: typeof consents | typeof participantAnswers,
    id: string,
  ): Promise<AnsweredSubject | null> => {
    const orm = primary();
    // The index holds these two types alone, and is used where the query says so.
    const one = and(
      sql`${changes.type} in ('consent', 'answer')`,
      eq(changes.type, type),
      sql`${changes.body} ->> 'id' = ${id}`,
    );
    const [[change], [row]] = await reached(
      orm.batch([
        orm.select().from(changes).where(one).limit(1),
        orm.select({ source: table.source }).from(table).where(eq(table.id, id)),
      ]),
    );
    if (change === undefined) return null;
    const { account_id, conversation_id, person, service } = JSON.parse(change.body) as AnswerRow;
    if (person === undefined) return null;
    return {
      id,
      account: account_id,
      conversation: conversation_id === "" ? null : conversation_id,
      person,
      service: service === "" ? null : service,
      source: row?.source ?? null,
      change: { seq: change.seq, mark: change.mark, at: change.at },
    };
  };
  return {
    consent: (id) => find("consent", consents, id),
    answer: (id) => find("answer", participantAnswers, id),
  };
}
