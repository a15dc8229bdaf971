/** T15 under the rule `notice`: who was shown what, and where that is not enough. */
import { AT, type Case, NOW, SHOWN, secondVersion } from "./story.ts";

const none = { accepted: [], shown: [] };
const notice = { account: { rule: "notice" } } as const;
const privately = (...people: string[]) => ({ privateTo: people });

export const NOTICES: readonly Case[] = [
  {
    rule: "T15",
    name: "notice rule: the shown are covered by the host",
    ...notice,
    people: { ben: { accepted: [] } },
    expect: "consented",
    basis: ["account summary", "host summary", "ben shown summary"],
  },
  {
    rule: "T15",
    name: "notice rule: not shown",
    ...notice,
    people: { ben: none },
    expect: "participant_not_notified",
  },
  {
    rule: "T15",
    name: "notice rule: to accept is not to be shown",
    ...notice,
    people: { ben: { shown: [] } },
    expect: "participant_not_notified",
  },
  {
    rule: "T15",
    name: "notice rule: shown at captured_at",
    ...notice,
    people: { ben: { shown: [["v1", AT]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "notice rule: shown 1 ms later",
    ...notice,
    people: { ben: { shown: [["v1", AT + 1]] } },
    expect: "participant_not_notified",
  },
  {
    rule: "T15",
    name: "notice rule: shown for another service",
    ...notice,
    people: { ben: { shown: [["v1", SHOWN, "compose"]] } },
    expect: "participant_not_notified",
  },
  {
    rule: "T15",
    name: "notice rule: shown a version superseded now",
    ...notice,
    notices: secondVersion(true, NOW),
    accountConsent: { summary: { noticeVersion: "v2" } },
    hostConsent: { summary: { noticeVersion: "v2" } },
    expect: "participant_not_notified",
  },
  {
    rule: "T15",
    name: "notice rule: shown an old version and then the new one",
    ...notice,
    notices: secondVersion(true, NOW),
    accountConsent: { summary: { noticeVersion: "v2" } },
    hostConsent: { summary: { noticeVersion: "v2" } },
    people: {
      ben: {
        shown: [
          ["v1", SHOWN],
          ["v2", AT],
        ],
      },
    },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "notice rule, channel: must accept as well",
    ...notice,
    conversation: { kind: "channel" },
    people: { ben: { accepted: [] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "notice rule, channel: shown and accepted",
    ...notice,
    conversation: { kind: "channel" },
    expect: "consented",
    basis: ["account summary", "ben shown summary", "ben accepted summary"],
  },
  {
    rule: "T15",
    name: "notice rule, biometric: must accept as well",
    ...notice,
    item: { kind: "biometric" },
    people: { ben: { accepted: [] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "notice rule, private: must accept as well",
    ...notice,
    item: privately("ana"),
    people: { ben: { accepted: [] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "notice rule, private to nobody: private all the same",
    ...notice,
    item: privately(),
    people: { ben: { accepted: [] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "notice rule: the consenting host too must have been shown",
    ...notice,
    item: { speaker: "ana" },
    people: { ana: none },
    expect: "participant_not_notified",
  },
];
