/** The statement that reads what a batch of an import must know: SQL only, its keys in one JSON parameter. No I/O. */
import { getTableColumns, type SQL, type SQLChunk, sql } from "drizzle-orm";
import { alias, type SQLiteTable } from "drizzle-orm/sqlite-core";
import {
  accounts,
  consents,
  conversations,
  erasures,
  participantAnswers,
  presence,
  showings,
} from "../../schema/consent/tables.ts";
import { type ConsentQuestion, HISTORY_MAX, type ParticipantQuestion } from "../consent/bulk.ts";
import { cells, row } from "./cells.ts";

const consent = alias(consents, "consent");
const past = alias(consents, "past");
const stay = alias(presence, "stay");
const shown = alias(showings, "shown");
const answer = alias(participantAnswers, "answer");
const answered = alias(participantAnswers, "answered");

/** Each result is one cell: a JSON array of rows, the first member of each says of what; the others are a table's columns, in order. */
export function consentQuestion(question: ConsentQuestion): SQL {
  const ofKey = sql`${past.accountId} = asked.value ->> 0 and ${past.conversationId} = asked.value ->> 1 and ${past.service} = asked.value ->> 2`;
  return found(question, [
    sql`select ${row("consent", columns(consent))} from ${each("ids")} cross join ${consents} as ${consent}
      on ${consent.id} = asked.value`,
    account(),
    conversation(),
    sql`select ${row("history", [
      sql`asked.key`,
      sql`(select coalesce(max(${past.seq}), 0) from ${consents} as ${past} where ${ofKey})`,
      sql`json((select json_group_array(json(row)) from (
        select json_array(${list(columns(past))}) as row from ${consents} as ${past} where ${ofKey}
        order by ${past.at} desc, ${past.seq} desc limit ${sql.raw(String(HISTORY_MAX))})))`,
    ])} from ${each("keys")}`,
    stays(),
  ]);
}

export function participantQuestion(question: ParticipantQuestion): SQL {
  const ofPerson = sql`${answered.accountId} = asked.value ->> 0 and ${answered.person} = asked.value ->> 1
          and ${answered.conversationId} in ('', asked.value ->> 2)`;
  return found(question, [
    sql`select * from (${account()} union all ${conversation()})`,
    stays(),
    sql`select ${row("showing", columns(shown))} from ${each("showings")} cross join ${showings} as ${shown}
      on ${shown.id} = asked.value`,
    sql`select ${row("answer", columns(answer))} from ${each("answers")} cross join ${participantAnswers} as ${answer}
      on ${answer.id} = asked.value`,
    sql`select ${row("history", [
      sql`asked.key`,
      sql`(select coalesce(max(${answered.seq}), 0) from ${participantAnswers} as ${answered} where ${ofPerson})`,
      sql`json((select json_group_array(json(row)) from (
        select json_array(${list(columns(answered))}) as row from ${participantAnswers} as ${answered}
        where ${ofPerson} order by ${answered.seq})))`,
      sql`exists (select 1 from ${erasures} where ${erasures.accountId} = asked.value ->> 0 and ${erasures.person} = asked.value ->> 1)`,
    ])} from ${each("keys")}`,
  ]);
}

function account(): SQL {
  return sql`select ${row("account", [accounts.id])} from ${each("accounts")} cross join ${accounts}
    on ${accounts.id} = asked.value`;
}

function conversation(): SQL {
  return sql`select ${row("conversation", columns(conversations))} from ${each("conversations")}
    cross join ${conversations} on ${conversations.id} = asked.value`;
}

function stays(): SQL {
  return sql`select ${row("stay", columns(stay))} from ${each("stays")} cross join ${presence} as ${stay}
    on ${stay.conversationId} = asked.value ->> 0 and ${stay.person} = asked.value ->> 1`;
}

/** At most five terms: D1 takes no more in a compound SELECT. */
function found(question: object, terms: readonly SQL[]): SQL {
  return sql`with keys(json) as materialized (select ${JSON.stringify(question)}),
found(row) as (${sql.join([...terms], sql` union all `)}) ${cells}`;
}

/** CROSS JOIN after it keeps the keys outermost, whatever the planner guesses. */
function each(member: string): SQL {
  return sql`keys cross join json_each(keys.json, ${sql.raw(`'$.${member}'`)}) as asked`;
}

function columns(table: SQLiteTable): SQLChunk[] {
  return Object.values(getTableColumns(table));
}

function list(values: readonly SQLChunk[]): SQL {
  return sql.join([...values], sql`, `);
}
