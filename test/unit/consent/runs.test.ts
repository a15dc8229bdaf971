import { describe, expect, test } from "vitest";
import {
  acceptanceSince,
  accountCovers,
  consentStanding,
  hostCovers,
  type PastAnswer,
  type PastConsent,
} from "../../../src/consent/runs.ts";
import type { Kind, Notice } from "../../../src/decision/model.ts";

const V1: Notice = { version: "v1", material: true, effectiveAt: 0 };
const wording = (effectiveAt: number): Notice => ({ version: "v2", material: false, effectiveAt });
const material = (effectiveAt: number): Notice => ({ version: "v2", material: true, effectiveAt });

function gave(
  at: number,
  covers: Partial<Record<Kind, number>>,
  more: Partial<PastConsent> = {},
): PastConsent {
  const kinds = new Map(Object.entries(covers) as [Kind, number][]);
  return { answer: "given", role: "owner", at, noticeVersion: "v1", covers: kinds, expiresAt: null, ...more };
}
function no(answer: "refused" | "withdrawn" | "revoked", at: number): PastConsent {
  return { answer, role: "owner", at, noticeVersion: "", covers: new Map(), expiresAt: null };
}

interface AccountCase {
  readonly name: string;
  readonly history: readonly PastConsent[];
  readonly notices?: readonly Notice[];
  readonly kinds?: readonly Kind[];
  /** At 100. */
  readonly coversFrom?: number;
  readonly covers: Partial<Record<Kind, number>>;
}

const ACCOUNT: readonly AccountCase[] = [
  { name: "a first answer covers from the giving", history: [], covers: { audio: 100 } },
  { name: "covers_from is honoured exactly", history: [], coversFrom: 7, covers: { audio: 7 } },
  { name: "covers_from to come is honoured exactly", history: [], coversFrom: 170, covers: { audio: 170 } },
  { name: "renewing keeps the start", history: [gave(50, { audio: 40 })], covers: { audio: 40 } },
  {
    name: "renewing keeps the start only of the kinds both cover",
    history: [gave(50, { audio: 40 })],
    kinds: ["chat", "audio"],
    covers: { chat: 100, audio: 40 },
  },
  {
    name: "a kind left out in between starts anew",
    history: [gave(50, { audio: 40, chat: 50 }), gave(60, { chat: 50 })],
    covers: { audio: 100 },
  },
  {
    name: "renewing with covers_from moves the start, forward",
    history: [gave(50, { audio: 40 })],
    coversFrom: 90,
    covers: { audio: 90 },
  },
  {
    name: "renewing with covers_from moves the start, back",
    history: [gave(50, { audio: 40 })],
    coversFrom: 3,
    covers: { audio: 3 },
  },
  ...(["refused", "withdrawn", "revoked"] as const).flatMap((answer): AccountCase[] => [
    {
      name: `after ${answer} it starts anew`,
      history: [gave(50, { audio: 40 }), no(answer, 60)],
      covers: { audio: 100 },
    },
    {
      name: `covers_from does not reach past ${answer}`,
      history: [gave(50, { audio: 40 }), no(answer, 60)],
      coversFrom: 40,
      covers: { audio: 60 },
    },
    {
      name: `covers_from after ${answer} is honoured exactly`,
      history: [no(answer, 60)],
      coversFrom: 61,
      covers: { audio: 61 },
    },
    {
      name: `covers_from does not reach past ${answer} when renewing what followed`,
      history: [no(answer, 60), gave(70, { audio: 70 })],
      coversFrom: 1,
      covers: { audio: 60 },
    },
  ]),
  {
    name: "the last of several refusals counts",
    history: [no("refused", 20), no("withdrawn", 60), no("refused", 80)],
    coversFrom: 1,
    covers: { audio: 80 },
  },
  {
    name: "still holds one millisecond before it expires",
    history: [gave(50, { audio: 40 }, { expiresAt: 101 })],
    covers: { audio: 40 },
  },
  {
    name: "expired at the instant of expiry",
    history: [gave(50, { audio: 40 }, { expiresAt: 100 })],
    covers: { audio: 100 },
  },
  {
    name: "covers_from does not reach past an expiry",
    history: [gave(50, { audio: 40 }, { expiresAt: 80 })],
    coversFrom: 10,
    covers: { audio: 80 },
  },
  {
    name: "covers_from does not reach past an expiry two answers ago",
    history: [gave(50, { audio: 40 }, { expiresAt: 60 }), gave(70, { audio: 70 })],
    coversFrom: 10,
    covers: { audio: 60 },
  },
  {
    name: "an expiry that another answer came before is no lapse",
    history: [gave(50, { audio: 40 }, { expiresAt: 80 }), gave(70, { audio: 40 })],
    coversFrom: 10,
    covers: { audio: 10 },
  },
  {
    name: "superseded at the instant a material version takes effect",
    history: [gave(50, { audio: 40 })],
    notices: [V1, material(100)],
    covers: { audio: 100 },
  },
  {
    name: "not superseded one millisecond before",
    history: [gave(50, { audio: 40 })],
    notices: [V1, material(101)],
    covers: { audio: 40 },
  },
  {
    name: "not superseded by new wording",
    history: [gave(50, { audio: 40 })],
    notices: [V1, wording(60)],
    covers: { audio: 40 },
  },
  {
    name: "not superseded by an earlier version in the order",
    history: [gave(50, { audio: 40 }, { noticeVersion: "v2" })],
    notices: [{ ...V1, effectiveAt: 90 }, wording(0)],
    covers: { audio: 40 },
  },
  {
    name: "covers_from does not reach past a supersession",
    history: [gave(50, { audio: 40 })],
    notices: [V1, material(70)],
    coversFrom: 10,
    covers: { audio: 70 },
  },
  {
    name: "an answer to a version superseded before it was given lapsed when it was given",
    history: [gave(50, { audio: 40 })],
    notices: [V1, material(30)],
    coversFrom: 10,
    covers: { audio: 50 },
  },
  {
    name: "an answer that says given, but from the operator, counts as missing",
    history: [gave(50, { audio: 40 }, { role: "operator" })],
    covers: { audio: 100 },
  },
  {
    name: "an answer to an unknown version counts as missing",
    history: [gave(50, { audio: 40 }, { noticeVersion: "v9" })],
    covers: { audio: 100 },
  },
];

