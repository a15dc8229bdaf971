/** Changes after which less may be allowed, never more. Each may leave a situation as it was. */
import { KINDS, LABELS } from "../../../src/decision/model.ts";
import {
  account,
  answers,
  changeAnswer,
  content,
  conversation,
  somePerson,
  someService,
} from "../../spec/breaks.ts";
import type { Situation } from "../../spec/situation.ts";
import type { Random } from "../../support/random.ts";

export type Tightening = readonly [name: string, apply: (s: Situation, r: Random) => void];

/** `somebody`, unless the conversation is empty. */
const person = (s: Situation, r: Random) =>
  conversation(s).people.size === 0 ? undefined : somePerson(s, r);

const ofAnswer = (by: "account" | "host"): Tightening[] => [
  [
    `the ${by} says no`,
    (s, r) => {
      changeAnswer(s, r, by, (answer) => {
        answer.answer = r.pick(["refused", "withdrawn", "revoked"]);
      });
    },
  ],
  [
    `the ${by} said nothing`,
    (s, r) => {
      answers(s, by).delete(someService(s, r));
    },
  ],
  [
    `the ${by} consent covers fewer kinds`,
    (s, r) => {
      changeAnswer(s, r, by, (answer) => {
        for (const kind of r.some(KINDS)) answer.covers.delete(kind);
      });
    },
  ],
  [
    `the ${by} consent covers later`,
    (s, r) => {
      changeAnswer(s, r, by, (answer) => {
        for (const [kind, from] of answer.covers) answer.covers.set(kind, from + r.int(0, 2));
      });
    },
  ],
  [
    `the ${by} consent expires sooner`,
    (s, r) => {
      changeAnswer(s, r, by, (answer) => {
        answer.expiresAt = Math.min(answer.expiresAt ?? Number.POSITIVE_INFINITY, s.now + r.int(-1, 1));
      });
    },
  ],
];

export const TIGHTENINGS: readonly Tightening[] = [
  ...ofAnswer("account"),
  ...ofAnswer("host"),
  [
    "someone objects",
    (s, r) => {
      const from = r.pick([s.now, s.now - 1, content(s).capturedAt ?? 0]);
      const to = r.chance(0.5) ? null : from + r.int(1, 9);
      person(s, r)?.objections.push({ id: "new", service: r.pick([null, someService(s, r)]), from, to });
    },
  ],
  [
    "someone takes an acceptance back",
    (s, r) => {
      person(s, r)?.acceptances.delete(someService(s, r));
    },
  ],
  [
    "someone accepted later",
    (s, r) => {
      for (const acceptance of person(s, r)?.acceptances.values() ?? []) acceptance.since += r.int(0, 2);
    },
  ],
  [
    "someone was not shown the notice",
    (s, r) => {
      person(s, r)?.shown.splice(0);
    },
  ],
  [
    "someone was shown the notice later",
    (s, r) => {
      for (const showing of person(s, r)?.shown ?? []) showing.at += r.int(0, 2);
    },
  ],
  [
    "a stranger was there",
    (s, r) => {
      const at = content(s).capturedAt ?? s.now;
      conversation(s).people.set("stranger", {
        presence: [{ from: at - r.int(0, 1), to: at + r.int(1, 2) }],
        shown: [],
        acceptances: new Map(),
        objections: [],
      });
    },
  ],
  [
    "a material version takes effect",
    (s, r) => {
      const notices = s.state.notices.get(someService(s, r));
      notices?.push({ version: "new", material: true, effectiveAt: s.now - r.int(0, 1) });
    },
  ],
  [
    "a version turns out to be material",
    (s, r) => {
      for (const notice of s.state.notices.get(someService(s, r)) ?? []) notice.material ||= r.chance(0.5);
    },
  ],
  [
    "the payload disallows",
    (s, r) => {
      content(s).signal = r.pick(["disallows", "malformed"]);
    },
  ],
  [
    "a label",
    (s, r) => {
      r.pick([account(s).labels, conversation(s).labels, content(s).labels]).push(r.pick(LABELS));
    },
  ],
  [
    "an unknown label",
    (s) => {
      content(s).labels.push("unheard-of");
    },
  ],
  [
    "the route admits fewer kinds",
    (s, r) => {
      s.terms.kinds = r.some(s.terms.kinds);
    },
  ],
  [
    "the route's model improves one service more",
    (s) => {
      s.terms.services.push({ id: "unheard-of", optIn: false });
    },
  ],
  [
    "a third party receives it",
    (s) => {
      s.terms.recipient = "third-party";
      s.terms.serviceDataToThirdParty = false;
    },
  ],
  [
    "the service is disabled",
    (s, r) => {
      const setting = account(s).services.get(someService(s, r));
      if (setting !== undefined) setting.enabled = false;
    },
  ],
  [
    "the trial ends",
    (s, r) => {
      const setting = account(s).services.get(someService(s, r));
      if (setting !== undefined) setting.trialEndsAt = s.now;
    },
  ],
  [
    "the producer is bound elsewhere",
    (s) => {
      s.producer.accounts = ["unheard-of"];
    },
  ],
  [
    "it was private",
    (s, r) => {
      content(s).privateTo ??= r.pick([[], ["unheard-of"]]);
    },
  ],
  [
    "speaker becomes everyone",
    (s) => {
      if (s.terms.participationRuleMin !== "notice" && conversation(s).peopleComplete) {
        s.terms.participationRuleMin = "everyone";
      }
    },
  ],
  [
    "presence settles later",
    (s, r) => {
      s.terms.presenceSettleMs += r.int(0, 60_000);
    },
  ],
];
