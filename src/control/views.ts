/** Records as the JSON that /v1 answers with. Instants are RFC 3339, UTC. */
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
} from "../consent/writer.ts";
import type { Exchange } from "../evidence/exchange.ts";
import { formatInstant } from "./instant.ts";

export function accountView(account: AccountRecord) {
  return {
    account: account.id,
    labels: account.labels,
    participation_rule: account.rule,
    revision: account.revision,
  };
}

export function settingView(setting: SettingRecord) {
  return {
    account: setting.account,
    service: setting.service,
    enabled: setting.enabled,
    trial_ends_at: formatInstant(setting.trialEndsAt),
    at: formatInstant(setting.at),
    by: { person: setting.person, role: setting.role },
    recorded_by: setting.recordedBy,
  };
}

export function noticeView(notice: NoticeRecord) {
  return {
    service: notice.service,
    version: notice.version,
    position: notice.position,
    section: notice.section,
    locale: notice.locale,
    text: notice.text,
    sha256: notice.sha256,
    material: notice.material,
    published_at: formatInstant(notice.publishedAt),
    announced_at: formatInstant(notice.announcedAt),
    effective_at: formatInstant(notice.effectiveAt),
  };
}

export function consentView(consent: ConsentRecord) {
  const covers = [...consent.covers].map(([kind, from]) => [kind, formatInstant(from)]);
  return {
    id: consent.id,
    account: consent.account,
    ...(consent.conversation === null ? {} : { conversation: consent.conversation }),
    service: consent.service,
    answer: consent.answer,
    notice_version: consent.noticeVersion === "" ? null : consent.noticeVersion,
    /** For each kind, the earliest captured_at covered. */
    covers: Object.fromEntries(covers),
    expires_at: formatInstant(consent.expiresAt),
    at: formatInstant(consent.at),
    by: { person: consent.person, role: consent.role },
    recorded_by: consent.recordedBy,
    ...importedView(consent),
  };
}

/** Where an answer that was imported came from, and the digest of what proves it. */
function importedView({ source, evidenceSha256 }: Pick<ConsentRecord, "source" | "evidenceSha256">) {
  return typeof source === "string" ? { source, evidence_sha256: evidenceSha256 ?? null } : {};
}

export function conversationView(conversation: ConversationRecord) {
  return {
    conversation: conversation.id,
    account: conversation.account,
    kind: conversation.kind,
    labels: conversation.labels,
    started_at: formatInstant(conversation.startedAt),
    ended_at: formatInstant(conversation.endedAt),
  };
}

export function presenceView(stay: PresenceRecord) {
  return {
    host: stay.host,
    joined_at: formatInstant(stay.joinedAt),
    left_at: formatInstant(stay.leftAt),
    recorded_by: stay.recordedBy,
  };
}

export function showingView(showing: ShowingRecord) {
  return {
    id: showing.id,
    conversation: showing.conversation,
    person: showing.person,
    service: showing.service,
    notice_version: showing.noticeVersion,
    at: formatInstant(showing.at),
    recorded_by: showing.recordedBy,
    ...importedView(showing),
  };
}

export function answerView(answer: AnswerRecord) {
  return {
    id: answer.id,
    account: answer.account,
    /** null: standing, for every conversation of the account. */
    conversation: answer.conversation,
    person: answer.person,
    /** null: every service. */
    service: answer.service,
    answer: answer.answer,
    notice_version: answer.noticeVersion,
    at: formatInstant(answer.at),
    ...(answer.answer === "accepted" ? { since: formatInstant(answer.since) } : {}),
    by: { person: answer.person, role: "participant" },
    recorded_by: answer.recordedBy,
    ...importedView(answer),
  };
}

export function producerKeyView(key: ProducerKeyRecord) {
  return {
    id: key.id,
    producer: key.producer,
    accounts: key.accounts,
    routes: key.routes,
    created_at: formatInstant(key.createdAt),
    expires_at: formatInstant(key.expiresAt),
    revoked_at: formatInstant(key.revokedAt),
  };
}

export function exchangeView(exchange: Exchange) {
  return {
    ...exchange,
    opened_at: formatInstant(exchange.opened_at),
    closed_at: formatInstant(exchange.closed_at),
  };
}
