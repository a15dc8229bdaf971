/** What is on record as lines that an import reads back to the same, so that an export of the import is the same again. */
import type { KeptAnswer, KeptConsent, KeptShowing, KeptStay, Provenance } from "../../consent/bulk.ts";
import type { ConversationRecord } from "../../consent/writer.ts";
import { formatInstant } from "../instant.ts";
import { isSource, sha256 } from "./line.ts";

export function consentLine(consent: KeptConsent): object {
  const { id, account, conversation, service, answer, person, role } = consent;
  const covers = [...consent.covers].map(([kind, from]) => [kind, formatInstant(from)]);
  const given = { covers: Object.fromEntries(covers), expires_at: formatInstant(consent.expiresAt) };
  const line = {
    ...{ id, account, conversation, service, answer },
    by: { person, role },
    at: formatInstant(consent.at),
    notice_version: consent.noticeVersion === "" ? null : consent.noticeVersion,
    ...(answer === "given" ? given : {}),
  };
  return withProvenance(line, consent);
}

export function conversationLine(conversation: ConversationRecord): object {
  return {
    type: "conversation",
    account: conversation.account,
    conversation: conversation.id,
    kind: conversation.kind,
    labels: conversation.labels,
    started_at: formatInstant(conversation.startedAt),
    ended_at: formatInstant(conversation.endedAt),
  };
}

export function stayLine(stay: KeptStay): object {
  return {
    type: "presence",
    conversation: stay.conversation,
    person: stay.person,
    host: stay.host,
    joined_at: formatInstant(stay.joinedAt),
    left_at: formatInstant(stay.leftAt),
    session: stay.session,
    source: stay.source ?? recordedHere(stay),
  };
}

export function shownLine(showing: KeptShowing): object {
  const { id, conversation, person, service } = showing;
  const at = formatInstant(showing.at);
  const line = {
    type: "shown",
    id,
    conversation,
    person,
    service,
    notice_version: showing.noticeVersion,
    at,
  };
  return withProvenance(line, showing);
}

export function answerLine(given: KeptAnswer): object {
  const { id, account, conversation, person, service, answer } = given;
  const line = {
    ...{ type: "answer", id, account, conversation, person, service, answer },
    notice_version: given.noticeVersion,
    at: formatInstant(given.at),
    since: answer === "accepted" ? formatInstant(given.since) : null,
  };
  return withProvenance(line, given);
}

/** What was recorded here, and not imported, has this record for its evidence. */
function withProvenance(line: object, kept: Provenance & { readonly recordedBy: string }): object {
  return {
    ...line,
    source: kept.source ?? recordedHere(kept),
    evidence_sha256: kept.evidenceSha256 ?? sha256(JSON.stringify(line)),
  };
}

function recordedHere({ recordedBy }: { readonly recordedBy: string }): string {
  const source = `Tenfour, recorded by ${recordedBy}`;
  return isSource(source) ? source : "Tenfour";
}
