/**
 * What an import and an export ask of consent state: a batch of lines at a time, in as few queries as there are tables.
 * The only implementation over D1 is in `store/`. No I/O here. All of it rejects if the state cannot be read or written.
 */
import type { ConversationKind, Instant } from "../decision/model.ts";
import type {
  AnswerRecord,
  ConsentRecord,
  ConversationRecord,
  PresenceRecord,
  ShowingRecord,
} from "./writer.ts";

/** Where an imported row came from. null: it was recorded here, not imported. */
export interface Provenance {
  readonly source: string | null;
  /** SHA-256 of what proves it, hexadecimal. */
  readonly evidenceSha256: string | null;
}

export type KeptConsent = ConsentRecord & Provenance;
export type KeptShowing = ShowingRecord & Provenance;
export type KeptAnswer = AnswerRecord & Provenance;
export type KeptStay = PresenceRecord & {
  readonly source: string | null;
  /** What the source of webhooks calls the stay. */
  readonly session: string | null;
};

/** Whose answers bear on each other: an account's, or those of a conversation's hosts, for one service. */
export type ConsentKey = readonly [account: string, conversation: string, service: string];
/** What bears on a person's answers in a conversation: those and the standing ones. Without a conversation: the standing ones. */
export type AnswerKey = readonly [account: string, person: string, conversation: string];
export type StayKey = readonly [conversation: string, person: string];

export interface ConsentQuestion {
  readonly ids: readonly string[];
  readonly accounts: readonly string[];
  readonly conversations: readonly string[];
  readonly keys: readonly ConsentKey[];
  readonly stays: readonly StayKey[];
}

export interface KnownConversation {
  readonly account: string;
  readonly kind: ConversationKind;
}

export interface ConsentKnowledge {
  /** Those of `ids` that are on record. */
  readonly consents: readonly KeptConsent[];
  readonly accounts: ReadonlySet<string>;
  readonly conversations: ReadonlyMap<string, KnownConversation>;
  /** In the order of `keys`. */
  readonly histories: readonly History<ConsentRecord>[];
  readonly stays: readonly Pick<KeptStay, "conversation" | "person" | "host" | "joinedAt" | "leftAt">[];
}

/** What was answered before, and may bear on the next answer. */
export interface History<T> {
  /** Of an account or hosts: oldest first, the latest `HISTORY_MAX`. Of a person: all, in the order of recording. */
  readonly answers: readonly T[];
  /** The writer's mark of the last one recorded; 0: none. */
  readonly mark: number;
}

/** Answers of one account or conversation read back for a run: older ones are taken for a refusal where they end. */
export const HISTORY_MAX = 200;

export interface NewConsent {
  readonly consent: KeptConsent;
  readonly mark: number;
  /** Nothing is written unless the person hosts the conversation at that instant. */
  readonly hosting: boolean;
}

export interface ParticipantQuestion {
  readonly accounts: readonly string[];
  readonly conversations: readonly string[];
  readonly stays: readonly StayKey[];
  readonly showings: readonly string[];
  readonly answers: readonly string[];
  readonly keys: readonly AnswerKey[];
}

export interface ParticipantKnowledge {
  readonly accounts: ReadonlySet<string>;
  readonly conversations: ReadonlyMap<string, ConversationRecord>;
  readonly stays: readonly KeptStay[];
  readonly showings: readonly KeptShowing[];
  readonly answers: readonly KeptAnswer[];
  /** In the order of `keys`. */
  readonly histories: readonly PersonHistory[];
}

export interface PersonHistory extends History<AnswerRecord> {
  /** Their objection to everything stands for good. */
  readonly erased: boolean;
}

export interface NewParticipants {
  readonly conversations: readonly (ConversationRecord & { readonly createdAt: Instant })[];
  readonly stays: readonly KeptStay[];
  /** Open stays on record that have ended since. */
  readonly ended: readonly KeptStay[];
  readonly showings: readonly KeptShowing[];
  readonly answers: readonly { readonly answer: KeptAnswer; readonly mark: number }[];
  /** Whose revision grows. */
  readonly accounts: readonly string[];
}

export interface Slice<T> {
  readonly rows: readonly T[];
  /** For the next slice, or null at the end. */
  readonly next: number | null;
}

export interface BulkStore {
  /** One query. */
  aboutConsents(question: ConsentQuestion): Promise<ConsentKnowledge>;
  /**
   * Writes those that still are as they were worked out: the same mark, the same number of notice versions, hosting.
   * How many it wrote. All or nothing if it rejects.
   */
  addConsents(consents: readonly NewConsent[], noticesSeen: number): Promise<number>;
  /** One query. */
  aboutParticipants(question: ParticipantQuestion): Promise<ParticipantKnowledge>;
  /** As `addConsents`: how many rows it wrote or ended. */
  addParticipants(rows: NewParticipants, noticesSeen: number): Promise<number>;
  /** In the order of recording, after `after` (from 0). */
  consents(after: number, limit: number): Promise<Slice<KeptConsent>>;
  stays(after: number, limit: number): Promise<Slice<KeptStay>>;
  showings(after: number, limit: number): Promise<Slice<KeptShowing>>;
  answers(after: number, limit: number): Promise<Slice<KeptAnswer>>;
  /** In the order of their ids, after `after` (from the empty one). */
  conversations(after: string, limit: number): Promise<readonly ConversationRecord[]>;
}
