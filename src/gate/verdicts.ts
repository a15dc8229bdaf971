/** Decide: what is done with each record of a window, under one state at one instant. What many records say is decided once. */
import { type Claim, stripped } from "../content/shape.ts";
import type { ContentItem, Instant, Item, State } from "../decision/model.ts";
import { inTime, turningPoints, turnsAt } from "../decision/turning-points.ts";
import type { Finding, ItemOutcome } from "../evidence/entries.ts";
import type { ItemRules } from "../rules/route-rules.ts";
import { decideReading, mayStrip, type Verdict, verdictOn } from "../rules/verdict.ts";
import type { Columns } from "./columns.ts";
import { FindingList } from "./findings.ts";
import type { Producer } from "./identify.ts";
import type { Window } from "./windows.ts";

/** Different claims whose decisions are kept: beyond, all are made again. */
const CASES_MAX = 4_096;

/** Of a window's records: what was found of record i is `findings[found[i]]`. */
export interface Verdicts {
  readonly found: Int32Array;
  /** Each once, and no two the same; some may be of no record. */
  readonly findings: readonly Finding[];
  /** What leaves instead of a record's own bytes, by its number in the window. */
  readonly replacements: ReadonlyMap<number, Uint8Array>;
}

/** The decision on the records that say one thing and were captured between two turning points. */
interface Known {
  readonly decision: ReturnType<typeof decideReading>;
  /** What it comes to for every such record; null: that is for each record's bytes to say. */
  readonly verdict: Verdict | null;
  readonly found: number;
}

/** What one claim's records have come to so far. */
interface Case {
  readonly claim: Claim;
  /** null: each record is decided on its own. */
  readonly points: readonly number[] | null;
  /** By how many of the points are not after the record's captured_at. */
  readonly between: (Known | undefined)[];
  untimed: Known | undefined;
}

/** Of one exchange: under one state, what was decided stands from window to window until time may change it. */
export class Judge {
  readonly #route: ItemRules;
  readonly #producer: Producer;
  #state: State | null = null;
  /** The decisions known were made at the first and stand to before the second. */
  #madeAt = 0;
  #standUntil = 0;
  readonly #cases = new Map<Claim, Case>();
  #findings = new FindingList();

  constructor(route: ItemRules, producer: Producer) {
    this.#route = route;
    this.#producer = producer;
  }

