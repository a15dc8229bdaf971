/** A line of an import of participants: a conversation, a stay, a notice shown or an answer. Reads it; judges nothing. Pure. No clock. */
import * as v from "valibot";
import type { KeptAnswer, KeptShowing, KeptStay } from "../../consent/bulk.ts";
import type { ConversationRecord } from "../../consent/writer.ts";
import { CONVERSATION_KINDS } from "../../decision/model.ts";
import { boolean, id, instant, labels, read, word } from "../fields.ts";
import { column } from "./format.ts";
import { evidenceSha256, type Given, idOf, provenance, source } from "./line.ts";
import { refuseLine } from "./line-fault.ts";

const origin = { source: v.optional(source), evidence_sha256: v.optional(evidenceSha256) };

const ParticipantLine = v.variant(
  "type",
  [
    v.strictObject({
      type: v.literal("conversation"),
      account: id,
      conversation: id,
      kind: word(CONVERSATION_KINDS),
      labels: v.optional(labels, []),
      started_at: v.optional(v.nullable(instant), null),
      ended_at: v.optional(v.nullable(instant), null),
    }),
    v.strictObject({
      type: v.literal("presence"),
      conversation: id,
      person: id,
      host: v.optional(boolean, false),
      joined_at: instant,
      left_at: v.optional(v.nullable(instant), null),
      session: v.optional(v.nullable(id), null),
      source: origin.source,
    }),
    v.strictObject({
      type: v.literal("shown"),
      id: v.optional(id),
      conversation: id,
      person: id,
      service: id,
      notice_version: id,
      at: instant,
      ...origin,
    }),
    v.strictObject({
      type: v.literal("answer"),
      id: v.optional(id),
      account: id,
      /** Absent or null: standing, for every conversation of the account. */
      conversation: v.optional(v.nullable(id), null),
      person: id,
      /** Absent or null: every service. */
      service: v.optional(v.nullable(id), null),
      answer: word(["accepted", "objected", "objection_withdrawn"]),
      /** The version accepted; of nothing else. */
      notice_version: v.optional(v.nullable(id), null),
      at: instant,
      /** Of an acceptance: no run begins before it. Absent or null: where the run began. */
      since: v.optional(v.nullable(instant), null),
      ...origin,
    }),
  ],
  "one of conversation, presence, shown, answer",
);

export const PARTICIPANT_COLUMNS = [
  column("type"),
  column("id"),
  column("account"),
  column("conversation"),
  column("person"),
  column("kind"),
  column("labels", "words"),
  column("started_at"),
  column("ended_at"),
  column("host", "boolean"),
  column("joined_at"),
  column("left_at"),
  column("session"),
  column("service"),
  column("answer"),
  column("notice_version"),
  column("at"),
  column("since"),
  column("source"),
  column("evidence_sha256"),
];

export type NewConversation = ConversationRecord & { readonly createdAt: number };

export type ParticipantLine =
  | { readonly type: "conversation"; readonly conversation: NewConversation }
  | { readonly type: "presence"; readonly stay: KeptStay }
  | { readonly type: "shown"; readonly showing: KeptShowing }
  /** `since` is what the line asked for; null: where the run began. */
  | { readonly type: "answer"; readonly answer: KeptAnswer; readonly since: number | null };

export function readParticipantLine(value: unknown, given: Given, digest: string): ParticipantLine {
  const line = read(ParticipantLine, value);
  switch (line.type) {
    case "conversation": {
      const { account, kind, labels, started_at: startedAt, ended_at: endedAt } = line;
      if (startedAt !== null && endedAt !== null && endedAt < startedAt)
        refuseLine("instant_order", "ended_at");
      return {
        type: "conversation",
        conversation: {
          id: line.conversation,
          account,
          kind,
          labels,
          startedAt,
          endedAt,
          createdAt: given.now,
        },
      };
    }
    case "presence": {
      const { conversation, person, host, joined_at: joinedAt, left_at: leftAt, session } = line;
      if (joinedAt > given.now) refuseLine("instant_ahead", "joined_at");
      if (leftAt !== null && leftAt > given.now) refuseLine("instant_ahead", "left_at");
      if (leftAt !== null && leftAt <= joinedAt) refuseLine("instant_order", "left_at");
      const { source, recordedBy } = provenance(line, given, digest);
      return {
        type: "presence",
        stay: { conversation, person, host, joinedAt, leftAt, recordedBy, source, session },
      };
    }
    case "shown": {
      const { conversation, person, service, notice_version: noticeVersion, at } = line;
      if (at > given.now) refuseLine("instant_ahead", "at");
      const said = { conversation, person, service, noticeVersion, at };
      const id = line.id ?? idOf("shw", Object.values(said));
      return { type: "shown", showing: { id, ...said, ...provenance(line, given, digest) } };
    }
    case "answer":
      return answerLine(line, given, digest);
  }
}

type AnswerLine = Extract<v.InferOutput<typeof ParticipantLine>, { readonly type: "answer" }>;

function answerLine(line: AnswerLine, given: Given, digest: string): ParticipantLine {
  const { account, conversation, person, service, answer, notice_version: noticeVersion, at, since } = line;
  if (at > given.now) refuseLine("instant_ahead", "at");
  if (answer === "accepted") {
    if (conversation === null) refuseLine("field_missing", "conversation");
    if (service === null) refuseLine("field_missing", "service");
    if (noticeVersion === null) refuseLine("field_missing", "notice_version");
    if (since !== null && since > at) refuseLine("instant_order", "since");
  } else {
    if (noticeVersion !== null) refuseLine("field_unknown", "notice_version");
    if (since !== null) refuseLine("field_unknown", "since");
  }
  const said = { account, conversation, person, service, answer, noticeVersion, at };
  const id = line.id ?? idOf("ans", Object.values(said));
  return { type: "answer", answer: { id, ...said, since: at, ...provenance(line, given, digest) }, since };
}
