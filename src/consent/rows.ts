/**
 * What a lookup reads, row by row: the first member of each says of what. Types only.
 * Booleans are 0 or 1, instants Unix ms, `labels` and `covers` JSON; an empty conversation or service stands for all of them.
 */
import type { Consent, ConversationKind, ParticipationRule } from "../decision/model.ts";

export type StateRow =
  | NoticeRow
  | AccountRow
  | SettingRow
  | ConsentRow
  | ConversationRow
  | PresenceRow
  | ShowingRow
  | AnswerRow;

export type NoticeRow = readonly [
  "notice",
  service: string,
  version: string,
  position: number,
  material: number,
  effectiveAt: number,
];

export type AccountRow = readonly ["account", id: string, labels: string, rule: ParticipationRule];

/** The latest of an account and service. */
export type SettingRow = readonly [
  "setting",
  account: string,
  service: string,
  enabled: number,
  trialEndsAt: number | null,
];

/** The latest of an account and service, or of a conversation's hosts and service. */
export type ConsentRow = readonly [
  "consent",
  account: string,
  conversation: string,
  service: string,
  id: string,
  answer: Consent["answer"],
  person: string,
  role: string,
  at: number,
  noticeVersion: string,
  covers: string,
  expiresAt: number | null,
];

export type ConversationRow = readonly [
  "conversation",
  id: string,
  account: string,
  kind: ConversationKind,
  labels: string,
  startedAt: number | null,
  endedAt: number | null,
  /** Whether the rows hold everyone ever present. */
  whole: number,
];

export type PresenceRow = readonly [
  "presence",
  conversation: string,
  person: string,
  joinedAt: number,
  leftAt: number | null,
];

export type ShowingRow = readonly [
  "showing",
  conversation: string,
  person: string,
  service: string,
  id: string,
  noticeVersion: string,
  at: number,
];

/** Every one of a person. `conversation` is the one asked for, whether the answer is its own or standing. */
export type AnswerRow = readonly [
  "answer",
  conversation: string,
  person: string,
  service: string,
  answer: "accepted" | "objected" | "objection_withdrawn",
  id: string,
  noticeVersion: string,
  at: number,
  since: number,
  seq: number,
  standing: number,
];
