/** T15: who must be checked, and whether each has agreed. */
import { ACCEPTED, AT, type Case, minute, NOW, SHOWN, START, secondVersion } from "./story.ts";

const none = { accepted: [], shown: [] };
const notice = { account: { rule: "notice" } } as const;
const everyone = { account: { rule: "everyone" } } as const;
const privately = (...people: string[]) => ({ privateTo: people });

export const PEOPLE: readonly Case[] = [
  {
    rule: "T15",
    name: "the story",
    expect: "consented",
    basis: ["account summary", "host summary", "ben accepted summary"],
  },
  { rule: "T15", name: "a speaker nobody knows", item: { speaker: "zed" }, expect: "speaker_unknown" },
  { rule: "T15", name: "a speaker who cannot be read", item: { speaker: "" }, expect: "speaker_unknown" },
  {
    rule: "T15",
    name: "a speaker who cannot be read is not whoever has an empty id",
    item: { speaker: "" },
    people: { "": {} },
    expect: "speaker_unknown",
  },
  {
    rule: "T15",
    name: "joined at captured_at",
    people: { ben: { there: [[AT, null]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "joined 1 ms later",
    people: { ben: { there: [[AT + 1, null]] } },
    expect: "speaker_unknown",
  },
  {
    rule: "T15",
    name: "left 1 ms later",
    people: { ben: { there: [[START, AT + 1]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "left at captured_at",
    people: { ben: { there: [[START, AT]] } },
    expect: "speaker_unknown",
  },
  { rule: "T15", name: "never joined", people: { ben: { there: [] } }, expect: "speaker_unknown" },
  {
    rule: "T15",
    name: "was out between two stays",
    people: {
      ben: {
        there: [
          [START, AT],
          [AT + 1, null],
        ],
      },
    },
    expect: "speaker_unknown",
  },
  {
    rule: "T15",
    name: "back again",
    people: {
      ben: {
        there: [
          [START, AT - 1],
          [AT, null],
        ],
      },
    },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "present when it began is enough",
    item: { capturedUntil: AT + minute(5) },
    people: { ben: { there: [[START, AT + 1]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "the speaker's absence before an objection of another",
    item: { speaker: "zed", ...privately("ben") },
    people: { ben: { objected: [[0, null]] } },
    expect: "speaker_unknown",
  },

  {
    rule: "T15",
    name: "speaker rule: has not accepted",
    people: { ben: { accepted: [] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "speaker rule: need not be shown",
    people: { ben: { shown: [] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "speaker rule: to be shown is not to accept",
    people: { ben: { accepted: [], shown: [["v1", SHOWN]] } },
    expect: "participant_undecided",
  },
  { rule: "T15", name: "speaker rule: others are not asked", people: { cy: none }, expect: "consented" },
  {
    rule: "T15",
    name: "accepted at captured_at",
    people: { ben: { accepted: [["v1", AT]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "accepted 1 ms later",
    people: { ben: { accepted: [["v1", AT + 1]] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "accepted for another service",
    people: { ben: { accepted: [["v1", ACCEPTED, "compose"]] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "accepted an unknown version",
    people: { ben: { accepted: [["v9", ACCEPTED]] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "accepted a version superseded now",
    notices: secondVersion(true, NOW),
    accountConsent: { summary: { noticeVersion: "v2" } },
    hostConsent: { summary: { noticeVersion: "v2" } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "accepted a version superseded in 1 ms",
    notices: secondVersion(true, NOW + 1),
    expect: "consented",
  },

  {
    rule: "T15",
    name: "private: the other has not accepted",
    item: privately("cy"),
    people: { cy: none },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "private: all have accepted",
    item: privately("cy", "ana"),
    people: { cy: {} },
    expect: "consented",
    basis: ["account summary", "host summary", "ben accepted summary", "cy accepted summary"],
  },
  {
    rule: "T15",
    name: "private: to someone nobody knows",
    item: privately("zed"),
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "private: to someone who cannot be read",
    item: privately(""),
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "private: the other need not have been there",
    item: privately("cy"),
    people: { cy: { there: [] } },
    expect: "consented",
  },

  {
    rule: "T15",
    name: "everyone: a listener has not accepted",
    ...everyone,
    people: { cy: none },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "everyone: all have accepted",
    ...everyone,
    people: { cy: {} },
    expect: "consented",
    basis: ["account summary", "host summary", "ben accepted summary", "cy accepted summary"],
  },
  {
    rule: "T15",
    name: "everyone, by the configuration: an account is never looser",
    account: { rule: "notice" },
    route: { participationRuleMin: "everyone" },
    people: { cy: none },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "speaker, by the configuration: an account is never looser",
    account: { rule: "notice" },
    route: { participationRuleMin: "speaker" },
    people: { ben: { accepted: [] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "the host who consented counts as having accepted",
    item: { speaker: "ana" },
    expect: "consented",
    basis: ["account summary", "host summary"],
  },
  {
    rule: "T15",
    name: "another host than the one who consented does not",
    item: { speaker: "ana" },
    hostConsent: { summary: { person: "hal" } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "in a channel nobody counts as the host",
    item: { speaker: "ana" },
    conversation: { kind: "channel" },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "several fail: the objection of one before the silence of another",
    ...everyone,
    people: { ben: { accepted: [] }, cy: { objected: [[AT, null]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "several fail: not shown before not accepted",
    ...notice,
    item: privately("cy"),
    people: { ben: { accepted: [] }, cy: { shown: [] } },
    expect: "participant_not_notified",
  },
];
