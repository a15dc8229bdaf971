/** Several services: every rule asks each, in the route's order, before the next rule asks the first. */
import type { Kind } from "../../../src/decision/model.ts";
import { ACCEPTED, AT, type Case, COMPOSE, NOW, RECORDING, SUMMARY } from "./story.ts";

const both = { services: [SUMMARY, COMPOSE] };
const reversed = { services: [COMPOSE, SUMMARY] };
const later = { covers: new Map<Kind, number>([["transcript", AT + 1]]) };
const disabled = { enabled: false, trialEndsAt: null };
const over = { enabled: true, trialEndsAt: NOW };

export const SERVICES: readonly Case[] = [
  {
    rule: "T15",
    name: "all hold for both",
    route: both,
    expect: "consented",
    basis: [
      "account summary",
      "host summary",
      "ben accepted summary",
      "account compose",
      "host compose",
      "ben accepted compose",
    ],
  },
  {
    rule: "T10",
    name: "the first in the route's order speaks",
    route: both,
    settings: { summary: over, compose: disabled },
    expect: "trial_ended",
  },
  {
    rule: "T10",
    name: "and in the other order the other",
    route: reversed,
    settings: { summary: over, compose: disabled },
    expect: "service_not_enabled",
  },
  {
    rule: "T10",
    name: "T10 of the second before T13 of the first",
    route: both,
    settings: { compose: disabled },
    accountConsent: { summary: null },
    expect: "service_not_enabled",
  },
  {
    rule: "T10",
    name: "another service's setting does not matter",
    settings: { compose: null },
    expect: "consented",
  },
  {
    rule: "T13",
    name: "the second is missing",
    route: both,
    accountConsent: { compose: null },
    expect: "account_consent_missing",
  },
  {
    rule: "T13",
    name: "the first's last reason before the second's first",
    route: both,
    accountConsent: { summary: later, compose: null },
    expect: "captured_before_consent",
  },
  {
    rule: "T13",
    name: "in the other order the other",
    route: reversed,
    accountConsent: { summary: later, compose: null },
    expect: "account_consent_missing",
  },
  {
    rule: "T13",
    name: "T13 of the second before T14 of the first",
    route: both,
    accountConsent: { compose: later },
    hostConsent: { summary: null },
    expect: "captured_before_consent",
  },
  {
    rule: "T13",
    name: "another service's refusal does not matter",
    accountConsent: { compose: { answer: "refused" } },
    expect: "consented",
  },
  {
    rule: "T13",
    name: "what is not opt-in needs consent to train all the same",
    route: { services: [RECORDING] },
    accountConsent: { recording: null },
    expect: "account_consent_missing",
  },
  {
    rule: "T14",
    name: "T14 of the second before T15 of the first",
    route: both,
    hostConsent: { compose: { answer: "withdrawn" } },
    people: { ben: { objected: [[0, null]] } },
    expect: "host_consent_withdrawn",
  },
  {
    rule: "T14",
    name: "the consenting host may differ from one service to the next",
    route: both,
    item: { speaker: "ana" },
    hostConsent: { compose: { person: "hal" } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "an objection to the second",
    route: both,
    people: { ben: { objected: [[AT, null, "compose"]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "the silence to the first before the objection to the second",
    route: both,
    people: { ben: { accepted: [["v1", ACCEPTED, "compose"]], objected: [[AT, null, "compose"]] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "in the other order the objection",
    route: reversed,
    people: { ben: { accepted: [["v1", ACCEPTED, "compose"]], objected: [[AT, null, "compose"]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "accepted the first only",
    route: both,
    people: { ben: { accepted: [["v1", ACCEPTED]] } },
    expect: "participant_undecided",
  },
];
