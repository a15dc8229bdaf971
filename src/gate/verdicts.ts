/** Decide: what is done with each record of a window, under one state at one instant; and what the evidence says of it. */
import type { RecordReader } from "../content/shape.ts";
import { decide } from "../decision/decide.ts";
import type { Decision, DenyReason, Reason, State } from "../decision/model.ts";
import type { DecidedCount, ItemOutcome, RestsOn } from "../evidence/entries.ts";
import type { Producer } from "./identify.ts";
import type { RecordRoute } from "./routes.ts";
import type { Window } from "./windows.ts";

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

/** Verdicts for the window's records from `from` on; those before keep theirs. */
export function judge(
  window: Window,
  route: RecordRoute,
  producer: Producer,
  state: State,
  now: number,
  before: readonly Verdict[] = [],
  from = 0,
): Verdict[] {
  const verdicts = before.slice(0, from);
  for (let i = from; i < window.readings.length; i++) {
    verdicts.push(judgeRecord(window, i, route, producer, state, now));
  }
  return verdicts;
}

function judgeRecord(
  window: Window,
  i: number,
  route: RecordRoute,
  producer: Producer,
  state: State,
  now: number,
): Verdict {
  const reading = window.readings[i]!;
  const decision = decideAll(window, i, route, producer, state, now);
  if (decision.allow) {
    const { replacement } = reading;
    const outcome = replacement === null ? "forwarded" : replacement.length > 0 ? "stripped" : "dropped";
    return { outcome, reason: decision.reason, basis: decision.basis, replacement };
  }
  const denied = (outcome: ItemOutcome, replacement: Uint8Array | null = null): Verdict => ({
    outcome,
    reason: decision.reason,
    basis: [],
    replacement,
  });
  if (route.onDeny === "reject") return denied("rejected");
  if (route.onDeny === "drop" || NEVER_STRIPPED.has(decision.reason)) return denied("dropped");
  const stripped = stripRecord(route.reader, window, i);
  return stripped === null ? denied("dropped") : denied("stripped", stripped);
}

/** A record that holds several kinds is allowed only if each of them is. */
function decideAll(
  window: Window,
  i: number,
  route: RecordRoute,
  producer: Producer,
  state: State,
  now: number,
): Decision {
  const [first, ...others] = window.readings[i]!.items;
  const decision = decide(first!, route.terms, producer, state, now);
  if (!decision.allow || others.length === 0) return decision;
  const basis = new Set(decision.basis);
  for (const item of others) {
    const next = decide(item, route.terms, producer, state, now);
    if (!next.allow) return next;
    for (const id of next.basis) basis.add(id);
  }
  return { allow: true, reason: decision.reason, basis: [...basis] };
}

function stripRecord(reader: RecordReader, window: Window, i: number): Uint8Array | null {
  return reader.strip(window.readings[i]!, window.bytes, window.starts[i]!, window.ends[i]!);
}

export function leaves(verdict: Verdict): boolean {
  return verdict.outcome === "forwarded" || verdict.outcome === "stripped";
}

/** What the evidence says of a window: counts, and the consents its forwarded items rest on. Ids the state does not know are left out. */
export function account(
  window: Window,
  verdicts: readonly Verdict[],
  state: State,
): { counts: DecidedCount[]; rests_on: RestsOn[] } {
  const counts = new Map<string, { count: DecidedCount; items: number }>();
  const rests = new Map<string, { consents: readonly string[]; items: [number, number][] }>();
  verdicts.forEach((verdict, i) => {
    const item = window.readings[i]!.items[0]!;
    const claimed = item.type === "content" ? item : null;
    const accountId =
      claimed?.account != null && state.accounts.has(claimed.account) ? claimed.account : null;
    const conversation =
      claimed?.conversation != null && state.conversations.has(claimed.conversation)
        ? claimed.conversation
        : null;
    const key = `${verdict.outcome} ${verdict.reason} ${accountId ?? ""} ${conversation ?? ""}`;
    const seen = counts.get(key);
    if (seen !== undefined) seen.items += 1;
    else {
      const { outcome, reason } = verdict;
      counts.set(key, { count: { account: accountId, conversation, outcome, reason, items: 0 }, items: 1 });
    }
    if (verdict.basis.length > 0) addRange(rests, verdict.basis, window.firstIndex + i);
  });
  return {
    counts: Array.from(counts.values(), ({ count, items }) => ({ ...count, items })),
    rests_on: [...rests.values()],
  };
}

function addRange(
  rests: Map<string, { consents: readonly string[]; items: [number, number][] }>,
  consents: readonly string[],
  index: number,
): void {
  const key = consents.join(" ");
  const known = rests.get(key);
  if (known === undefined) {
    rests.set(key, { consents, items: [[index, index]] });
    return;
  }
  const range = known.items.at(-1)!;
  if (range[1] === index - 1) range[1] = index;
  else known.items.push([index, index]);
}
