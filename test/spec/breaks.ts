/** One thing wrong at a time, for each reason of each rule; each leaves the rest of a situation as it was. */
import { type Consent, KINDS, LABELS, type Participant } from "../../src/decision/model.ts";
import type { Random } from "../support/random.ts";
import type { Rule } from "./reference.ts";
import {
  ACCOUNT,
  CONVERSATION,
  type Content,
  MINUTE,
  type Mutable,
  OTHER_ACCOUNT,
  OTHER_CONVERSATION,
  type Situation,
} from "./situation.ts";

export interface Break {
  readonly name: string;
  /** The rule it is meant to make apply; `shape`: it changes what the rules ask for. */
  readonly rule: Rule | "shape";
  readonly apply: (s: Situation, r: Random) => void;
}

export const content = (s: Situation): Content => {
  if (s.item.type !== "content") throw new Error("not content");
  return s.item;
};
export const account = (s: Situation) => s.state.accounts.get(ACCOUNT)!;
export const conversation = (s: Situation) => s.state.conversations.get(CONVERSATION)!;
export const someService = (s: Situation, r: Random) => r.pick(s.terms.services).id;
/** Most often the speaker, if there is one. */
export const somePerson = (s: Situation, r: Random): Mutable<Participant> => {
  const people = conversation(s).people;
  const speaker = people.get(content(s).speaker ?? "");
  return speaker !== undefined && r.chance(0.7) ? speaker : r.pick([...people.values()]);
};
export const answers = (s: Situation, by: "account" | "host") =>
  by === "account" ? account(s).consents : conversation(s).hostConsents;
/** Nothing is done where there is no such answer, as in a channel. */
export function changeAnswer(
  s: Situation,
  r: Random,
  by: "account" | "host",
  change: (answer: Mutable<Consent>) => void,
) {
  const answer = answers(s, by).get(someService(s, r));
  if (answer !== undefined) change(answer);
}

/** A material version in effect after everything a person may have answered. */
function supersede(s: Situation, service: string) {
  const notices = s.state.notices.get(service)!;
  notices.push({ version: `v${notices.length + 1}`, material: true, effectiveAt: s.now });
}

const ofAnswer = (by: "account" | "host", rule: Rule): Break[] => {
  const on = (name: string, change: (answer: Mutable<Consent>, s: Situation, r: Random) => void): Break => ({
    name: `${by}: ${name}`,
    rule,
    apply: (s, r) => changeAnswer(s, r, by, (answer) => change(answer, s, r)),
  });
  return [
    { name: `${by}: none`, rule, apply: (s, r) => void answers(s, by).delete(someService(s, r)) },
    on("by another role", (answer, _s, r) => {
      answer.role = r.pick(["operator", "participant", "", by === "host" ? "owner" : "host"]);
    }),
    on("by nobody", (answer) => {
      answer.person = "";
    }),
    on("unknown version", (answer) => {
      answer.noticeVersion = "v0";
    }),
    ...(["refused", "withdrawn", "revoked"] as const).flatMap((state) => [
      on(state, (answer, _s, r) => {
        answer.answer = state;
        if (r.chance(0.3)) answer.role = "operator";
        if (r.chance(0.3)) answer.noticeVersion = "v0";
        if (r.chance(0.3)) answer.covers.clear();
      }),
    ]),
    on("expired", (answer, s, r) => {
      answer.expiresAt = s.now - r.int(0, 2);
    }),
    on("superseded", (answer, s) => {
      const service = [...answers(s, by)].find(([, one]) => one === answer)![0];
      supersede(s, service);
      // Everything else of the service moves on to the new version, so that this answer alone is left behind.
      const version = s.state.notices.get(service)!.at(-1)!.version;
      for (const other of [account(s).consents.get(service), conversation(s).hostConsents.get(service)]) {
        if (other !== undefined && other !== answer) other.noticeVersion = version;
      }
      for (const person of conversation(s).people.values()) {
        for (const showing of person.shown) if (showing.service === service) showing.noticeVersion = version;
        const acceptance = person.acceptances.get(service);
        if (acceptance !== undefined) acceptance.noticeVersion = version;
      }
    }),
    on("kind not covered", (answer, s) => {
      for (const kind of KINDS) if (kind === content(s).kind) answer.covers.delete(kind);
    }),
    on("covers later", (answer, s) => {
      for (const kind of KINDS)
        if (kind === content(s).kind) answer.covers.set(kind, content(s).capturedAt! + 1);
    }),
  ];
};

const on = (rule: Rule | "shape", name: string, apply: (s: Situation, r: Random) => void): Break => ({
  rule,
  name,
  apply,
});

