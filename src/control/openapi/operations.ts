/** What each route of /v1 is for, what it takes and what it answers. For the build: a test holds it to the routes there are. */
import type * as v from "valibot";
import { Account } from "../accounts.ts";
import { AccountConsent, HostConsent } from "../consent-body.ts";
import { Conversation } from "../conversations.ts";
import { Explain } from "../explain.ts";
import { Acknowledgement, Reconciling } from "../ledger.ts";
import { Notice } from "../notices.ts";
import { Answer } from "../participant-answers.ts";
import { Join, Leave } from "../presence.ts";
import { ProducerKey, Rotation } from "../producer-keys.ts";
import { Setting } from "../service-settings.ts";
import { Shown } from "../showings.ts";
import { Objection } from "../standing-objections.ts";

export interface Operation {
  readonly tag: Tag;
  readonly summary: string;
  readonly says?: string;
  readonly body?: v.GenericSchema;
  /** Whether no body at all is as good as `{}`. */
  readonly bodyOptional?: boolean;
  /** Members of the example, beyond those that must be there. */
  readonly example?: Readonly<Record<string, unknown>>;
  readonly query?: readonly string[];
  /** Takes `If-Match`; answers have an `ETag` either way. */
  readonly tagged?: boolean;
  /** Name of the schema, by status. */
  readonly answers: Readonly<Record<number, string>>;
  /** Lines in, lines out. */
  readonly bulk?: "import" | "export";
  /** Lines out, and what they are. */
  readonly lines?: string;
}

export const TAGS = {
  Accounts: "An account is the customer organisation that owns its content.",
  Notices: "The versioned texts that people are shown. Never changed once published.",
  Conversations: "Meetings, webinars, calls and channels; what was consented to, and by whom.",
  Participants: "People in a conversation: when they were there, what they were shown, what they answered.",
  "Producer keys": "Keys of the services that send data through the gate.",
  Evidence: "What became of what was sent, and what would become of it.",
  Bulk: "Existing consents and participants, streamed in and out. Every member of a line: docs/bulk.md.",
} as const;
export type Tag = keyof typeof TAGS;

const RECEIPT =
  "JSON-LD in the shape of ISO/IEC TS 27560, with its place in the ledger: keep it, and check it with `npx tenfour verify`. Until the ledger's next checkpoint it is a promise (`tenfour:log` is null): ask again.";
const PAGE = ["limit", "cursor"];
const PERSON = "/conversations/:conversation/participants/:person";
const STANDING = "/accounts/:account/participants/:person";

