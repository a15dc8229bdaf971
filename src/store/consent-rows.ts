/** Rows of the consent database to the records of `consent/writer.ts`, and back. No I/O. */
import type {
  accounts,
  consents,
  conversations,
  notices,
  participantAnswers,
  presence,
  producerKeys,
  serviceSettings,
  showings,
} from "../../schema/consent/tables.ts";
import type {
  AccountRecord,
  AnswerRecord,
  ConsentRecord,
  ConversationRecord,
  NoticeRecord,
  PresenceRecord,
  ProducerKeyRecord,
  SettingRecord,
  ShowingRecord,
  StoredSetting,
} from "../consent/writer.ts";
import type { Kind } from "../decision/model.ts";

type Row<T extends { $inferSelect: unknown }> = T["$inferSelect"];
type NewRow<T extends { $inferInsert: unknown }> = T["$inferInsert"];

export function toAccount(row: Row<typeof accounts>): AccountRecord {
  return {
    id: row.id,
    labels: JSON.parse(row.labels),
    rule: row.participationRule as AccountRecord["rule"],
    revision: row.revision,
  };
}

export function toSetting({ accountId, seq, ...row }: Row<typeof serviceSettings>): StoredSetting {
  return { ...row, account: accountId, enabled: row.enabled === 1, mark: seq };
}

export function fromSetting({ account, ...record }: SettingRecord): NewRow<typeof serviceSettings> {
  return { ...record, accountId: account, enabled: record.enabled ? 1 : 0 };
}

export function toNotice(row: Row<typeof notices>): NoticeRecord {
  return { ...row, material: row.material === 1 };
}

export function fromNotice(record: NoticeRecord): NewRow<typeof notices> {
  return { ...record, material: record.material ? 1 : 0 };
}

export function toConsent({
  accountId,
  conversationId,
  seq: _,
  ...row
}: Row<typeof consents>): ConsentRecord {
  return {
    ...row,
    account: accountId,
    conversation: conversationId === "" ? null : conversationId,
    answer: row.answer as ConsentRecord["answer"],
    covers: new Map(Object.entries(JSON.parse(row.covers)) as [Kind, number][]),
  };
}

export function fromConsent({ account, conversation, ...record }: ConsentRecord): NewRow<typeof consents> {
  return {
    ...record,
    accountId: account,
    conversationId: conversation ?? "",
    covers: JSON.stringify(Object.fromEntries(record.covers)),
  };
}

export function toConversation(row: Row<typeof conversations>): ConversationRecord {
  return {
    id: row.id,
    account: row.accountId,
    kind: row.kind as ConversationRecord["kind"],
    labels: JSON.parse(row.labels),
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  };
}

export function toPresence({ conversationId, seq: _, ...row }: Row<typeof presence>): PresenceRecord {
  return { ...row, conversation: conversationId, host: row.host === 1 };
}

export function fromPresence({ conversation, ...record }: PresenceRecord): NewRow<typeof presence> {
  return { ...record, conversationId: conversation, host: record.host ? 1 : 0 };
}

export function toShowing({ conversationId, seq: _, ...row }: Row<typeof showings>): ShowingRecord {
  return { ...row, conversation: conversationId };
}

export function fromShowing({ conversation, ...record }: ShowingRecord): NewRow<typeof showings> {
  return { ...record, conversationId: conversation };
}

export function toAnswer(row: Row<typeof participantAnswers>): AnswerRecord {
  const { accountId, conversationId, seq: _, ...rest } = row;
  return {
    ...rest,
    account: accountId,
    conversation: conversationId === "" ? null : conversationId,
    service: row.service === "" ? null : row.service,
    answer: row.answer as AnswerRecord["answer"],
    noticeVersion: row.noticeVersion === "" ? null : row.noticeVersion,
  };
}

export function fromAnswer({
  account,
  conversation,
  ...record
}: AnswerRecord): NewRow<typeof participantAnswers> {
  return {
    ...record,
    accountId: account,
    conversationId: conversation ?? "",
    service: record.service ?? "",
    noticeVersion: record.noticeVersion ?? "",
  };
}

export function toProducerKey(row: Row<typeof producerKeys>): ProducerKeyRecord {
  return { ...row, accounts: JSON.parse(row.accounts), routes: JSON.parse(row.routes) };
}

export function fromProducerKey(record: ProducerKeyRecord): NewRow<typeof producerKeys> {
  return {
    ...record,
    accounts: JSON.stringify(record.accounts),
    routes: JSON.stringify(record.routes),
  };
}