export const BREAKS: readonly Break[] = [
  on("T1", "service data", (s) => {
    s.item = { type: "service_data" };
  }),
  on("T1", "opaque", (s) => {
    s.item = { type: "opaque" };
  }),
  on("T2", "third party", (s, r) => {
    s.terms.recipient = r.pick(["third-party", "partner", ""]);
  }),
  on("T3", "operate", (s, r) => {
    s.terms.purpose = r.pick(["operate", "sell", "", "Train"]);
  }),
  on("T3", "protect, not an invite", (s) => {
    s.terms.purpose = "protect";
  }),
  on("T4", "label of the account", (s, r) => void account(s).labels.push(r.pick(LABELS))),
  on("T4", "label of the conversation", (s, r) => void conversation(s).labels.push(r.pick(LABELS))),
  on("T4", "label of the item", (s, r) => void content(s).labels.push(r.pick(LABELS))),
  on("T5", "kind unknown", (s, r) => {
    content(s).kind = r.pick([null, "", "Audio", "gossip"]);
  }),
  on("T5", "kind not admitted", (s) => {
    s.terms.kinds = s.terms.kinds.filter((kind) => kind !== content(s).kind);
  }),
  on(
    "T5",
    "label unknown",
    (s, r) => void content(s).labels.push(r.pick(["", "secret", "Education_records"])),
  ),
  on("T6", "no account", (s, r) => {
    content(s).account = r.pick([null, "", "initech"]);
  }),
  on("T6", "another account", (s) => {
    content(s).account = OTHER_ACCOUNT;
  }),
  on("T6", "no conversation", (s, r) => {
    content(s).conversation = r.pick([null, "", "c-0", OTHER_CONVERSATION]);
  }),
  on("T6", "no time", (s) => {
    content(s).capturedAt = null;
  }),
  on("T6", "end unreadable", (s) => {
    content(s).capturedUntil = "unreadable";
  }),
  on("T7", "producer bound elsewhere", (s, r) => {
    s.producer.accounts = r.pick([[], [OTHER_ACCOUNT], ["acme "]]);
  }),
  on("T8", "start in the future", (s, r) => {
    content(s).capturedAt = s.now + 5 * MINUTE + r.int(1, MINUTE);
    if (r.chance(0.5)) content(s).capturedUntil = null;
  }),
  on("T8", "end in the future", (s, r) => {
    content(s).capturedUntil = s.now + 5 * MINUTE + r.int(1, MINUTE);
  }),
  on("T9", "protect, an invite", (s) => {
    s.terms.purpose = "protect";
    content(s).kind = "invite";
    if (!s.terms.kinds.includes("invite")) s.terms.kinds.push("invite");
  }),
  on("T10", "no setting", (s, r) => void account(s).services.delete(someService(s, r))),
  on("T10", "disabled", (s, r) => {
    const setting = account(s).services.get(someService(s, r));
    if (setting !== undefined) setting.enabled = false;
  }),
  on("T10", "trial over", (s, r) => {
    const setting = account(s).services.get(someService(s, r));
    if (setting !== undefined) setting.trialEndsAt = s.now - r.int(0, MINUTE);
  }),
  on("T11", "serve", (s) => {
    s.terms.purpose = "serve";
  }),
  on("T12", "signal", (s, r) => {
    content(s).signal = r.pick(["disallows", "malformed"] as const);
  }),
  ...ofAnswer("account", "T13"),
  ...ofAnswer("host", "T14"),
  on("T15", "speaker unknown", (s, r) => {
    content(s).speaker = r.pick(["", "zed"]);
  }),
  on("T15", "speaker away", (s, r) => {
    const at = content(s).capturedAt!;
    somePerson(s, r).presence = r.pick([[], [{ from: at - MINUTE, to: at }], [{ from: at + 1, to: null }]]);
  }),
  on("T15", "objects", (s, r) => {
    const ended = r.chance(0.5);
    somePerson(s, r).objections.push({
      id: "objection",
      service: r.pick([null, ...s.terms.services.map(({ id }) => id), "another"]),
      from: ended ? content(s).capturedAt! - r.int(-1, 1) : s.now - r.int(-1, MINUTE),
      to: ended ? content(s).capturedAt! + r.int(0, 2) : null,
    });
  }),
  on("T15", "not shown", (s, r) => {
    somePerson(s, r).shown = [];
  }),
  on("T15", "shown late", (s, r) => {
    for (const showing of somePerson(s, r).shown) showing.at = content(s).capturedAt! + 1;
  }),
  on("T15", "shown an unknown version", (s, r) => {
    for (const showing of somePerson(s, r).shown) showing.noticeVersion = "v0";
  }),
  on("T15", "not accepted", (s, r) => void somePerson(s, r).acceptances.delete(someService(s, r))),
  on("T15", "accepted an unknown version", (s, r) => {
    for (const acceptance of somePerson(s, r).acceptances.values()) acceptance.noticeVersion = "v0";
  }),
  on("T15", "answers of people superseded", (s, r) => {
    const service = someService(s, r);
    supersede(s, service);
    const version = s.state.notices.get(service)!.at(-1)!.version;
    for (const answer of [account(s).consents.get(service), conversation(s).hostConsents.get(service)]) {
      if (answer !== undefined) answer.noticeVersion = version;
    }
  }),
  on("T15", "nobody there", (s) => {
    content(s).speaker = null;
    for (const person of conversation(s).people.values()) person.presence = [];
  }),
  on("T15", "presence not settled", (s, r) => {
    content(s).speaker = null;
    s.terms.presenceSettleMs = s.now - content(s).capturedAt! + r.int(0, MINUTE);
  }),
  on("shape", "everyone", (s) => {
    account(s).rule = "everyone";
  }),
  on("shape", "the least strict", (s) => {
    account(s).rule = "notice";
    s.terms.participationRuleMin = "notice";
  }),
  on("shape", "no speaker", (s) => {
    content(s).speaker = null;
  }),
  on("shape", "whole conversation", (s) => {
    content(s).speaker = null;
    content(s).capturedUntil = null;
  }),
  on("shape", "private", (s, r) => {
    content(s).privateTo = r.pick([[], ["zed"], [""], [...conversation(s).people.keys()]]);
  }),
  on("shape", "biometric", (s) => {
    content(s).kind = "biometric";
    if (!s.terms.kinds.includes("biometric")) s.terms.kinds.push("biometric");
    for (const answer of [...account(s).consents.values(), ...conversation(s).hostConsents.values()]) {
      answer.covers.set("biometric", content(s).capturedAt!);
    }
  }),
  on("shape", "channel", (s, r) => {
    conversation(s).kind = "channel";
    if (r.chance(0.5)) conversation(s).hostConsents.clear();
  }),
];
