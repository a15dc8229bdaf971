/** What the bulk queries read and write, between JSON rows and the records of `consent/bulk.ts`. No I/O, no SQL. */
import { getTableColumns } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import {
  consents,
  conversations,
  participantAnswers,
  presence,
  showings,
} from "../../schema/consent/tables.ts";
import type {
  ConsentKnowledge,
  ConsentQuestion,
  KeptAnswer,
  KeptConsent,
  KeptShowing,
  KeptStay,
  ParticipantKnowledge,
  ParticipantQuestion,
} from "../consent/bulk.ts";
import type { ConversationRecord } from "../consent/writer.ts";
import { toAnswer, toConsent, toConversation, toPresence, toShowing } from "./consent-rows.ts";

type Cells = readonly unknown[];
type FoundRow = readonly [type: string, ...cells: unknown[]];

export const toKeptConsent = toConsent as (row: typeof consents.$inferSelect) => KeptConsent;
export const toKeptShowing = toShowing as (row: typeof showings.$inferSelect) => KeptShowing;
export const toKeptAnswer = toAnswer as (row: typeof participantAnswers.$inferSelect) => KeptAnswer;
export const toKeptStay = toPresence as (row: typeof presence.$inferSelect) => KeptStay;

const consentOf = reader(consents, toKeptConsent);
const showingOf = reader(showings, toKeptShowing);
const answerOf = reader(participantAnswers, toKeptAnswer);
const stayOf = reader(presence, toKeptStay);
const conversationOf = reader(conversations, toConversation);

/** Throws a SyntaxError where a cell is no JSON. */
export function consentKnowledge(cells: readonly string[], question: ConsentQuestion): ConsentKnowledge {
  const found = byType(cells);
  const histories = question.keys.map(() => ({ answers: [] as KeptConsent[], mark: 0 }));
  for (const [, index, mark, rows] of found("history")) {
    histories[Number(index)] = { answers: (rows as Cells[]).map(consentOf).reverse(), mark: Number(mark) };
  }
  return {
    consents: found("consent").map(rest(consentOf)),
    accounts: new Set(found("account").map(([, id]) => String(id))),
    conversations: new Map(
      found("conversation")
        .map(rest(conversationOf))
        .map((one) => [one.id, one]),
    ),
    histories,
    stays: found("stay").map(rest(stayOf)),
  };
}

/** Throws a SyntaxError where a cell is no JSON. */
export function participantKnowledge(
  cells: readonly string[],
  question: ParticipantQuestion,
): ParticipantKnowledge {
  const found = byType(cells);
  const histories = question.keys.map(() => ({ answers: [] as KeptAnswer[], mark: 0, erased: false }));
  for (const [, index, mark, rows, erased] of found("history")) {
    const answers = (rows as Cells[]).map(answerOf);
    histories[Number(index)] = { answers, mark: Number(mark), erased: erased === 1 };
  }
  return {
    accounts: new Set(found("account").map(([, id]) => String(id))),
    conversations: new Map<string, ConversationRecord>(
      found("conversation")
        .map(rest(conversationOf))
        .map((one) => [one.id, one]),
    ),
    stays: found("stay").map(rest(stayOf)),
    showings: found("showing").map(rest(showingOf)),
    answers: found("answer").map(rest(answerOf)),
    histories,
  };
}

function byType(cells: readonly string[]): (type: string) => readonly FoundRow[] {
  const of = new Map<string, FoundRow[]>();
  for (const row of cells.flatMap((cell) => JSON.parse(cell) as FoundRow[])) {
    const rows = of.get(row[0]);
    if (rows === undefined) of.set(row[0], [row]);
    else rows.push(row);
  }
  return (type) => of.get(type) ?? [];
}

/** From the cells of a table's columns, in their order. */
function reader<T extends SQLiteTable, R>(
  table: T,
  toRecord: (row: T["$inferSelect"]) => R,
): (cells: Cells) => R {
  const names = Object.keys(getTableColumns(table));
  return (cells) =>
    toRecord(Object.fromEntries(names.map((name, index) => [name, cells[index]])) as T["$inferSelect"]);
}

function rest<R>(read: (cells: Cells) => R): (row: FoundRow) => R {
  return ([, ...cells]) => read(cells);
}
