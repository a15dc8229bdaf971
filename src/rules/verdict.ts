/** What is done with one record: the decision on all it holds, and the outcome its route has for that. Pure; the one place both are said. */
import type { Reading } from "../content/shape.ts";
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
  /** Consents a forwarded record rests on. */
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

/** A record that holds several kinds is allowed only if each of them is. `items` is not empty. */
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

/** `strip` gives the service data of the record the reading is of; null: there is none. */
export function verdictOn(
  decision: Decision,
  { replacement }: Pick<Reading, "replacement">,
  rules: Pick<RecordRules, "onDeny">,
  strip: () => Uint8Array | null,
): Verdict {
  const { reason } = decision;
  if (decision.allow) {
    const outcome = replacement === null ? "forwarded" : replacement.length > 0 ? "stripped" : "dropped";
    return { outcome, reason, basis: decision.basis, replacement };
  }
  const denied = (outcome: ItemOutcome, left: Uint8Array | null = null): Verdict => ({
    outcome,
    reason,
    basis: [],
    replacement: left,
  });
  if (rules.onDeny === "reject") return denied("rejected");
  const stripped = mayStrip(rules, decision.reason) ? strip() : null;
  return stripped === null ? denied("dropped") : denied("stripped", stripped);
}