  /** Verdicts for the window's records from `from` on; those before keep theirs. `now`: Unix ms. */
  verdicts(window: Window, state: State, now: number, before: Verdicts | null = null, from = 0): Verdicts {
    this.#begin(state, now, before);
    const { columns, bytes } = window;
    const found = new Int32Array(columns.count);
    const replacements = new Map<number, Uint8Array>();
    if (before !== null) {
      found.set(before.found.subarray(0, from));
      for (const [i, left] of before.replacements) if (i < from) replacements.set(i, left);
    }
    const cases = columns.claims.map((claim) => this.#caseOf(claim, state));
    for (let i = from; i < columns.count; i++) {
      const said = columns.said[i]!;
      const known = this.#known(cases[said]!, columns, i, state, now);
      if (known.verdict !== null) {
        found[i] = known.found;
        continue;
      }
      const claim = columns.claims[said]!;
      const verdict = verdictOn(known.decision, claim, this.#route, (kept) =>
        stripped(claim, bytes, columns.starts[i]!, columns.ends[i]!, kept),
      );
      found[i] = this.#findings.add(findingOf(claim, verdict, state));
      if (verdict.replacement !== null) replacements.set(i, verdict.replacement);
    }
    return { found, findings: this.#findings.list, replacements };
  }

  #begin(state: State, now: number, before: Verdicts | null): void {
    const stale = state !== this.#state || now < this.#madeAt || now >= this.#standUntil;
    const others = before !== null && before.findings !== this.#findings.list;
    const full = before === null && (this.#findings.full || this.#cases.size >= CASES_MAX);
    if (!stale && !others && !full) return;
    if (others || full) this.#findings = new FindingList(before?.findings);
    this.#cases.clear();
    this.#state = state;
    this.#madeAt = now;
    this.#standUntil = turnsAt(state, now);
  }

  /** Items that differ in nothing but their kind turn at once. */
  #caseOf(claim: Claim, state: State): Case {
    const known = this.#cases.get(claim);
    if (known !== undefined) return known;
    const item = claim.items[0]!;
    const points =
      !isOnes(claim.items) || hasOwnTimes(claim)
        ? null
        : item.type === "content"
          ? turningPoints(item, this.#route.terms, state)
          : [];
    // As long as it will be: an empty array that is written to takes room for many.
    const between = new Array<Known | undefined>((points?.length ?? -1) + 1).fill(undefined);
    const made = { claim, points, between, untimed: undefined };
    // What nobody else can say is not worth remembering.
    if (claim.replacement === null) this.#cases.set(claim, made);
    return made;
  }

  #known(one: Case, columns: Columns, i: number, state: State, now: number): Known {
    const at = columns.capturedAt(i);
    if (one.points === null || columns.capturedUntil(i) !== null) {
      return this.#decide(one.claim, columns, i, state, now);
    }
    if (at === null) {
      one.untimed ??= this.#decide(one.claim, columns, i, state, now);
      return one.untimed;
    }
    if (!inTime(at, this.#madeAt)) return this.#decide(one.claim, columns, i, state, now);
    let passed = 0;
    while (passed < one.points.length && one.points[passed]! <= at) passed++;
    const known = one.between[passed] ?? this.#decide(one.claim, columns, i, state, now);
    one.between[passed] = known;
    return known;
  }

  #decide(claim: Claim, columns: Columns, i: number, state: State, now: number): Known {
    const items = claim.times === null ? claim.items : timed(claim.items, columns, i);
    const { turns } = claim;
    const decision = decideReading({ items, turns }, this.#route.terms, this.#producer, state, now);
    const byBytes = decision.allow
      ? claim.replacement !== null
      : claim.stripTo !== null && mayStrip(this.#route, decision.reason);
    if (byBytes) return { decision, verdict: null, found: -1 };
    const verdict = verdictOn(decision, claim, this.#route, () => null);
    return { decision, verdict, found: this.#findings.add(findingOf(claim, verdict, state)) };
  }
}

/** Of what says so with its record, the items as of then. */
function timed(items: readonly Item[], columns: Columns, i: number): readonly Item[] {
  const from = columns.capturedAt(i);
  const until = columns.capturedUntil(i);
  const [first] = items;
  return items.length === 1 ? [at(first!, from, until)] : items.map((item) => at(item, from, until));
}

/** Member by member: a spread takes three times the memory, for each of a million records. */
function at(item: Item, capturedAt: Instant | null, capturedUntil: ContentItem["capturedUntil"]): Item {
  if (item.type !== "content") return item;
  const { type, account, conversation, speaker, privateTo, kind, labels, signal } = item;
  return { type, account, conversation, speaker, privateTo, kind, capturedAt, capturedUntil, labels, signal };
}

/** Whether all of them are one person's words, or none is anybody's. */
function isOnes(items: readonly Item[]): boolean {
  const speaker = speakerOf(items[0]!);
  return items.every((item) => speakerOf(item) === speaker);
}

function speakerOf(item: Item): ContentItem["speaker"] | undefined {
  return item.type === "content" ? item.speaker : undefined;
}

/** Whether its items say when they were captured, each for itself: so do those of a document. */
function hasOwnTimes({ items }: Claim): boolean {
  return items.some((item) => item.type === "content" && item.capturedAt !== null);
}

/** Ids the state does not know are left out. */
function findingOf({ items }: Claim, { outcome, reason, basis }: Verdict, state: State): Finding {
  const item = items[0]!;
  const claimed = item.type === "content" ? item : null;
  const account = known(state.accounts, claimed?.account);
  const conversation = known(state.conversations, claimed?.conversation);
  return { account, conversation, outcome, reason, consents: basis };
}

function known(ids: ReadonlyMap<string, unknown>, id: string | null | undefined): string | null {
  return id != null && ids.has(id) ? id : null;
}

/** What the evidence would say of both is the same. `b` was made from `a`. */
export function sameVerdicts(a: Verdicts, b: Verdicts): boolean {
  return a.found.every((found, i) => found === b.found[i]);
}

/** Everything held back: an item that may not leave, or that may but shares its body with one. */
export function withheld({ found, findings }: Verdicts): Verdicts {
  const held = findings.map((finding): Finding => ({ ...finding, outcome: "rejected", consents: [] }));
  return { found, findings: held, replacements: new Map() };
}

export function outcomeOf({ found, findings }: Verdicts, i: number): ItemOutcome {
  return findings[found[i]!]!.outcome;
}

export function leaves(outcome: ItemOutcome): boolean {
  return outcome === "forwarded" || outcome === "stripped";
}

export function isRejected(outcome: ItemOutcome): boolean {
  return outcome === "rejected";
}

export function isChanged(outcome: ItemOutcome): boolean {
  return outcome !== "forwarded";
}

/** Whether any record from `from` on has an outcome such as this. */
export function some(verdicts: Verdicts, such: (outcome: ItemOutcome) => boolean, from = 0): boolean {
  const are = verdicts.findings.map(({ outcome }) => such(outcome));
  return are.includes(true) && verdicts.found.some((found, i) => i >= from && are[found]);
}
