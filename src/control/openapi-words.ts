/** What each member of a body or an answer means, and an example of it. Words only: for the description of /v1, never for its checks. */

export interface Word {
  readonly says: string;
  readonly example?: unknown;
}

const AT = "2026-11-22T09:00:00Z";

const WORDS: Readonly<Record<string, Word>> = {
  account: { says: "Id of the account.", example: "northwind" },
  account_consent: { says: "How the account's consent to train stands, now." },
  accounts: { says: 'Ids of the accounts, or only "*" for every account.', example: ["northwind"] },
  announced_at: { says: "When people were told of it. Default: published_at.", example: AT },
  answer: { says: "The answer. The latest one counts, and none is edited.", example: "given" },
  answers: { says: "The person's own answers, oldest first." },
  ask_again: { says: "Accounts and hosts first, then people who are in a conversation." },
  at: { says: "When it was, by default now. At most 5 minutes ahead of the gate's clock.", example: AT },
  basis: { says: "Ids of the answers that an allow rests on." },
  by: { says: "Whose answer it is. Left out where they come with their own token." },
  bytes: { says: "Length in bytes; null where the gate did not see them." },
  cache_ms_max: {
    says: "How old the consent state may have been, ms, where a cache served it; null: reads were strict.",
  },
  captured_at: { says: "When the content was captured.", example: AT },
  captured_until: { says: "Until when, for what lasts." },
  closed_at: { says: "When it ended; null: not yet, or never." },
  code: { says: "The fault, as one word." },
  config_digest: { says: "SHA-256 of the configuration in force." },
  consent: { says: "How the answer stands, now." },
  consent_needed: {
    says: "Whose consent is still needed before content may be used to train, and where to record it.",
  },
  consents: { says: "The answers: in a list, newest first; under rests_on, their ids." },
  content_usage: { says: "The Content-Usage header it would be sent with.", example: "train-ai=n" },
  conversation: {
    says: "Id of the conversation; of an objection, null for a standing one.",
    example: "monday",
  },
  counts: { says: "Items by what was done with them; null while open." },
  covers: { says: "For each kind of content, the earliest captured_at that is covered." },
  covers_from: {
    says: "The earliest captured_at to cover. Default: the start of the unbroken run of consents.",
  },
  created_at: { says: "When it was issued." },
  decided: { says: "What was decided of every item, by account, conversation, outcome and reason." },
  decided_at: { says: "The instant the decision is of." },
  decision: { says: "allow or deny." },
  detail: { says: "What is wrong, and what to do next. Never repeats what was sent." },
  digest: { says: "Keyed digest (HMAC-SHA-256 of the SHA-256, base64url)." },
  effective_at: {
    says: "From when the version counts; a material one lapses older consents then.",
    example: AT,
  },
  enabled: { says: "Whether the account has the service on. Never implies consent.", example: true },
  ended_at: { says: "When the conversation ended; null: not yet, or not known." },
  evidence_sha256: { says: "Of an imported answer: the digest of what proves it." },
  exchange: { says: "Id of the exchange, as in the gate's Tenfour-Exchange header." },
  exchanges: { says: "Newest first, without what may be long." },
  expires_at: {
    says: "Until when; null or absent: until another answer. Of a key: when it ends.",
    example: "2027-11-22T09:00:00Z",
  },
  explanation: { says: "The reason in one sentence." },
  fault: { says: "The fault, where it did not go well." },
  field: { says: "The member or parameter that is wrong." },
  from: { says: "Whose answer it has to be." },
  host: { says: "Whether they host; of a consent status, the host's consent, null where there is no host." },
  how: { says: "The request that records it." },
  id: { says: "Id of this record." },
  in_doubt: { says: "From `settled` to before this index, what was decided may or may not have left." },
  item: { says: "The item by its fields; instead of record." },
  items: { says: "How many items, or index ranges of them, both ends inclusive." },
  joined_at: { says: "When they joined." },
  key: {
    says: "The key itself, shown in this answer and never again. Absent when a repeated request is answered.",
  },
  key_id: { says: "Id of the producer key it came with." },
  kind: { says: "Kind of conversation (fixed once created), or of content.", example: "meeting" },
  kinds: { says: "Kinds of content.", example: ["transcript", "chat"] },
  known: { says: "Which of the ids that were sent are known here." },
  labels: {
    says: "Marks that keep content from ever being used to train. Absent: as they were.",
    example: [],
  },
  lapsed: { says: "Whether it has come to that already." },
  lapses_at: {
    says: "From when a newer material notice, as far as announced, lapses the answer; null: none does.",
  },
  left_at: { says: "When they left; null: still there." },
  locale: { says: "BCP 47 language tag of the text.", example: "en" },
  material: { says: "Whether older consents lapse when this version takes effect.", example: true },
  name: { says: "What people call the service." },
  next: { says: "Send it as `cursor` for the next page; null: there is none." },
  notice: { says: "The version to show people now; null: none is published." },
  notice_text: { says: "The text that was answered." },
  notice_version: { says: "The version of the notice that was shown or answered.", example: "2026-11" },
  notices: { says: "Versions, in order." },
  objections_standing: { says: "The person's objections that have not been withdrawn." },
  opened_at: { says: "When it began." },
  outcome: { says: "What was done, or would be done." },
  overlap_s: { says: "How long both keys are good, s. 0: the old one ends now.", example: 3600 },
  participation_rule: {
    says: "Who must accept: notice, speaker or everyone. Never looser than the configuration's.",
    example: "speaker",
  },
  people: {
    says: "Whom to ask: those hosting now, or the participant. Of an account who gave it; any owner or admin may answer.",
  },
  person: { says: "Id of the person.", example: "ana" },
  position: { says: "Its place in the order of the service's versions, from 1." },
  presence: { says: "Every stay of the person, oldest first." },
  private_to: { says: "The people a private message was for." },
  producer: { says: "Name of the service that sends data.", example: "recorder" },
  producer_key: { says: "Id of the key it would be sent with. Default: one that may send for the account." },
  producer_keys: { says: "Newest first, never the keys themselves." },
  published_at: { says: "When the version was published. Default: now.", example: AT },
  purpose: { says: "The route's purpose." },
  reason: { says: "Exactly one of the reasons of docs/reasons.md." },
  received: { says: "What came in." },
  record: { says: "The record as it would be sent; or item." },
  recorded_by: { says: "Who recorded it: role, subject and issuer of the token." },
  rests_on: { says: "The consents that forwarded items rest on." },
  revision: { says: "Counts every change of the account's consent state." },
  revoked_at: { says: "When it was revoked; null: it is not." },
  role: { says: "The role in which they answered.", example: "owner" },
  route: { says: "Id of the route of the configuration.", example: "train-meetings" },
  routes: { says: "Ids of routes of the configuration.", example: ["train-meetings", "telemetry"] },
  rule: { says: "The rule that decided, T1 to T15; null: none of them denies." },
  section: { says: "The section of your terms it belongs to.", example: "10.4" },
  sent: { says: "What went out." },
  service: {
    says: "Id of a service of the configuration. Of an objection, absent or null: every service.",
    example: "meeting-summary",
  },
  services: { says: "One for each service." },
  settled: { says: "Items before this index were dealt with as decided." },
  sha256: { says: "SHA-256 of the text, hex." },
  shown: { says: "The versions the person was shown, and when." },
  since: { says: "Of an acceptance: from when it holds without a break." },
  source: { says: "Of an imported answer: where it came from." },
  speaker: { says: "The participant whose content it is.", example: "ana" },
  standing: { says: "How the account's consent stands, now." },
  started_at: { says: "When the conversation started; null: not known.", example: AT },
  status: { says: "The status of the answer." },
  superseded_by: { says: "The version that lapses the answer." },
  text: { says: "The text people are shown.", example: "May we train our models on your meetings?" },
  title: { says: "The problem in a few words." },
  trial_ends_at: { says: "When a trial of the service ends; null: it is none." },
  type: { says: "A URN that names the problem." },
  upstream_complete: { says: "Whether the upstream saw a complete request; null: cannot be known." },
  upstream_status: { says: "The status the upstream answered with." },
  version: { says: "Name of the version, once for each service.", example: "2026-11" },
  what_would_change: { says: "What would have to change for another answer." },
  who: { says: "Whose answer: the account's, a host's or participants'." },
};

/** Throws an `Error` for a name without words. */
export function wordOn(name: string): Word {
  const word = WORDS[name];
  if (word === undefined) throw new Error(`openapi-words.ts has no words for ${name}`);
  return word;
}

/** The names that have words. */
export const WORDED: readonly string[] = Object.keys(WORDS);
