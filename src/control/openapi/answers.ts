/** What /v1 answers, as JSON Schema, beside `views.ts`. For the build and for tests, which hold real answers to it. */
import { ROLES } from "../../config/identity.ts";
import {
  ALLOW_REASONS,
  CONVERSATION_KINDS,
  DENY_REASONS,
  KINDS,
  LABELS,
  PARTICIPATION_RULES,
} from "../../decision/model.ts";
import { described, type Json, ref } from "./schema.ts";

const STRING: Json = { type: "string" };
const BOOLEAN: Json = { type: "boolean" };
const COUNT: Json = { type: "integer", minimum: 0 };
const ID = ref("Id");
const INSTANT = ref("Instant");

const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: "null" }] });
const listOf = (items: Json): Json => ({ type: "array", items });
const oneOf = (words: readonly string[]): Json => ({ type: "string", enum: words });

/** All of `properties` but the optional ones are always there, and nothing else is. */
function object(properties: Readonly<Record<string, Json>>, optional: readonly string[] = []): Json {
  const members = Object.entries(properties);
  return {
    type: "object",
    properties: Object.fromEntries(members.map(([name, schema]) => [name, described(name, schema)])),
    required: members.map(([name]) => name).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

const page = (name: string, item: Json): Json => object({ [name]: listOf(item), next: orNull(STRING) });

const BY = object({ person: ID, role: oneOf(ROLES) });
const STANDING = oneOf(["missing", "refused", "withdrawn", "revoked", "expired", "superseded", "given"]);
const IMPORTED = { source: STRING, evidence_sha256: orNull(STRING) };
const IMPORTED_NAMES = Object.keys(IMPORTED);

const account = {
  account: ID,
  labels: listOf(oneOf(LABELS)),
  participation_rule: oneOf(PARTICIPATION_RULES),
  revision: COUNT,
};
const setting = {
  account: ID,
  service: ID,
  enabled: BOOLEAN,
  trial_ends_at: orNull(INSTANT),
  at: INSTANT,
  by: BY,
  recorded_by: STRING,
};
const needed = object(
  {
    who: oneOf(["account", "host", "participants"]),
    standing: STANDING,
    participation_rule: oneOf(PARTICIPATION_RULES),
    from: STRING,
    how: STRING,
  },
  ["standing", "participation_rule", "from"],
);
const answer = {
  id: ID,
  account: ID,
  conversation: orNull(ID),
  person: ID,
  service: orNull(ID),
  answer: oneOf(["accepted", "objected", "objection_withdrawn"]),
  notice_version: orNull(ID),
  at: INSTANT,
  since: INSTANT,
  by: BY,
  recorded_by: STRING,
  ...IMPORTED,
};
const ANSWER_OPTIONAL = ["since", ...IMPORTED_NAMES];
const stay = object({ host: BOOLEAN, joined_at: INSTANT, left_at: orNull(INSTANT), recorded_by: STRING });
const consentState = object({
  consent: STANDING,
  kinds: listOf(oneOf(KINDS)),
  notice_version: orNull(ID),
  notice_text: orNull(STRING),
  at: orNull(INSTANT),
  expires_at: orNull(INSTANT),
  lapses_at: orNull(INSTANT),
});
const key = {
  id: ID,
  producer: ID,
  accounts: listOf(ID),
  routes: listOf(ID),
  created_at: INSTANT,
  expires_at: INSTANT,
  revoked_at: orNull(INSTANT),
};
const decision = {
  decision: oneOf(["allow", "deny"]),
  reason: oneOf([...ALLOW_REASONS, ...DENY_REASONS]),
  rule: orNull(STRING),
  explanation: STRING,
  what_would_change: listOf(STRING),
};
const OUTCOMES = ["forwarded", "stripped", "dropped", "rejected"] as const;
const measure = orNull(object({ bytes: orNull(COUNT), digest: orNull(STRING) }));
const exchangeSummary = {
  exchange: ID,
  route: orNull(ID),
  purpose: orNull(STRING),
  producer: orNull(STRING),
  key_id: orNull(STRING),
  config_digest: orNull(STRING),
  cache_ms_max: orNull(COUNT),
  opened_at: orNull(INSTANT),
  closed_at: orNull(INSTANT),
  outcome: oneOf(["forwarded", "dropped", "rejected", "refused", "failed", "aborted", "unknown", "open"]),
  fault: orNull(STRING),
  upstream_status: orNull(COUNT),
  upstream_complete: orNull(BOOLEAN),
  counts: orNull({ type: "object", additionalProperties: COUNT }),
  settled: orNull(COUNT),
  in_doubt: orNull(COUNT),
  received: measure,
  sent: measure,
};

export const ANSWERS: Readonly<Record<string, Json>> = {
  Account: object(account),
  AccountWithServices: object({ ...account, services: listOf(ref("Setting")) }),
  Setting: object(setting),
  SettingWithConsent: object({
    ...setting,
    account_consent: STANDING,
    consent_needed: listOf(needed),
    notice: orNull(ref("Notice")),
  }),
  Notice: object({
    service: ID,
    version: ID,
    position: { type: "integer", minimum: 1 },
    section: STRING,
    locale: STRING,
    text: STRING,
    sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
    material: BOOLEAN,
    published_at: INSTANT,
    announced_at: INSTANT,
    effective_at: INSTANT,
  }),
  Notices: page("notices", ref("Notice")),
  AskAgain: object({
    service: ID,
    notice: orNull(ref("Notice")),
    ask_again: listOf(
      object({
        who: oneOf(["account", "host", "participant"]),
        people: listOf(ID),
        how: STRING,
        account: ID,
        conversation: orNull(ID),
        answer: oneOf(["given", "accepted", "shown"]),
        id: ID,
        notice_version: ID,
        superseded_by: ID,
        lapses_at: INSTANT,
        lapsed: BOOLEAN,
      }),
    ),
    next: orNull(STRING),
  }),
  Consent: object(
    {
      id: ID,
      account: ID,
      conversation: ID,
      service: ID,
      answer: oneOf(["given", "refused", "withdrawn", "revoked"]),
      notice_version: orNull(ID),
      covers: { type: "object", additionalProperties: INSTANT },
      expires_at: orNull(INSTANT),
      at: INSTANT,
      by: BY,
      recorded_by: STRING,
      ...IMPORTED,
    },
    ["conversation", ...IMPORTED_NAMES],
  ),
  Consents: page("consents", ref("Consent")),
  Conversation: object({
    conversation: ID,
    account: ID,
    kind: oneOf(CONVERSATION_KINDS),
    labels: listOf(oneOf(LABELS)),
    started_at: orNull(INSTANT),
    ended_at: orNull(INSTANT),
  }),
  ConsentStatus: object({
    conversation: ID,
    account: ID,
    kind: oneOf(CONVERSATION_KINDS),
    services: listOf(
      object({
        service: ID,
        name: STRING,
        enabled: orNull(BOOLEAN),
        trial_ends_at: orNull(INSTANT),
        account: consentState,
        host: orNull(consentState),
        notice: orNull(ref("Notice")),
      }),
    ),
  }),
  Presence: object({ conversation: ID, person: ID, presence: listOf(stay) }),
  Shown: object(
    {
      id: ID,
      conversation: ID,
      person: ID,
      service: ID,
      notice_version: ID,
      at: INSTANT,
      recorded_by: STRING,
      ...IMPORTED,
    },
    IMPORTED_NAMES,
  ),
  ShownList: page("shown", ref("Shown")),
  Answer: object(answer, ANSWER_OPTIONAL),
  AnswerRecorded: object({ ...answer, objections_standing: listOf(ref("Answer")) }, [
    ...ANSWER_OPTIONAL,
    "objections_standing",
  ]),
  Answers: page("answers", ref("Answer")),
  Participant: object({
    conversation: ID,
    account: ID,
    person: ID,
    presence: listOf(stay),
    shown: listOf(ref("Shown")),
    answers: listOf(ref("Answer")),
    objections_standing: listOf(ref("Answer")),
  }),
  AccountParticipant: object({
    account: ID,
    person: ID,
    objections_standing: listOf(ref("Answer")),
    answers: listOf(ref("Answer")),
    next: orNull(STRING),
  }),
  ProducerKey: object(key),
  ProducerKeyIssued: object({ ...key, key: STRING }, ["key"]),
  ProducerKeys: page("producer_keys", ref("ProducerKey")),
  Explanation: object(
    {
      route: ID,
      ...decision,
      outcome: oneOf(OUTCOMES),
      basis: listOf(ID),
      known: object({ account: orNull(ID), conversation: orNull(ID), speaker: orNull(ID) }),
      kinds: listOf(
        object({ kind: orNull(oneOf(KINDS)), speaker: orNull(ID), ...decision, basis: listOf(ID) }),
      ),
      decided_at: INSTANT,
    },
    ["kinds"],
  ),
  ExchangeSummary: object(exchangeSummary),
  Exchanges: page("exchanges", ref("ExchangeSummary")),
  Exchange: object({
    ...exchangeSummary,
    decided: listOf(
      object({
        account: orNull(ID),
        conversation: orNull(ID),
        outcome: oneOf(OUTCOMES),
        reason: decision.reason,
        items: COUNT,
      }),
    ),
    rests_on: listOf(object({ consents: listOf(ID), items: listOf(listOf(COUNT)) })),
  }),
  ExchangeProof: object({
    exchange: ID,
    checkpoint: STRING,
    entries: listOf(
      object({
        position: COUNT,
        leaf: STRING,
        entry: object({ kind: STRING, id: STRING, salt: STRING, body: { type: "object" } }),
        proof: listOf(STRING),
      }),
    ),
  }),
  /** JSON-LD: its members are the vocabulary's. */
  Receipt: { type: "object", required: ["@context", "@type", "proof"] },
  Checkpoints: page("checkpoints", object({ size: COUNT, at: INSTANT, note: STRING })),
  ConsistencyProof: object({ from_size: COUNT, to_size: COUNT, proof: listOf(STRING) }),
  Tile: object({ level: COUNT, tile: COUNT, hashes: STRING }),
  Acknowledgement: object({
    id: STRING,
    at: INSTANT,
    record: ID,
    upstream: ID,
    exchanges: listOf(ID),
    recorded_by: orNull(STRING),
    evidence_sha256: orNull(STRING),
  }),
  Erasure: object({
    id: STRING,
    account: ID,
    at: INSTANT,
  }),
  Reconciliation: object({
    id: STRING,
    at: INSTANT,
    revision_expected: COUNT,
    revision_found: COUNT,
    recorded_by: orNull(STRING),
    reason_sha256: orNull(STRING),
  }),
  Problem: {
    type: "object",
    properties: Object.fromEntries(
      Object.entries({
        type: { type: "string", pattern: "^urn:tenfour:problem:" },
        title: STRING,
        status: COUNT,
        detail: STRING,
        code: STRING,
        field: STRING,
      }).map(([name, schema]) => [name, described(name, schema)]),
    ),
    required: ["type", "title", "status", "detail", "code"],
  },
};
