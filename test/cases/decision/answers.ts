/** T13 and T14: the account's and the host's answers. The same table for both, and then what only one of them has. */
import type { Consent, Kind, Reason } from "../../../src/decision/model.ts";
import { AT, type Case, minute, NOW, START, secondVersion } from "./story.ts";

const covers = (...pairs: [Kind, number][]) => new Map(pairs);

interface Row {
  readonly name: string;
  /** null: there is none. */
  readonly answer: Partial<Consent> | null;
  readonly notices?: Case["notices"];
  readonly item?: Case["item"];
  readonly ofAccount: Reason;
  readonly ofHost: Reason;
}

const missing = { ofAccount: "account_consent_missing", ofHost: "host_consent_missing" } as const;
const expired = { ofAccount: "account_consent_expired", ofHost: "host_consent_expired" } as const;
const superseded = { ofAccount: "account_consent_superseded", ofHost: "host_consent_superseded" } as const;
const kindNotCovered = { ofAccount: "kind_not_covered", ofHost: "host_kind_not_covered" } as const;
const before = { ofAccount: "captured_before_consent", ofHost: "captured_before_host_consent" } as const;
const refused = { ofAccount: "account_consent_refused", ofHost: "host_consent_refused" } as const;
const holds = { ofAccount: "consented", ofHost: "consented" } as const;

const BOTH: readonly Row[] = [
  { name: "none", answer: null, ...missing },
  { name: "answered 1 ms from now", answer: { at: NOW + 1 }, ...missing },
  { name: "answered now", answer: { at: NOW }, ...holds },
  {
    name: "refused 1 ms from now: not an answer yet",
    answer: { answer: "refused", at: NOW + 1 },
    ...missing,
  },
  { name: "given by the operator", answer: { role: "operator" }, ...missing },
  { name: "given by a participant", answer: { role: "participant" }, ...missing },
  { name: "given in no role", answer: { role: "" }, ...missing },
  { name: "given by nobody", answer: { person: "" }, ...missing },
  { name: "given to an unknown version", answer: { noticeVersion: "v9" }, ...missing },
  {
    name: "given to an unknown version, expired",
    answer: { noticeVersion: "v9", expiresAt: NOW },
    ...missing,
  },
  { name: "refused", answer: { answer: "refused" }, ...refused },
  { name: "refused by the operator", answer: { answer: "refused", role: "operator" }, ...refused },
  { name: "refused, of an unknown version", answer: { answer: "refused", noticeVersion: "v9" }, ...refused },
  { name: "refused and expired", answer: { answer: "refused", expiresAt: NOW }, ...refused },
  {
    name: "withdrawn",
    answer: { answer: "withdrawn" },
    ofAccount: "account_consent_withdrawn",
    ofHost: "host_consent_withdrawn",
  },
  {
    name: "withdrawn after the item was captured: a new use all the same",
    answer: { answer: "withdrawn", at: NOW },
    ofAccount: "account_consent_withdrawn",
    ofHost: "host_consent_withdrawn",
  },
  {
    name: "revoked",
    answer: { answer: "revoked", role: "operator" },
    ofAccount: "account_consent_revoked",
    ofHost: "host_consent_revoked",
  },
  { name: "expires in 1 ms", answer: { expiresAt: NOW + 1 }, ...holds },
  { name: "expires now", answer: { expiresAt: NOW }, ...expired },
  { name: "expired 1 ms ago", answer: { expiresAt: NOW - 1 }, ...expired },
  {
    name: "expired before superseded",
    answer: { expiresAt: NOW },
    notices: secondVersion(true, NOW),
    ...expired,
  },
  { name: "a material version now in effect", answer: {}, notices: secondVersion(true, NOW), ...superseded },
  { name: "a material version since 1 ms", answer: {}, notices: secondVersion(true, NOW - 1), ...superseded },
  { name: "a material version in 1 ms", answer: {}, notices: secondVersion(true, NOW + 1), ...holds },
  { name: "a version that is not material", answer: {}, notices: secondVersion(false, 0), ...holds },
  {
    name: "superseded by a version before the last",
    answer: {},
    notices: [...secondVersion(true, NOW), { version: "v3", material: false, effectiveAt: NOW }],
    ...superseded,
  },
  {
    name: "an earlier version in the order, later in effect, supersedes nothing",
    answer: {},
    notices: [{ version: "v0", material: true, effectiveAt: NOW }, ...secondVersion(false, 0)],
    ...holds,
  },
  {
    name: "superseded before the kind is asked",
    answer: { covers: covers() },
    notices: secondVersion(true, NOW),
    ...superseded,
  },
  { name: "covers nothing", answer: { covers: covers() }, ...kindNotCovered },
  { name: "covers another kind", answer: { covers: covers(["audio", 0]) }, ...kindNotCovered },
  { name: "covers from captured_at", answer: { covers: covers(["transcript", AT]) }, ...holds },
  { name: "covers from 1 ms after", answer: { covers: covers(["transcript", AT + 1]) }, ...before },
  {
    name: "covers another kind for longer",
    answer: { covers: covers(["audio", 0], ["transcript", AT + 1]) },
    ...before,
  },
  {
    name: "given after the item, for the time before it",
    answer: { at: AT + 1, covers: covers(["transcript", AT]) },
    ...holds,
  },
];

