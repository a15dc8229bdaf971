/**
 * What the control plane asks of consent state: what is on record (`ConsentRecords`) and what is to be (`ConsentWriter`).
 * The only implementations over D1 are in `store/`. No I/O here. All of it rejects if the state cannot be read or written.
 */
import type {
  Consent,
  ConversationKind,
  Instant,
  Label,
  Notice,
  ParticipationRule,
} from "../decision/model.ts";

export interface AccountRecord {
  readonly id: string;
  readonly labels: readonly Label[];
  readonly rule: ParticipationRule;
  readonly revision: number;
}

export interface SettingRecord {
  readonly account: string;
  readonly service: string;
  readonly enabled: boolean;
  readonly trialEndsAt: Instant | null;
  readonly at: Instant;
  readonly person: string;
  readonly role: string;
  readonly recordedBy: string;
}

/** A setting as read: `mark` is the writer's own. */
export interface StoredSetting extends SettingRecord {
  readonly mark: number;
}

export interface NoticeRecord extends Notice {
  readonly service: string;
  /** From 1, in the one order of the service's versions. */
  readonly position: number;
  readonly section: string;
  /** BCP 47. */
  readonly locale: string;
  readonly text: string;
  /** Of the text in UTF-8, hexadecimal. */
  readonly sha256: string;
  readonly publishedAt: Instant;
  readonly announcedAt: Instant;
}

/** Where a row came from that was imported; absent or null: it was recorded here. */
interface Imported {
  readonly source?: string | null;
  /** SHA-256 of what proves it, hexadecimal. */
  readonly evidenceSha256?: string | null;
}

/** An answer of an account or, with a conversation, of a host. */
export interface ConsentRecord extends Consent, Imported {
  readonly account: string;
  readonly conversation: string | null;
  readonly service: string;
  readonly recordedBy: string;
}

export interface ConversationRecord {
  readonly id: string;
  readonly account: string;
  readonly kind: ConversationKind;
  readonly labels: readonly Label[];
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
}

export interface PresenceRecord {
  readonly conversation: string;
  readonly person: string;
  readonly host: boolean;
  readonly joinedAt: Instant;
  readonly leftAt: Instant | null;
  readonly recordedBy: string;
}

export interface ShowingRecord extends Imported {
  readonly id: string;
  readonly conversation: string;
  readonly person: string;
  readonly service: string;
  readonly noticeVersion: string;
  readonly at: Instant;
  readonly recordedBy: string;
}

/** An answer of a participant. */
export interface AnswerRecord extends Imported {
  readonly id: string;
  readonly account: string;
  /** null: standing, for every conversation of the account. */
  readonly conversation: string | null;
  readonly person: string;
  /** null: every service. */
  readonly service: string | null;
  readonly answer: "accepted" | "objected" | "objection_withdrawn";
  /** The version accepted; null for an objection. */
  readonly noticeVersion: string | null;
  readonly at: Instant;
  /** For an acceptance, the start of its run; else `at`. */
  readonly since: Instant;
  readonly recordedBy: string;
}

