/**
 * The consent database: what the account, the host and each participant answered, and what an item's decision needs beside it.
 * The only place its columns are named. `schema/README.md` says what each table is for and what a thief of it would have.
 * Instants are Unix milliseconds, UTC. Ids are printable ASCII, BINARY collation.
 * Checks, foreign keys and the triggers that keep tables append-only are in the migrations; a test compares the columns.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const accounts = sqliteTable("accounts", {
  id: text("id").primaryKey(),
  /** JSON array of labels. */
  labels: text("labels").notNull(),
  participationRule: text("participation_rule").notNull(),
  /** Grows by one with each change that a decision about the account may depend on. */
  revision: integer("revision").notNull(),
  createdAt: integer("created_at").notNull(),
});

/** Append-only: the latest row of an account and service counts. */
export const serviceSettings = sqliteTable(
  "service_settings",
  {
    seq: integer("seq").primaryKey(),
    accountId: text("account_id").notNull(),
    service: text("service").notNull(),
    enabled: integer("enabled").notNull(),
    trialEndsAt: integer("trial_ends_at"),
    at: integer("at").notNull(),
    person: text("person").notNull(),
    role: text("role").notNull(),
    recordedBy: text("recorded_by").notNull(),
  },
  (t) => [index("service_settings_latest").on(t.accountId, t.service, t.seq)],
);

/** Append-only: what people were shown stays what they were shown. A change is a new version. */
export const notices = sqliteTable(
  "notices",
  {
    service: text("service").notNull(),
    version: text("version").notNull(),
    /** The one order of the versions of a service, from 1. */
    position: integer("position").notNull(),
    section: text("section").notNull(),
    /** The authoritative language, BCP 47. */
    locale: text("locale").notNull(),
    text: text("text").notNull(),
    sha256: text("sha256").notNull(),
    material: integer("material").notNull(),
    publishedAt: integer("published_at").notNull(),
    announcedAt: integer("announced_at").notNull(),
    effectiveAt: integer("effective_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.service, t.version] }),
    uniqueIndex("notices_order").on(t.service, t.position),
  ],
);

/** Append-only: every answer of an account or of a host. */
export const consents = sqliteTable(
  "consents",
  {
    seq: integer("seq").primaryKey(),
    id: text("id").notNull().unique(),
    accountId: text("account_id").notNull(),
    /** Empty: the account's own answer; else the answer of a host of that conversation. */
    conversationId: text("conversation_id").notNull(),
    service: text("service").notNull(),
    /** given, refused, withdrawn, revoked. */
    answer: text("answer").notNull(),
    person: text("person").notNull(),
    role: text("role").notNull(),
    at: integer("at").notNull(),
    noticeVersion: text("notice_version").notNull(),
    /** JSON object: kind to the earliest captured_at covered. Empty unless given. */
    covers: text("covers").notNull(),
    expiresAt: integer("expires_at"),
    recordedBy: text("recorded_by").notNull(),
    /** Where an imported row came from; null: it was recorded here. */
    source: text("source"),
    /** Of what proves it, hexadecimal. */
    evidenceSha256: text("evidence_sha256"),
  },
  (t) => [index("consents_latest").on(t.accountId, t.conversationId, t.service, t.at, t.seq)],
);

/** Its account and its kind never change. */
export const conversations = sqliteTable(
  "conversations",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    kind: text("kind").notNull(),
    /** JSON array of labels. */
    labels: text("labels").notNull(),
    startedAt: integer("started_at"),
    endedAt: integer("ended_at"),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [index("conversations_account").on(t.accountId, t.id, t.endedAt)],
);

/**
 * One row for each time a person joined. `left_at` is the only column written later, and once; where a source told of the stay
 * (`session`), an earlier instant may replace a later one.
 */
export const presence = sqliteTable(
  "presence",
  {
    seq: integer("seq").primaryKey(),
    conversationId: text("conversation_id").notNull(),
    person: text("person").notNull(),
    host: integer("host").notNull(),
    joinedAt: integer("joined_at").notNull(),
    leftAt: integer("left_at"),
    recordedBy: text("recorded_by").notNull(),
    /** Where an imported row came from; null: it was recorded here. */
    source: text("source"),
    /** What the source of webhooks calls this stay; null: nobody but us knows of it. */
    session: text("session"),
  },
  (t) => [
    index("presence_person").on(t.conversationId, t.person, t.joinedAt),
    index("presence_session").on(t.conversationId, t.session),
    index("presence_open").on(t.conversationId, t.person).where(sql`${t.leftAt} is null`),
  ],
);

/** Append-only: when a source told that a session ended, whether or not its beginning is known. */
export const departures = sqliteTable(
  "departures",
  {
    conversationId: text("conversation_id").notNull(),
    session: text("session").notNull(),
    at: integer("at").notNull(),
    recordedBy: text("recorded_by").notNull(),
  },
  (t) => [primaryKey({ columns: [t.conversationId, t.session, t.at] })],
);

/** Append-only: which version of a notice a person was shown in a conversation, and when. */
export const showings = sqliteTable(
  "showings",
  {
    seq: integer("seq").primaryKey(),
    id: text("id").notNull().unique(),
    conversationId: text("conversation_id").notNull(),
    person: text("person").notNull(),
    service: text("service").notNull(),
    noticeVersion: text("notice_version").notNull(),
    at: integer("at").notNull(),
    recordedBy: text("recorded_by").notNull(),
    /** Where an imported row came from; null: it was recorded here. */
    source: text("source"),
    /** Of what proves it, hexadecimal. */
    evidenceSha256: text("evidence_sha256"),
  },
  (t) => [index("showings_person").on(t.conversationId, t.person, t.service, t.at)],
);

/** Append-only: every answer of a participant. */
export const participantAnswers = sqliteTable(
  "participant_answers",
  {
    seq: integer("seq").primaryKey(),
    id: text("id").notNull().unique(),
    accountId: text("account_id").notNull(),
    /** Empty: standing, for every conversation of the account. Never for an acceptance. */
    conversationId: text("conversation_id").notNull(),
    person: text("person").notNull(),
    /** Empty: every service. Never for an acceptance. */
    service: text("service").notNull(),
    /** accepted, objected, objection_withdrawn. */
    answer: text("answer").notNull(),
    /** The version accepted; empty unless accepted. */
    noticeVersion: text("notice_version").notNull(),
    at: integer("at").notNull(),
    /** For an acceptance, the start of its run. */
    since: integer("since").notNull(),
    recordedBy: text("recorded_by").notNull(),
    /** Where an imported row came from; null: it was recorded here. */
    source: text("source"),
    /** Of what proves it, hexadecimal. */
    evidenceSha256: text("evidence_sha256"),
  },
  (t) => [index("participant_answers_person").on(t.accountId, t.person, t.conversationId, t.at, t.seq)],
);

/** Producer keys by id: never the key itself. `revoked_at` is the only column written later: once, and then only brought forward. */
export const producerKeys = sqliteTable("producer_keys", {
  id: text("id").primaryKey(),
  producer: text("producer").notNull(),
  /** JSON array of account ids, or `["*"]`. */
  accounts: text("accounts").notNull(),
  /** JSON array of route ids. */
  routes: text("routes").notNull(),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  revokedAt: integer("revoked_at"),
});

/** What was answered to requests with an `Idempotency-Key`, for a day. Never a producer key. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    /** SHA-256 of who asked, for what, under which key; base64url. */
    keyDigest: text("key_digest").primaryKey(),
    /** SHA-256 of what was sent, base64url. */
    fingerprint: text("fingerprint").notNull(),
    /** The request that carries it out. */
    claim: text("claim").notNull(),
    at: integer("at").notNull(),
    /** 1: the change is made; written with it. */
    changed: integer("changed").notNull(),
    /** JSON of the answer; null until there is one. */
    answer: text("answer"),
  },
  (t) => [index("idempotency_keys_age").on(t.at)],
);