/** By method and path within /v1. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /accounts/:account": {
    tag: "Accounts",
    summary: "Read an account",
    tagged: true,
    answers: { 200: "AccountWithServices" },
  },
  "PUT /accounts/:account": {
    tag: "Accounts",
    summary: "Create or change an account",
    says: "201 if it is new, which only the operator may create. What is left out stays as it was.",
    body: Account,
    example: { participation_rule: "speaker" },
    tagged: true,
    answers: { 200: "Account", 201: "Account" },
  },
  "GET /accounts/:account/services/:service": {
    tag: "Accounts",
    summary: "Read whether a service is enabled, and which consent is needed",
    tagged: true,
    answers: { 200: "SettingWithConsent" },
  },
  "PUT /accounts/:account/services/:service": {
    tag: "Accounts",
    summary: "Enable or disable an opt-in service",
    says: "Never implies consent: the answer says which is still needed, and which notice to show for it.",
    body: Setting,
    tagged: true,
    answers: { 200: "SettingWithConsent" },
  },
  "GET /accounts/:account/services/:service/ask-again": {
    tag: "Accounts",
    summary: "List whom of the account to ask again",
    says: "Whose answers a newer material notice lapses, as the list of all accounts has it (under Notices).",
    query: PAGE,
    answers: { 200: "AskAgain" },
  },
  "GET /accounts/:account/consents": {
    tag: "Accounts",
    summary: "List the account's answers",
    query: ["service", ...PAGE],
    answers: { 200: "Consents" },
  },
  "POST /accounts/:account/consents": {
    tag: "Accounts",
    summary: "Give, refuse, withdraw or revoke the account's consent",
    says: "given and withdrawn are for an owner or admin; revoked for the operator, who never gives. In force before it is answered.",
    body: AccountConsent,
    answers: { 201: "Consent" },
  },
  [`GET ${STANDING}`]: {
    tag: "Accounts",
    summary: "Read a person's standing objections",
    query: PAGE,
    answers: { 200: "AccountParticipant" },
  },
  [`POST ${STANDING}/objections`]: {
    tag: "Accounts",
    summary: "Object in every conversation of the account",
    body: Objection,
    bodyOptional: true,
    answers: { 201: "Answer" },
  },
  [`POST ${STANDING}/objections/withdraw`]: {
    tag: "Accounts",
    summary: "Withdraw a standing objection",
    says: "Content captured while it stood stays denied.",
    body: Objection,
    bodyOptional: true,
    answers: { 201: "Answer" },
  },
  [`POST ${STANDING}/erasures`]: {
    tag: "Accounts",
    summary: "Erase a person's ids from the evidence, for good",
    says: "On record. Their pseudonym's key is destroyed, so that nobody can tell any more which entries were theirs, and nothing that is proven changes. From then on an objection to everything stands. 200: they were erased before.",
    answers: { 200: "Erasure", 201: "Erasure" },
  },

  "GET /notices": {
    tag: "Notices",
    summary: "List notices",
    query: ["service", ...PAGE],
    answers: { 200: "Notices" },
  },
  "POST /notices": {
    tag: "Notices",
    summary: "Publish a version of a notice",
    says: "The same version sent again is answered 200.",
    body: Notice,
    answers: { 200: "Notice", 201: "Notice" },
  },
  "GET /services/:service/ask-again": {
    tag: "Notices",
    summary: "List whom to ask again",
    says: "Whose answers a newer material notice has lapsed or, announced and not yet in effect, will: accounts, hosts of conversations that have not ended, and people who are there now. Not listed: whoever objects, and answers that expire by themselves before. A page may hold fewer than `limit` while there is a `next`.",
    query: PAGE,
    answers: { 200: "AskAgain" },
  },

  "GET /conversations/:conversation": {
    tag: "Conversations",
    summary: "Read a conversation",
    tagged: true,
    answers: { 200: "Conversation" },
  },
  "PUT /conversations/:conversation": {
    tag: "Conversations",
    summary: "Create or change a conversation",
    says: "201 if it is new: its host may create it too, and no more. Account and kind are fixed from then on.",
    body: Conversation,
    tagged: true,
    answers: { 200: "Conversation", 201: "Conversation" },
  },
  "GET /conversations/:conversation/consent-status": {
    tag: "Conversations",
    summary: "Read whether account and host have consented, to what, under which notice",
    says: "For everyone in the conversation. It names no person.",
    answers: { 200: "ConsentStatus" },
  },
  "GET /conversations/:conversation/consents": {
    tag: "Conversations",
    summary: "List the hosts' answers",
    query: ["service", ...PAGE],
    answers: { 200: "Consents" },
  },
  "POST /conversations/:conversation/consents": {
    tag: "Conversations",
    summary: "Give, refuse, withdraw or revoke a host's consent",
    says: "Only a person hosting at that instant gives; any current host, and whoever gave, withdraws.",
    body: HostConsent,
    example: { by: { person: "hana", role: "host" } },
    answers: { 201: "Consent" },
  },

  [`GET ${PERSON}`]: {
    tag: "Participants",
    summary: "Read everything recorded of a person in a conversation",
    answers: { 200: "Participant" },
  },
  [`POST ${PERSON}/join`]: {
    tag: "Participants",
    summary: "Record that a person joined",
    body: Join,
    bodyOptional: true,
    answers: { 201: "Presence" },
  },
  [`POST ${PERSON}/leave`]: {
    tag: "Participants",
    summary: "Record that a person left",
    body: Leave,
    bodyOptional: true,
    answers: { 200: "Presence" },
  },
  [`GET ${PERSON}/notices`]: {
    tag: "Participants",
    summary: "List what a person was shown",
    query: PAGE,
    answers: { 200: "ShownList" },
  },
  [`POST ${PERSON}/notices`]: {
    tag: "Participants",
    summary: "Record that a person was shown a notice",
    says: "It counts as that and no more: never as an acceptance.",
    body: Shown,
    answers: { 201: "Shown" },
  },
  [`GET ${PERSON}/answers`]: {
    tag: "Participants",
    summary: "List a person's answers",
    query: PAGE,
    answers: { 200: "Answers" },
  },
  [`POST ${PERSON}/answers`]: {
    tag: "Participants",
    summary: "Accept, object, or withdraw an objection",
    says: "An objection wins under every rule. An acceptance takes none back: the answer lists those that stand.",
    body: Answer,
    example: { answer: "accepted" },
    answers: { 201: "AnswerRecorded" },
  },

  "GET /producer-keys": {
    tag: "Producer keys",
    summary: "List producer keys",
    query: PAGE,
    answers: { 200: "ProducerKeys" },
  },
  "POST /producer-keys": {
    tag: "Producer keys",
    summary: "Issue a producer key",
    says: "The key is shown in this answer, and never again.",
    body: ProducerKey,
    answers: { 201: "ProducerKeyIssued" },
  },
  "GET /producer-keys/:key": {
    tag: "Producer keys",
    summary: "Read a producer key's record",
    answers: { 200: "ProducerKey" },
  },
  "DELETE /producer-keys/:key": {
    tag: "Producer keys",
    summary: "Revoke a producer key",
    says: "At once for content; within 60 s for service data.",
    answers: { 200: "ProducerKey" },
  },
  "POST /producer-keys/:key/rotate": {
    tag: "Producer keys",
    summary: "Issue a successor, with an overlap",
    body: Rotation,
    answers: { 201: "ProducerKeyIssued" },
  },

  "POST /explain": {
    tag: "Evidence",
    summary: "Ask what would become of a record or item on a route, and why",
    says: "The gate's own decision. Sends nothing and records nothing. Takes a record or an item.",
    body: Explain,
    example: {
      item: {
        account: "northwind",
        conversation: "monday",
        speaker: "ana",
        kind: "transcript",
        captured_at: "2026-11-22T09:00:00Z",
      },
    },
    answers: { 200: "Explanation" },
  },
  "GET /exchanges": {
    tag: "Evidence",
    summary: "List exchanges",
    says: "A page may hold fewer than `limit` while there is a `next`. At most 100 a page. Filtered, what the ledger holds: a few seconds late.",
    query: ["account", "conversation", "person", "route", "reason", "from", "to", ...PAGE],
    answers: { 200: "Exchanges" },
  },
  "GET /exchanges/:exchange": {
    tag: "Evidence",
    summary: "Read what became of one request through the gate",
    answers: { 200: "Exchange" },
  },
  "GET /exchanges/:exchange/proof": {
    tag: "Evidence",
    summary: "Prove that an exchange is in the ledger",
    says: "Its entries, each with its way into the signed checkpoint (RFC 9162). Only of an exchange that is whole to see.",
    answers: { 200: "ExchangeProof" },
  },
  "GET /consents/:consent/impact": {
    tag: "Evidence",
    summary: "Ask what had rested on a consent, or on those that a withdrawal ended",
    lines: "A line for each exchange, oldest first, and a `summary`. Without a `summary`, ask again.",
    answers: {},
  },
  "GET /consents/:consent/receipt": {
    tag: "Evidence",
    summary: "Get the signed receipt of an account's or host's answer",
    says: RECEIPT,
    answers: { 200: "Receipt" },
  },
  "GET /answers/:answer/receipt": {
    tag: "Evidence",
    summary: "Get the signed receipt of a participant's answer",
    says: RECEIPT,
    answers: { 200: "Receipt" },
  },
  "GET /objections/:objection/impact": {
    tag: "Evidence",
    summary: "Ask what had rested on a person's answers, or on the notices they were shown",
    lines: "A line for each exchange, oldest first, and a `summary`. Without a `summary`, ask again.",
    answers: {},
  },
  "GET /ledger/checkpoints": {
    tag: "Evidence",
    summary: "List signed checkpoints of the ledger",
    says: "Newest first. Keep them where the operator cannot reach them.",
    query: PAGE,
    answers: { 200: "Checkpoints" },
  },
  "GET /ledger/consistency": {
    tag: "Evidence",
    summary: "Prove that the ledger of one size is the beginning of another",
    query: ["from_size", "to_size"],
    answers: { 200: "ConsistencyProof" },
  },
  "GET /ledger/tiles/:level/:tile": {
    tag: "Evidence",
    summary: "Read a tile of the ledger's hashes",
    says: "As C2SP tlog-tiles lays them out: 256 hashes of 32 bytes to a full tile, in base64.",
    answers: { 200: "Tile" },
  },
  "GET /ledger/export": {
    tag: "Evidence",
    summary: "Export the ledger",
    says: "Verifies offline: npx tenfour verify export.ndjson --key operator.pub. Bound to an account, what is of it alone.",
    query: ["since"],
    lines: "A header, entries with their proofs, a signed end.",
    answers: {},
  },
  "POST /ledger/acknowledgements": {
    tag: "Evidence",
    summary: "Record that an upstream says it deleted what had rested on an answer",
    body: Acknowledgement,
    example: { record: "ans_0mgt3x", upstream: "training", exchanges: ["x_0mgt3x"] },
    answers: { 201: "Acknowledgement" },
  },
  "POST /ledger/reconciliations": {
    tag: "Evidence",
    summary: "Take a consent database that was put back for good again",
    says: "Content waits until then. Put right what was lost first: this says, on record, that you did.",
    body: Reconciling,
    bodyOptional: true,
    answers: { 201: "Reconciliation" },
  },

  "POST /imports/consents": {
    tag: "Bulk",
    summary: "Import consents",
    bulk: "import",
    query: ["source", "dry_run"],
    answers: {},
  },
  "POST /imports/participants": {
    tag: "Bulk",
    summary: "Import conversations, presence, showings and answers",
    bulk: "import",
    query: ["source", "dry_run"],
    answers: {},
  },
  "GET /exports/consents": { tag: "Bulk", summary: "Export consents", bulk: "export", answers: {} },
  "GET /exports/participants": {
    tag: "Bulk",
    summary: "Export conversations, presence, showings and answers",
    bulk: "export",
    answers: {},
  },
};
