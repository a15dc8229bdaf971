/** A line of an import of consents: what it may hold, and the consent it comes to after those before it. Pure. No clock. */
import * as v from "valibot";
import { HISTORY_MAX, type KeptConsent } from "../../consent/bulk.ts";
import { accountCovers, hostCovers, type PastConsent } from "../../consent/runs.ts";
import type { NoticeRecord } from "../../consent/writer.ts";
import { versionStanding } from "../../decision/consent.ts";
import { KINDS, type Kind } from "../../decision/model.ts";
import { by, id, instant, kinds, read, word } from "../fields.ts";
import { checkHostRole, checkRole, ROLES } from "../roles.ts";
import { column } from "./format.ts";
import { evidenceSha256, type Given, idOf, provenance, source } from "./line.ts";
import { refuseLine } from "./line-fault.ts";

const either = {
  /** Absent: made from the answer itself, so that the same line is the same answer. */
  id: v.optional(id),
  account: id,
  /** Absent or null: the account's own answer. */
  conversation: v.optional(v.nullable(id), null),
  service: id,
  by: by(ROLES),
  at: instant,
  source: v.optional(source),
  evidence_sha256: v.optional(evidenceSha256),
};

const ConsentLine = v.variant(
  "answer",
  [
    v.strictObject({
      ...either,
      answer: v.literal("given"),
      notice_version: id,
      /** Either the kinds, or for each kind the earliest captured_at covered. */
      kinds: v.optional(kinds),
      covers: v.optional(v.record(word(KINDS), instant)),
      covers_from: v.optional(instant),
      expires_at: v.optional(v.nullable(instant), null),
    }),
    v.strictObject({
      ...either,
      answer: word(["refused", "withdrawn", "revoked"]),
      notice_version: v.optional(v.nullable(id), null),
    }),
  ],
  "one of given, refused, withdrawn, revoked",
);

export const CONSENT_COLUMNS = [
  column("id"),
  column("account"),
  column("conversation"),
  column("service"),
  column("answer"),
  column("person", "text", ["by", "person"]),
  column("role", "text", ["by", "role"]),
  column("at"),
  column("notice_version"),
  column("kinds", "words"),
  column("covers", "pairs"),
  column("covers_from"),
  column("expires_at"),
  column("source"),
  column("evidence_sha256"),
];

/** A consent as its line says it: its covers are what was asked for, to be worked out against what came before. */
export interface ConsentLine {
  readonly consent: KeptConsent;
  /** null: from the start of the run. Empty unless given. */
  readonly asked: ReadonlyMap<Kind, number | null>;
}

export function readConsentLine(value: unknown, given: Given, digest: string): ConsentLine {
  const line = read(ConsentLine, value);
  const { account, conversation, service, answer, at } = line;
  if (at > given.now) refuseLine("instant_ahead", "at");
  if (conversation === null) checkRole(answer, { who: line.by, own: false });
  else checkHostRole(answer, { who: line.by, own: false });
  const asked = line.answer === "given" ? askedBy(line) : new Map<Kind, null>();
  const expiresAt = line.answer === "given" ? line.expires_at : null;
  if (expiresAt !== null && expiresAt <= at) refuseLine("instant_order", "expires_at");
  const { person, role } = line.by;
  const said = [account, conversation, service, answer, person, role, at, line.notice_version, expiresAt];
  const consent: KeptConsent = {
    id: line.id ?? idOf("con", [...said, [...asked].sort()]),
    account,
    conversation,
    service,
    answer,
    person,
    role,
    at,
    noticeVersion: line.notice_version ?? "",
    covers: new Map(),
    expiresAt,
    ...provenance(line, given, digest),
  };
  return { consent, asked };
}

function askedBy(line: {
  readonly conversation: string | null;
  readonly kinds?: readonly Kind[] | undefined;
  readonly covers?: Readonly<Partial<Record<Kind, number>>> | undefined;
  readonly covers_from?: number | undefined;
}): Map<Kind, number | null> {
  const { kinds, covers, covers_from: from } = line;
  if (kinds === undefined) {
    if (covers === undefined || Object.keys(covers).length === 0) refuseLine("field_missing", "kinds");
    if (from !== undefined) refuseLine("field_unknown", "covers_from");
    return new Map(Object.entries(covers) as [Kind, number][]);
  }
  if (covers !== undefined) refuseLine("field_unknown", "covers");
  // A host's consent is never for the past.
  if (from !== undefined && line.conversation !== null) refuseLine("field_unknown", "covers_from");
  return new Map(kinds.map((kind) => [kind, from ?? null]));
}

/** The consent with what it covers. `history`: the answers before it to the same question, oldest first, of a long one the latest. */
export function workedOut(
  { consent, asked }: ConsentLine,
  history: readonly PastConsent[],
  notices: readonly NoticeRecord[],
): KeptConsent {
  const { at, noticeVersion, answer } = consent;
  const standing = versionStanding(noticeVersion, notices, at);
  if (noticeVersion !== "" && standing === "unknown") refuseLine("notice_unknown");
  if (answer !== "given") return consent;
  if (standing === "superseded") refuseLine("notice_superseded");
  const past = bounded(history);
  const covers = [...asked].map(([kind, from]): [Kind, number] => {
    const giving = { kinds: [kind], at };
    if (consent.conversation === null) {
      return [kind, accountCovers(past, notices, { ...giving, coversFrom: from }).get(kind)!];
    }
    return [kind, Math.max(from ?? 0, hostCovers(past, notices, giving).get(kind)!)];
  });
  return { ...consent, covers: new Map(covers) };
}

/** What is not read back of a long history may have ended a run: nothing reaches back to it. */
function bounded(history: readonly PastConsent[]): readonly PastConsent[] {
  const oldest = history[0];
  if (oldest === undefined || history.length < HISTORY_MAX) return history;
  return [{ ...oldest, answer: "refused" }, ...history];
}

/** Whether a line says what is on record under its id, as far as lines say it. */
export function saysTheSame(recorded: KeptConsent, { consent, asked }: ConsentLine): boolean {
  const members = [
    "account",
    "conversation",
    "service",
    "answer",
    "person",
    "role",
    "at",
    "noticeVersion",
    "expiresAt",
  ] as const;
  const sameKinds =
    recorded.covers.size === asked.size && [...asked.keys()].every((kind) => recorded.covers.has(kind));
  return sameKinds && members.every((member) => recorded[member] === consent[member]);
}
