/** What is done with one record: the decision on all it holds, and the outcome its route has for that. Pure; the one place both are said. */
import type { Reading } from "../content/shape.ts";
import type { Speaker } from "../content/speakers.ts";
import { decide } from "../decision/decide.ts";
import type {
  Decision,
  DenyReason,
  Item,
  ProducerTerms,
  Reason,
  RouteTerms,
  State,
} from "../decision/model.ts";
import type { ItemOutcome } from "../evidence/entries.ts";
import type { RecordRules } from "./route-rules.ts";

export interface Verdict {
  readonly outcome: ItemOutcome;
  readonly reason: Reason;
  /** Consents that what leaves of the record rests on. */
  readonly basis: readonly string[];
  /** What leaves instead of the record's own bytes; null: those, or nothing. */
  readonly replacement: Uint8Array | null;
}

/** Denials that are never stripped, always dropped: T2, T4, T6, T7. */
const NEVER_STRIPPED: ReadonlySet<DenyReason> = new Set([
  "third_party_recipient",
  "protected_education",
  "protected_health",
  "unattributed",
  "producer_not_authorized",
]);

/** Whether a record denied for this reason may go on as its service data alone. */
export function mayStrip({ onDeny }: Pick<RecordRules, "onDeny">, reason: DenyReason): boolean {
  return onDeny === "strip" && !NEVER_STRIPPED.has(reason);
}

/** Of a denied record, the turns that may stay. */
export interface Stays {
  /** For each turn whether it does; one does at least. */
  readonly turns: readonly boolean[];
  /** The consents they rest on. */
  readonly basis: readonly string[];
}

/** What is decided of a record as a whole and, where it is denied as one, of its turns; without `stays` nothing of them may stay. */
export type ReadingDecision = Decision & { readonly stays?: Stays };

export function decideReading(
  { items, turns }: Pick<Reading, "items" | "turns">,
  terms: RouteTerms,
  producer: ProducerTerms,
  state: State,
  now: number,
): ReadingDecision {
  const whole = decideRecord(items, terms, producer, state, now);
  if (whole.allow || turns === null) return whole;
  const speakers = new Map<Speaker, Decision>();
  for (const speaker of new Set(turns)) {
    const theirs = items.filter((item) => item.type === "content" && item.speaker === speaker);
    speakers.set(speaker, decideRecord(theirs, terms, producer, state, now));
  }
  const allowed = [...speakers.values()].flatMap((one) => (one.allow ? [one.basis] : []));
  if (allowed.length === 0) return whole;
  const kept = turns.map((speaker) => speakers.get(speaker)!.allow);
  return { ...whole, stays: { turns: kept, basis: [...new Set(allowed.flat())] } };
}

/** A record that holds several items is allowed only if each of them is. `items` is not empty. */
export function decideRecord(
  items: readonly Item[],
  terms: RouteTerms,
  producer: ProducerTerms,
  state: State,
  now: number,
): Decision {
  const decision = decide(items[0]!, terms, producer, state, now);
  if (!decision.allow || items.length === 1) return decision;
  const basis = new Set(decision.basis);
  for (let i = 1; i < items.length; i++) {
    const next = decide(items[i]!, terms, producer, state, now);
    if (!next.allow) return next;
    for (const id of next.basis) basis.add(id);
  }
  return { allow: true, reason: decision.reason, basis: [...basis] };
}

/** `strip` gives the service data of the record the reading is of, and the turns that stay; null: there is none. */
export function verdictOn(
  decision: ReadingDecision,
  { replacement }: Pick<Reading, "replacement">,
  rules: Pick<RecordRules, "onDeny">,
  strip: (kept?: readonly boolean[]) => Uint8Array | null,
): Verdict {
  const { reason } = decision;
  if (decision.allow) {
    const outcome = replacement === null ? "forwarded" : replacement.length > 0 ? "stripped" : "dropped";
    return { outcome, reason, basis: decision.basis, replacement };
  }
  if (rules.onDeny === "reject") return { outcome: "rejected", reason, basis: [], replacement: null };
  const { stays } = decision;
  const stripped = mayStrip(rules, decision.reason) ? strip(stays?.turns) : null;
  if (stripped === null) return { outcome: "dropped", reason, basis: [], replacement: null };
  return { outcome: "stripped", reason, basis: stays?.basis ?? [], replacement: stripped };
}
