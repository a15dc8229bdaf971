/** An exchange, from the entries that were recorded of it. Pure: says only what they say. */
import type {
  Closed,
  Decided,
  DecidedCount,
  Entry,
  ExchangeOutcome,
  IndexRange,
  ItemOutcome,
  Measure,
  Opened,
  RestsOn,
} from "./entries.ts";

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
  const windows = lastRounds(ordered.filter((entry): entry is Decided => entry.type === "decided"));
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
    decided: sumCounts(windows),
    rests_on: joinRests(windows, closed?.in_doubt ?? Number.POSITIVE_INFINITY),
    received: closed?.received ?? null,
    sent: closed?.sent ?? null,
  };
}

/** A window decided again, because its state had aged, replaces what was said of it before. */
function lastRounds(decided: readonly Decided[]): Decided[] {
  const windows = new Map<number | null, Decided>();
  for (const entry of decided) {
    const first = entry.items?.[0] ?? null;
    const known = windows.get(first);
    if (known === undefined || entry.round >= known.round) windows.set(first, entry);
  }
  return [...windows.values()];
}

function sumCounts(windows: readonly Decided[]): DecidedCount[] {
  const sums = new Map<string, DecidedCount>();
  for (const count of windows.flatMap(({ counts }) => counts)) {
    const key = JSON.stringify([count.account, count.conversation, count.outcome, count.reason]);
    sums.set(key, { ...count, items: count.items + (sums.get(key)?.items ?? 0) });
  }
  return [...sums.values()];
}

/** Only of items before `end`: from there on nothing left. */
function joinRests(windows: readonly Decided[], end: number): RestsOn[] {
  const rests = new Map<string, { consents: readonly string[]; items: IndexRange[] }>();
  for (const { consents, items } of windows.flatMap(({ rests_on }) => rests_on)) {
    const left = items
      .filter(([first]) => first < end)
      .map(([first, last]): IndexRange => [first, Math.min(last, end - 1)]);
    if (left.length === 0) continue;
    const key = JSON.stringify(consents);
    const rest = rests.get(key) ?? { consents, items: [] };
    rest.items.push(...left);
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
