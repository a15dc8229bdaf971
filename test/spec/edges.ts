/** Every pair of instants whose order a rule asks about. One is moved next to the other: a millisecond before, onto it, after. */
import { KINDS } from "../../src/decision/model.ts";
import type { Random } from "../support/random.ts";
import { account, changeAnswer, content, conversation, somePerson, someService } from "./breaks.ts";
import { MINUTE, type Situation } from "./situation.ts";

export interface Edge {
  readonly name: string;
  /** `by`: -1, 0 or 1 ms. */
  readonly apply: (s: Situation, r: Random, by: number) => void;
}

const edge = (name: string, apply: Edge["apply"]): Edge => ({ name, apply });

/** The end of what the item covers, as far as the item says. */
const end = (s: Situation) => {
  const { capturedAt, capturedUntil } = content(s);
  return typeof capturedUntil === "number" && capturedUntil > capturedAt! ? capturedUntil : capturedAt! + 1;
};

const at = (s: Situation) => content(s).capturedAt!;

const ofAnswer = (by: "account" | "host"): Edge[] => [
  edge(`${by} answer at / now`, (s, r, d) =>
    changeAnswer(s, r, by, (answer) => {
      answer.at = s.now + d;
    }),
  ),
  edge(`${by} expires_at / now`, (s, r, d) =>
    changeAnswer(s, r, by, (answer) => {
      answer.expiresAt = s.now + d;
    }),
  ),
  edge(`${by} covers from / captured_at`, (s, r, d) =>
    changeAnswer(s, r, by, (answer) => {
      for (const kind of KINDS) if (kind === content(s).kind) answer.covers.set(kind, at(s) + d);
    }),
  ),
];

const objection = (s: Situation, r: Random, from: number, to: number | null) => {
  somePerson(s, r).objections.push({ id: "edge", service: r.pick([null, someService(s, r)]), from, to });
};

export const EDGES: readonly Edge[] = [
  edge("captured_at / now + 5 min", (s, _r, d) => {
    content(s).capturedAt = s.now + 5 * MINUTE + d;
    content(s).capturedUntil = null;
  }),
  edge("captured_until / now + 5 min", (s, _r, d) => {
    content(s).capturedUntil = s.now + 5 * MINUTE + d;
  }),
  edge("captured_at / now", (s, _r, d) => {
    content(s).capturedAt = s.now + d;
    content(s).capturedUntil = null;
    for (const person of conversation(s).people.values()) person.presence.push({ from: s.now - 9, to: null });
  }),
  edge("captured_until / captured_at", (s, _r, d) => {
    content(s).capturedUntil = at(s) + d;
  }),
  edge("trial_ends_at / now", (s, r, d) => {
    const setting = account(s).services.get(someService(s, r));
    if (setting !== undefined) setting.trialEndsAt = s.now + d;
  }),
  ...ofAnswer("account"),
  ...ofAnswer("host"),
  edge("effective_at / now", (s, r, d) => {
    const notices = s.state.notices.get(someService(s, r))!;
    notices.push({ version: `v${notices.length + 1}`, material: true, effectiveAt: s.now + d });
  }),
  edge("joined / captured_at", (s, r, d) => {
    somePerson(s, r).presence = [{ from: at(s) + d, to: null }];
  }),
  edge("left / captured_at", (s, r, d) => {
    somePerson(s, r).presence = [{ from: at(s) - MINUTE, to: at(s) + d }];
  }),
  edge("joined / end", (s, r, d) => {
    const person = somePerson(s, r);
    person.presence = [{ from: end(s) + d, to: null }];
    if (r.chance(0.5)) person.objections.push({ id: "late", service: null, from: 0, to: null });
  }),
  edge("joined / left", (s, r, d) => {
    somePerson(s, r).presence = [{ from: at(s), to: at(s) + d }];
  }),
  edge("objected / now", (s, r, d) => objection(s, r, s.now + d, null)),
  edge("objection withdrawn / now", (s, r, d) => objection(s, r, r.pick([end(s) + 1, at(s)]), s.now + d)),
  edge("objected / end", (s, r, d) => objection(s, r, end(s) + d, end(s) + 5)),
  edge("objection withdrawn / captured_at", (s, r, d) => objection(s, r, at(s) - 5, at(s) + d)),
  edge("objected / objection withdrawn", (s, r, d) => objection(s, r, at(s), at(s) + d)),
  edge("objected / conversation ended", (s, r, d) => {
    content(s).speaker = null;
    content(s).capturedUntil = null;
    const leaves = at(s) + 9;
    for (const person of conversation(s).people.values()) person.presence = [{ from: at(s) - 9, to: leaves }];
    conversation(s).endedAt = r.pick([null, leaves - 5, leaves + 5]);
    objection(s, r, Math.max(leaves, conversation(s).endedAt ?? 0) + d, s.now - 1);
  }),
  edge("objection withdrawn / conversation started", (s, r, d) => {
    content(s).speaker = null;
    content(s).capturedUntil = null;
    const joins = at(s) - 9;
    for (const person of conversation(s).people.values()) person.presence = [{ from: joins, to: null }];
    conversation(s).startedAt = r.pick([null, joins - 5, joins + 5]);
    const started = Math.min(joins, conversation(s).startedAt ?? joins);
    objection(s, r, started - MINUTE, started + d);
  }),
  edge("shown / captured_at", (s, r, d) => {
    for (const showing of somePerson(s, r).shown) showing.at = at(s) + d;
  }),
  edge("accepted / captured_at", (s, r, d) => {
    for (const acceptance of somePerson(s, r).acceptances.values()) acceptance.since = at(s) + d;
  }),
  edge("settled / now", (s, _r, d) => {
    content(s).speaker = null;
    const { capturedAt, capturedUntil } = content(s);
    s.terms.presenceSettleMs = s.now - (typeof capturedUntil === "number" ? capturedUntil : capturedAt!) + d;
  }),
];