/** Under a new version, whoever is not the subject of the row has answered anew. */
const anew = (row: Row): Partial<Consent> =>
  row.notices ? { noticeVersion: row.notices.at(-1)!.version } : {};
const benAnew = (row: Row): Case["people"] => ({
  ben: { accepted: [[row.notices?.at(-1)?.version ?? "v1", minute(9)]] },
});

const ofAccount = BOTH.map((row): Case => {
  const { name, answer, ofAccount: expect } = row;
  return {
    rule: "T13",
    name: `account consent ${name}`,
    accountConsent: { summary: answer },
    hostConsent: { summary: anew(row) },
    people: benAnew(row)!,
    ...(row.notices ? { notices: row.notices } : {}),
    expect,
  };
});

const ofHost = BOTH.map((row): Case => {
  const { name, answer, ofHost: expect } = row;
  return {
    rule: "T14",
    name: `host consent ${name}`,
    accountConsent: { summary: anew(row) },
    hostConsent: { summary: answer },
    people: benAnew(row)!,
    ...(row.notices ? { notices: row.notices } : {}),
    expect,
  };
});

export const ANSWERS: readonly Case[] = [
  ...ofAccount,
  ...ofHost,
  {
    rule: "T13",
    name: "an admin may give",
    accountConsent: { summary: { role: "admin" } },
    expect: "consented",
  },
  {
    rule: "T13",
    name: "a host may not give for the account",
    accountConsent: { summary: { role: "host" } },
    expect: "account_consent_missing",
  },
  {
    rule: "T13",
    name: "before T14",
    accountConsent: { summary: { covers: covers(["transcript", AT + 1]) } },
    hostConsent: { summary: null },
    expect: "captured_before_consent",
  },
  {
    rule: "T14",
    name: "an owner may not give for the host",
    hostConsent: { summary: { role: "owner" } },
    expect: "host_consent_missing",
  },
  {
    rule: "T14",
    name: "a webinar has a host",
    conversation: { kind: "webinar" },
    hostConsent: { summary: null },
    expect: "host_consent_missing",
  },
  {
    rule: "T14",
    name: "a call has a host",
    conversation: { kind: "call" },
    hostConsent: { summary: null },
    expect: "host_consent_missing",
  },
  {
    rule: "T14",
    name: "a channel has none",
    conversation: { kind: "channel" },
    hostConsent: { summary: null },
    expect: "consented",
    basis: ["account summary", "ben accepted summary"],
  },
  {
    rule: "T14",
    name: "the answer of a host who handed over stands",
    hostConsent: { summary: { person: "hal" } },
    people: { hal: { there: [[START, AT - 1]] } },
    expect: "consented",
    basis: ["account summary", "host summary", "ben accepted summary"],
  },
  {
    rule: "T14",
    name: "before T15",
    hostConsent: { summary: { covers: covers(["transcript", AT + 1]) } },
    item: { speaker: "zed" },
    expect: "captured_before_host_consent",
  },
];
