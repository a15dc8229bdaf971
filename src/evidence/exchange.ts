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
  const closed = ordered.findLast((entry): entry is Closed => entry.type === "closed");
  const runs = runsOf(ordered.filter((entry): entry is Decided => entry.type === "decided"));
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
    decided: sumCounts(runs),
    rests_on: joinRests(runs, closed?.in_doubt ?? Number.POSITIVE_INFINITY),
    received: closed?.received ?? null,
    sent: closed?.sent ?? null,
  };
}

/** Items in a row of which the same was found. */
interface Run {
  readonly finding: Finding;
  readonly items: IndexRange;
}

/** A finding that nobody named is one whose entry is lost: nothing can be said of its items. */
function runsOf(decided: readonly Decided[]): Run[] {
  const named = new Map<number, Finding>();
  for (const { findings_from, findings } of decided) {
    findings.forEach((finding, i) => {
      named.set(findings_from + i, finding);
    });
  }
  return lastRounds(decided).flatMap(({ items, runs }) => {
    const found: Run[] = [];
    let first = items?.[0] ?? 0;
    for (let i = 0; i < runs.length; i += 2) {
      const finding = named.get(runs[i]!);
      const next = first + runs[i + 1]!;
      if (finding !== undefined) found.push({ finding, items: [first, next - 1] });
      first = next;
    }
    return found;
  });
}

/** A window decided again, because its state had aged, replaces what was said of it before. */
function lastRounds(decided: readonly Decided[]): Decided[] {
  const windows = new Map<number, Decided>();
  for (const entry of decided) {
    if (entry.items === null || entry.runs.length === 0) continue;
    const [first] = entry.items;
    const known = windows.get(first);
    if (known === undefined || entry.round >= known.round) windows.set(first, entry);
  }
  return [...windows.values()];
}

function sumCounts(runs: readonly Run[]): DecidedCount[] {
  const byFinding = new Map<Finding, number>();
  for (const { finding, items } of runs) {
    byFinding.set(finding, (byFinding.get(finding) ?? 0) + items[1] - items[0] + 1);
  }
  const sums = new Map<string, DecidedCount>();
  for (const [{ consents: _, ...count }, items] of byFinding) {
    const key = JSON.stringify(count);
    sums.set(key, { ...count, items: items + (sums.get(key)?.items ?? 0) });
  }
  return [...sums.values()];
}

/** Only of items before `end`: from there on nothing left. */
function joinRests(runs: readonly Run[], end: number): RestsOn[] {
  const byFinding = new Map<Finding, IndexRange[]>();
  for (const { finding, items } of runs) {
    if (finding.consents.length === 0 || items[0] >= end) continue;
    const left: IndexRange = [items[0], Math.min(items[1], end - 1)];
    const ranges = byFinding.get(finding);
    if (ranges === undefined) byFinding.set(finding, [left]);
    else ranges.push(left);
  }
  const rests = new Map<string, { consents: readonly string[]; items: IndexRange[] }>();
  for (const [{ consents }, items] of byFinding) {
    const key = JSON.stringify(consents);
    const rest = rests.get(key) ?? { consents, items: [] };
    for (const range of items) rest.items.push(range);
    rests.set(key, rest);
  }
  return Array.from(rests.values(), ({ consents, items }) => ({ consents, items: joined(items) }));
}

function joined(ranges: readonly IndexRange[]): IndexRange[] {
  const whole: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const open = whole.at(-1);
    if (open !== undefined && first <= open[1] + 1) open[1] = Math.max(open[1], last);
    else whole.push([first, last]);
  }
  return whole;
}
