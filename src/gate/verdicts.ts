/** Decide: what is done with each record of a window, under one state at one instant. */
import type { State } from "../decision/model.ts";
import type { Verdict } from "../rules/verdict.ts";
import { decideRecord, verdictOn } from "../rules/verdict.ts";
import type { Producer } from "./identify.ts";
import type { RecordRoute } from "./routes.ts";
import type { Window } from "./windows.ts";

export type { Verdict };

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
  const kept = new Kept();
  for (let i = from; i < window.readings.length; i++) {
    verdicts.push(kept.one(judgeRecord(window, i, route, producer, state, now)));
  }
  return verdicts;
}

/** Most verdicts of a window say the same of many records: one of each is kept, the others are soon forgotten. */
class Kept {
  readonly #verdicts = new Map<string, Verdict>();

  one(verdict: Verdict): Verdict {
    if (verdict.replacement !== null) return verdict;
    const key = verdict.basis.at(-1) ?? verdict.reason;
    const known = this.#verdicts.get(key);
    if (known !== undefined && same(known, verdict)) return known;
    this.#verdicts.set(key, verdict);
    return verdict;
  }
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
  const decision = decideRecord(reading.items, route.terms, producer, state, now);
  return verdictOn(decision, reading, route, () =>
    route.reader.strip(reading, window.bytes, window.starts[i]!, window.ends[i]!),
  );
}

/** What the evidence would say of both is the same. */
export function sameVerdicts(a: readonly Verdict[], b: readonly Verdict[]): boolean {
  return a.every((verdict, i) => same(verdict, b[i]!));
}

function same(a: Verdict, b: Verdict): boolean {
  return (
    a === b ||
    (a.outcome === b.outcome &&
      a.reason === b.reason &&
      a.basis.length === b.basis.length &&
      a.basis.every((id, at) => id === b.basis[at]))
  );
}

export function leaves(verdict: Verdict): boolean {
  return verdict.outcome === "forwarded" || verdict.outcome === "stripped";
}