describe("the run of an account's answer", () => {
  test.each(ACCOUNT)("$name", ({ history, notices = [V1], kinds = ["audio"], coversFrom = null, covers }) => {
    const giving = { kinds, at: 100, coversFrom };
    expect(Object.fromEntries(accountCovers(history, notices, giving))).toEqual(covers);
  });
});

describe("the run of a host's answer", () => {
  const host = { role: "host" };
  test.each([
    { name: "a first answer covers from the giving", history: [], covers: 100 },
    { name: "renewing keeps the start", history: [gave(50, { audio: 50 }, host)], covers: 50 },
    {
      name: "an owner's answer is not a host's",
      history: [gave(50, { audio: 50 }, { role: "owner" })],
      covers: 100,
    },
    {
      name: "after a withdrawal it starts anew",
      history: [gave(50, { audio: 50 }, host), no("withdrawn", 60)],
      covers: 100,
    },
    {
      name: "after an expiry it starts anew",
      history: [gave(50, { audio: 50 }, { ...host, expiresAt: 100 })],
      covers: 100,
    },
  ])("$name", ({ history, covers }) => {
    const found = hostCovers(history, [V1], { kinds: ["audio"], at: 100 });
    expect(Object.fromEntries(found)).toEqual({ audio: covers });
  });
});

describe("the run of an acceptance", () => {
  const answer = (
    kind: PastAnswer["answer"],
    service: string | null,
    since: number,
    noticeVersion: string | null = kind === "accepted" ? "v1" : null,
  ): PastAnswer => ({ answer: kind, service, since, noticeVersion });
  const accepted = answer("accepted", "s", 50);
  test.each([
    { name: "a first acceptance", history: [], since: 100 },
    { name: "accepting again", history: [accepted], since: 50 },
    { name: "accepting another service", history: [answer("accepted", "t", 50)], since: 100 },
    { name: "after an objection to it", history: [accepted, answer("objected", "s", 60)], since: 100 },
    {
      name: "after an objection to everything",
      history: [accepted, answer("objected", null, 60)],
      since: 100,
    },
    { name: "after an objection to another", history: [accepted, answer("objected", "t", 60)], since: 50 },
    {
      name: "after an objection since withdrawn",
      history: [accepted, answer("objected", "s", 60), answer("objection_withdrawn", "s", 70)],
      since: 100,
    },
    { name: "after an objection before it", history: [answer("objected", "s", 40), accepted], since: 50 },
    {
      name: "after its version was superseded",
      history: [accepted],
      notices: [V1, material(100)],
      since: 100,
    },
    {
      name: "before its version is superseded",
      history: [accepted],
      notices: [V1, material(101)],
      since: 50,
    },
    { name: "a version nobody knows", history: [answer("accepted", "s", 50, "v9")], since: 100 },
  ])("$name", ({ history, notices = [V1], since }) => {
    expect(acceptanceSince(history, notices, "s", 100)).toBe(since);
  });
});

describe("how an answer stands", () => {
  test.each([
    { latest: undefined, standing: "missing" },
    { latest: gave(101, {}), standing: "missing" },
    { latest: gave(100, {}), standing: "given" },
    { latest: gave(50, {}, { role: "host" }), standing: "missing" },
    { latest: gave(50, {}, { noticeVersion: "v9" }), standing: "missing" },
    { latest: gave(50, {}, { expiresAt: 100 }), standing: "expired" },
    { latest: gave(50, {}), notices: [V1, material(100)], standing: "superseded" },
    { latest: no("refused", 50), standing: "refused" },
    { latest: no("withdrawn", 50), standing: "withdrawn" },
    { latest: no("revoked", 50), standing: "revoked" },
  ] as const)("$standing", ({ latest, standing, ...more }) => {
    const notices = "notices" in more ? more.notices : [V1];
    expect(consentStanding("account", latest, notices, 100)).toBe(standing);
  });
});