export interface ProducerKeyRecord {
  readonly id: string;
  readonly producer: string;
  readonly accounts: readonly string[];
  readonly routes: readonly string[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly revokedAt: Instant | null;
}

/** What was on record when an answer was worked out. The writer writes nothing if it is no longer so. */
export interface Seen<T> {
  /** Oldest first. */
  readonly history: readonly T[];
  /** The writer's mark of the last answer that bears on the next one. */
  readonly mark: number;
  /** The latest instant on record: the next answer's is not before it, whatever a clock says. */
  readonly latestAt: Instant;
}

/** `changed`: someone else wrote meanwhile, and nothing was written. Read again, work it out again. */
export type Written = "written" | "changed";

export interface Page {
  /** Newest first. */
  readonly consents: readonly ConsentRecord[];
  /** For the next page, or null at the end. */
  readonly next: number | null;
}

/** Where an answer stands: of an account (no conversation), or of a conversation's hosts. In the order of account, then conversation. */
export interface Place {
  readonly account: string;
  readonly conversation: string | null;
}

/** Somebody who is in a conversation. In the order of conversation, then person. */
export interface PersonPresent {
  readonly account: string;
  readonly conversation: string;
  readonly person: string;
}

export interface StandingAnswer {
  readonly consent: ConsentRecord;
  /** Whoever hosts the conversation at that instant; of an account, nobody. */
  readonly hosts: readonly string[];
}

/** What an account or conversation held when somebody read it, and must still hold for their change to be made. */
export type AccountHeld = Pick<AccountRecord, "labels" | "rule">;
export type ConversationHeld = Pick<ConversationRecord, "labels" | "startedAt" | "endedAt">;

/** Where a producer key stands in the order of their list. */
export type KeyPosition = Pick<ProducerKeyRecord, "createdAt" | "id">;

export interface ConsentRecords {
  account(id: string): Promise<AccountRecord | null>;
  /** The latest of each service. */
  settings(account: string): Promise<readonly StoredSetting[]>;
  /** In their order; of every service if none is named. */
  notices(service: string | null): Promise<readonly NoticeRecord[]>;
  conversation(id: string): Promise<ConversationRecord | null>;
  /** The account's own answers, or with a conversation its hosts'. */
  consents(account: string, conversation: string | null, service: string): Promise<Seen<ConsentRecord>>;
  consentPage(
    account: string,
    conversation: string | null,
    page: { readonly service: string | null; readonly before: number | null; readonly limit: number },
  ): Promise<Page>;
  /** The answer that counts, of each service that has one: the account's own, or with a conversation its hosts'. */
  latestConsents(account: string, conversation: string | null): Promise<readonly ConsentRecord[]>;
  /** Oldest first. */
  presence(conversation: string, person: string): Promise<readonly PresenceRecord[]>;
  /** Oldest first. */
  showings(conversation: string, person: string): Promise<readonly ShowingRecord[]>;
  /** The person's answers in the conversation and standing; without a conversation, the standing ones. */
  answers(account: string, conversation: string | null, person: string): Promise<Seen<AnswerRecord>>;
  /**
   * The answers that count and say given, to one of these versions of the service; hosts' only of conversations that have not ended by
   * `at`. A slice may hold fewer than `limit`, or none, while there is a `next`.
   */
  givenTo(
    service: string,
    versions: readonly string[],
    slice: {
      readonly account: string | null;
      readonly after: Place | null;
      readonly limit: number;
      readonly at: Instant;
    },
  ): Promise<{ readonly answers: readonly StandingAnswer[]; readonly next: Place | null }>;
  /** Those in conversations that have not ended, at `at`, each once. */
  peoplePresent(slice: {
    readonly account: string | null;
    readonly after: Pick<PersonPresent, "conversation" | "person"> | null;
    readonly limit: number;
    readonly at: Instant;
  }): Promise<readonly PersonPresent[]>;
  /** Newest first, those older than `before`. */
  producerKeys(page: {
    readonly before: KeyPosition | null;
    readonly limit: number;
  }): Promise<readonly ProducerKeyRecord[]>;
  producerKey(id: string): Promise<ProducerKeyRecord | null>;
}

/**
 * Each method is all or nothing, and raises the account's revision with what it writes. A notice is every account's: that there is one
 * more of its service is its revision.
 */
export interface ConsentWriter {
  /**
   * Creates or changes; what is undefined stays (for a new account: no labels, `defaults.rule`).
   * `held`: if given, only changes, and only an account that still holds it; else null, and nothing was written.
   */
  putAccount(
    account: {
      readonly id: string;
      readonly labels: readonly Label[] | undefined;
      readonly rule: ParticipationRule | undefined;
    },
    defaults: { readonly rule: ParticipationRule; readonly at: Instant },
    held: AccountHeld | null,
  ): Promise<{ readonly record: AccountRecord; readonly created: boolean } | null>;
  /** `mark`: of the setting that must still be the latest; null: whichever is. */
  addSetting(setting: SettingRecord, mark: number | null): Promise<Written>;
  /** `changed` if another version took the position meanwhile. */
  addNotice(notice: NoticeRecord): Promise<Written>;
  /**
   * `noticesSeen`: how many versions the service had. `showing`: recorded with it, if given.
   * `hosting`: nothing is written unless the person hosts the conversation at that instant.
   */
  addConsent(
    consent: ConsentRecord,
    seen: Seen<ConsentRecord>,
    also: { readonly noticesSeen: number; readonly showing: ShowingRecord | null; readonly hosting: boolean },
  ): Promise<Written>;
  /**
   * Creates or changes; what is undefined stays. null if it exists with another account or kind, or is not as it was `held`
   * (`nothing`: only creates): nothing was written.
   */
  putConversation(
    conversation: {
      readonly id: string;
      readonly account: string;
      readonly kind: ConversationKind;
      readonly labels: readonly Label[] | undefined;
      readonly startedAt: Instant | null | undefined;
      readonly endedAt: Instant | null | undefined;
    },
    at: Instant,
    held: ConversationHeld | "nothing" | null,
  ): Promise<{ readonly record: ConversationRecord; readonly created: boolean } | null>;
  /** Ends the person's stays in the other role; the same join twice is one. */
  join(account: string, stay: PresenceRecord): Promise<void>;
  /** Ends every open stay that began by `at`. How many it ended. */
  leave(account: string, conversation: string, person: string, at: Instant): Promise<number>;
  addShowing(account: string, showing: ShowingRecord): Promise<void>;
  addAnswer(
    answer: AnswerRecord,
    seen: Seen<AnswerRecord>,
    also: { readonly noticesSeen: number | null; readonly showing: ShowingRecord | null },
  ): Promise<Written>;
  addProducerKey(key: ProducerKeyRecord): Promise<void>;
  /** `changed`: the key that was to be replaced has been revoked or rotated meanwhile. Its end is the successor's beginning plus the overlap. */
  rotateProducerKey(id: string, successor: ProducerKeyRecord, revokedAt: Instant): Promise<Written>;
  /** The earliest revocation stands. null if there is no such key. */
  revokeProducerKey(id: string, at: Instant): Promise<ProducerKeyRecord | null>;
}
