/** A case is a seed: a valid situation with none to three things broken, or an instant moved next to another. */
import { PARTICIPATION_RULES, type Participant } from "../../src/decision/model.ts";
import { type Random, random } from "../support/random.ts";
import { BREAKS, type Break } from "./breaks.ts";
import { EDGES } from "./edges.ts";
import { ACCOUNT, type Mutable, type Situation, validSituation } from "./situation.ts";

export interface Generated {
  readonly situation: Situation;
  /** What was done to a valid situation. */
  readonly broken: readonly string[];
  /** `edge name` and -1, 0 or 1, if an instant was moved. */
  readonly edge: readonly [name: string, by: number] | null;
}

/** How often a break of each rule is thrown, against 1. The later rules are hidden by the earlier ones. */
const WEIGHTS: Readonly<Record<string, number>> = { T13: 5, T14: 8, T15: 8, shape: 4 };

const BY_RULE = new Map<string, Break[]>();
for (const one of BREAKS) BY_RULE.set(one.rule, [...(BY_RULE.get(one.rule) ?? []), one]);
const RULES = [...BY_RULE.keys()];
const LOTTERY = RULES.flatMap((rule) => Array.from({ length: WEIGHTS[rule] ?? 1 }, () => rule));

export function generate(seed: number): Generated {
  const r = random(seed);
  const situation = validSituation(r);
  const moved = r.chance(0.3) ? ([r.pick(EDGES), r.int(-1, 1)] as const) : null;
  const rules = moved === null || r.chance(0.2) ? brokenRules(r) : [];
  // What changes the shape comes first: the rest depends on it. T1 comes last: it leaves no content to break.
  const order = (rule: string) => (rule === "shape" ? -1 : rule === "T1" ? 2 : rule === "T6" ? 1 : 0);
  const breaks = rules.sort((a, b) => order(a) - order(b)).map((rule) => r.pick(BY_RULE.get(rule)!));
  const split = breaks.findIndex((one) => order(one.rule) > 0);
  const before = split < 0 ? breaks : breaks.slice(0, split);
  const after = split < 0 ? [] : breaks.slice(split);
  for (const one of before) one.apply(situation, r);
  if (moved !== null) moved[0].apply(situation, r, moved[1]);
  for (const one of after) {
    if (situation.item.type === "content") one.apply(situation, r);
  }
  narrowPeople(situation, r);
  return {
    situation,
    broken: breaks.map(({ name }) => name),
    edge: moved === null ? null : [moved[0].name, moved[1]],
  };
}

function brokenRules(r: Random): string[] {
  const roll = r.int(1, 100);
  if (roll <= 12) return [];
  if (roll <= 22) {
    // Two neighbours, so that which of them speaks first is asked often.
    const first = r.int(2, 14);
    return [`T${first}`, `T${first + 1}`];
  }
  return Array.from({ length: roll <= 70 ? 1 : roll <= 88 ? 2 : 3 }, () => r.pick(LOTTERY));
}

/** Where not everyone is needed, the state may hold only those the item names and the consenting hosts. */
function narrowPeople(s: Situation, r: Random) {
  if (s.item.type !== "content" || s.item.speaker === null) return;
  const everyone = PARTICIPATION_RULES.indexOf("everyone");
  const rules = [s.terms.participationRuleMin, ...[...s.state.accounts.values()].map(({ rule }) => rule)];
  if (rules.some((rule) => PARTICIPATION_RULES.indexOf(rule) === everyone) || r.chance(0.5)) return;
  for (const one of s.state.conversations.values()) {
    const hosts = one.account === ACCOUNT ? [...one.hostConsents.values()].map(({ person }) => person) : [];
    const named = new Set([s.item.speaker, ...(s.item.privateTo ?? []), ...hosts]);
    const kept = [...one.people].filter(([id]) => named.has(id));
    one.people = new Map<string, Mutable<Participant>>(kept);
    one.peopleComplete = false;
  }
}
