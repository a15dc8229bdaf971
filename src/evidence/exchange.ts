/** An exchange, from the entries that were recorded of it. Pure: says only what they say. */
import type {
  Closed,
  Decided,
  Entry,
  ExchangeOutcome,
  Finding,
  IndexRange,
  ItemOutcome,
  Measure,
  Opened,
} from "./entries.ts";
import { ItemRunsMade, toRanges } from "./item-runs.ts";
import { standing } from "./rests.ts";

export interface DecidedCount extends Omit<Finding, "consents"> {
  readonly items: number;
}

export interface RestsOn {
  readonly consents: readonly string[];
  readonly items: readonly IndexRange[];
}

export interface Exchange {
  readonly exchange: string;
  /** null: its `opened` is missing, which is a loss. */
  readonly route: string | null;
  readonly purpose: string | null;
  readonly producer: string | null;
  readonly key_id: string | null;
  readonly config_digest: string | null;
  /** As in `Opened`. */
  readonly cache_ms_max: number | null;
  /** Unix milliseconds. */
  readonly opened_at: number | null;
  /** null: not closed yet, or never. */
  readonly closed_at: number | null;
  readonly outcome: ExchangeOutcome | "open";
  readonly fault: string | null;
  readonly upstream_status: number | null;
  readonly upstream_complete: boolean | null;
  /** What was done, as the closing says; null while open. */
  readonly counts: Readonly<Record<ItemOutcome, number>> | null;
  /** As in `Closed`; null while open. */
  readonly settled: number | null;
  readonly in_doubt: number | null;
  /** What was decided of every item read, as it finally stood; whether it was also done, `settled` and `in_doubt` say. */
  readonly decided: readonly DecidedCount[];
  /** The consents on which items rest that left or, while open or in doubt, may have. */
  readonly rests_on: readonly RestsOn[];
  readonly received: Measure | null;
  readonly sent: Measure | null;
}

/** `entries` of one exchange in any order. null if there are none. */
export function foldExchange(entries: readonly Entry[]): Exchange | null {
  const ordered = entries.toSorted((a, b) => a.position - b.position);
  const id = ordered[0]?.exchange;
  if (id === undefined) return null;
  const opened = ordered.find((entry): entry is Opened => entry.type === "opened");
  const closed = closedOf(ordered);
  return {
    exchange: id,
    route: opened?.route ?? null,
    purpose: opened?.purpose ?? null,
    producer: opened?.producer ?? null,
    key_id: opened?.key_id ?? null,
    config_digest: opened?.config_digest ?? null,
    cache_ms_max: opened?.cache_ms_max ?? null,
    opened_at: opened?.at ?? null,
    closed_at: closed?.at ?? null,
    outcome: closed?.outcome ?? "open",
    fault: closed?.fault ?? null,
    upstream_status: closed?.upstream_status ?? null,
    upstream_complete: closed?.upstream_complete ?? null,
    counts: closed?.counts ?? null,
    settled: closed?.settled ?? null,
    in_doubt: closed?.in_doubt ?? null,
    decided: sumCounts(ordered),
    rests_on: restsOf(ordered),
    received: closed?.received ?? null,
    sent: closed?.sent ?? null,
  };
}

function restsOf(entries: readonly Entry[]): RestsOn[] {
  const lists = new Map<string, ItemRunsMade>();
  const ofFinding = new Map<Finding, ItemRunsMade>();
  const consentsOf = new Map<ItemRunsMade, readonly string[]>();
  eachRest(entries, (finding, first, last) => {
    let list = ofFinding.get(finding);
    if (list === undefined) {
      list = listOf(lists, JSON.stringify(finding.consents));
      ofFinding.set(finding, list);
      consentsOf.set(list, finding.consents);
    }
    list.add(first, last);
  });
  return Array.from(consentsOf, ([{ runs }, consents]) => ({ consents, items: toRanges(runs) }));
}

function listOf(lists: Map<string, ItemRunsMade>, key: string): ItemRunsMade {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const made = new ItemRunsMade();
  lists.set(key, made);
  return made;
}

/** Items in a row of which the same was found, both ends inclusive. */
type OnRun = (finding: Finding, first: number, last: number) => void;

/** Only of items before what nothing left from. */
function eachRest(entries: readonly Entry[], onRun: OnRun): void {
  const end = closedOf(entries)?.in_doubt ?? Number.POSITIVE_INFINITY;
  eachRun(entries, (finding, first, last) => {
    if (finding.consents.length > 0 && first < end) onRun(finding, first, Math.min(last, end - 1));
  });
}

function closedOf(entries: readonly Entry[]): Closed | undefined {
  const closed = entries.filter((entry): entry is Closed => entry.type === "closed");
  return closed.toSorted((a, b) => a.position - b.position).at(-1);
}

/** In the order of the items. A finding that nobody named is one whose entry is lost: nothing can be said of its items. */
function eachRun(entries: readonly Entry[], onRun: OnRun): void {
  const named = new Map<number, Finding>();
  const decided = entries.filter((entry): entry is Decided => entry.type === "decided");
  for (const { findings_from, findings } of decided) {
    findings.forEach((finding, i) => {
      named.set(findings_from + i, finding);
    });
  }
  for (const [start, { runs }] of lastRounds(decided)) {
    let first = start;
    for (let i = 0; i < runs.length; i += 2) {
      const finding = named.get(runs[i]!);
      const next = first + runs[i + 1]!;
      if (finding !== undefined) onRun(finding, first, next - 1);
      first = next;
    }
  }
}

/** Those that stand, by their first item. */
function lastRounds(decided: readonly Decided[]): [first: number, entry: Decided][] {
  const stands = standing(decided.map((entry) => ({ ...entry, decides: entry.runs.length > 0 })));
  return decided
    .filter(({ position }) => stands.has(position))
    .map((entry): [number, Decided] => [entry.items![0], entry])
    .sort(([x], [y]) => x - y);
}

function sumCounts(entries: readonly Entry[]): DecidedCount[] {
  const byFinding = new Map<Finding, number>();
  eachRun(entries, (finding, first, last) => {
    byFinding.set(finding, (byFinding.get(finding) ?? 0) + last - first + 1);
  });
  const sums = new Map<string, DecidedCount>();
  for (const [{ consents: _, ...count }, items] of byFinding) {
    const key = JSON.stringify(count);
    sums.set(key, { ...count, items: items + (sums.get(key)?.items ?? 0) });
  }
  return [...sums.values()];
}
