/** T15: the person whose host consent stands counts as having accepted when they gave it. */
import { ACCEPTED, AT, type Case, HOST_CONSENTED } from "./story.ts";

const speaks = { item: { speaker: "ana" } } as const;
const fromTheStart = new Map([["transcript", HOST_CONSENTED]] as const);

export const HOSTS: readonly Case[] = [
  {
    rule: "T15",
    name: "the host need not accept",
    ...speaks,
    expect: "consented",
    basis: ["account summary", "host summary"],
  },
  {
    rule: "T15",
    name: "the host gave at captured_at",
    ...speaks,
    hostConsent: { summary: { at: AT, covers: fromTheStart } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "a host who renewed another's consent has accepted since the renewal, not since its run began",
    ...speaks,
    hostConsent: { summary: { at: AT + 1, covers: fromTheStart } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "a host who objected and took it back has to accept anew",
    ...speaks,
    people: { ana: { accepted: [], objected: [[ACCEPTED, ACCEPTED + 1]] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "a host who objected before giving has answered since",
    ...speaks,
    people: { ana: { accepted: [], objected: [[HOST_CONSENTED - 2, HOST_CONSENTED - 1]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "a host who objected at the very instant of giving has to accept anew",
    ...speaks,
    people: { ana: { accepted: [], objected: [[HOST_CONSENTED, HOST_CONSENTED + 1]] } },
    expect: "participant_undecided",
  },
  {
    rule: "T15",
    name: "a private message for the host who consented, and of whom nothing else is known",
    item: { privateTo: ["hal"] },
    hostConsent: { summary: { person: "hal" } },
    expect: "consented",
    basis: ["account summary", "host summary", "ben accepted summary"],
  },
  {
    rule: "T15",
    name: "a private message without a speaker, and nobody known to be present",
    item: { speaker: null, privateTo: ["ben"], capturedUntil: AT + 1 },
    people: { ana: { accepted: [], there: [] }, ben: { there: [] } },
    expect: "participants_unknown",
  },
];