/** Append-only, and written by triggers alone: every change of the tables above, on its way to the ledger. Ids of whoever was erased are taken out. */
export const changes = sqliteTable(
  "changes",
  {
    /** Without a gap. */
    seq: integer("seq").primaryKey(),
    /** account, setting, notice, consent, conversation, presence, departure, showing, answer, producer_key. */
    type: text("type").notNull(),
    /** By the database's clock. */
    at: integer("at").notNull(),
    /** Random, 32 hexadecimal digits: tells this change from another of the same number, made after the database was put back. */
    mark: text("mark").notNull(),
    /** JSON: the row as it is now, without texts. */
    body: text("body").notNull(),
  },
  (t) => [index("changes_answer").on(sql`${t.body} ->> 'id'`).where(sql`${t.type} in ('consent', 'answer')`)],
);

/** Under what key a person's pseudonym in the ledger is made: kept, or destroyed. */
export const pseudonymKeys = sqliteTable(
  "pseudonym_keys",
  {
    /** Empty: of no account. */
    accountId: text("account_id").notNull(),
    person: text("person").notNull(),
    /** 32 random bytes, base64url. */
    key: text("key").notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.person] })],
);

/** Append-only: who was erased from the evidence. Their key is gone, and they get no other. */
export const erasures = sqliteTable(
  "erasures",
  {
    accountId: text("account_id").notNull(),
    /** A person, or who recorded something, where that was the same person. */
    person: text("person").notNull(),
    at: integer("at").notNull(),
    /** The ledger's entry of it. */
    record: text("record").notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.person] })],
);

/** One row: the version of the last migration that ran. */
export const schemaVersion = sqliteTable("schema_version", {
  version: integer("version").notNull(),
});
