/** What entries add to what exchanges are found by. Pure: says only what the entries say. */
import type { Closed, Entry, Opened } from "../evidence/entries.ts";
import { foldExchange } from "../evidence/exchange.ts";
import type { ExchangeSummary, IndexKind, StoredEntry, Summaries } from "../ledger/port.ts";
import { isOfExchange } from "../ledger/stored-leaf.ts";

const NOTHING = { forwarded: 0, stripped: 0, dropped: 0, rejected: 0 };

/** Of these entries, the exchanges of which more must be known: all that they wrote before. */
export function incomplete(entries: readonly StoredEntry[]): string[] {
  const opened = new Set(entries.filter(({ type }) => type === "opened").map(({ stream }) => stream));
  const seen = new Set(entries.filter(isOfExchange).map(({ stream }) => stream));
  return [...seen].filter((exchange) => !opened.has(exchange));
}

/** `entries`: every entry so far, in order, of each exchange that the new ones speak of. `news`: from this seq on they are new. */
export function summarise(entries: readonly StoredEntry[], news: number): Summaries {
  const exchanges: ExchangeSummary[] = [];
  const index = new Map<string, readonly [IndexKind, string, number]>();
  const bases: Summaries["bases"][number][] = [];
  for (const stored of byExchange(entries)) {
    const number = stored[0]!.seq;
    const read = stored.map(({ body }) => JSON.parse(body) as Entry);
    const exchange = foldExchange(read)!;
    const opened = read.find((entry): entry is Opened => entry.type === "opened");
    const closed = read.find((entry): entry is Closed => entry.type === "closed");
    const isNew = number >= news;
    if (isNew || closed !== undefined) {
      exchanges.push({
        number,
        exchange: exchange.exchange,
        lastSeq: stored.at(-1)!.seq,
        openedAt: opened?.at ?? stored[0]!.at,
        closedAt: closed?.at ?? null,
        route: exchange.route ?? "",
        purpose: exchange.purpose ?? "",
        outcome: exchange.outcome,
        counts: exchange.counts ?? NOTHING,
      });
    }
    const add = (kind: IndexKind, value: string | null) => {
      if (value !== null) index.set(JSON.stringify([kind, value, number]), [kind, value, number]);
    };
    if (isNew) add("route", exchange.route);
    for (const { account, conversation, reason } of exchange.decided) {
      add("account", account);
      add("conversation", conversation);
      if (closed !== undefined) add("reason", reason);
    }
    if (closed !== undefined) bases.push(...basesOf(number, exchange.rests_on));
  }
  return { exchanges, index: [...index.values()], bases };
}

function basesOf(
  number: number,
  rests: readonly { consents: readonly string[]; items: readonly (readonly [number, number])[] }[],
): Summaries["bases"][number][] {
  const items = new Map<string, (readonly [number, number])[]>();
  for (const rest of rests) {
    for (const consent of rest.consents) {
      const known = items.get(consent);
      if (known === undefined) items.set(consent, [...rest.items]);
      else for (const range of rest.items) known.push(range);
    }
  }
  return Array.from(items, ([basis, ranges]) => [basis, number, joined(ranges)] as const);
}

function joined(ranges: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const whole: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const open = whole.at(-1);
    if (open !== undefined && first <= open[1] + 1) open[1] = Math.max(open[1], last);
    else whole.push([first, last]);
  }
  return whole;
}

function byExchange(entries: readonly StoredEntry[]): StoredEntry[][] {
  const found = new Map<string, StoredEntry[]>();
  for (const entry of entries.filter(isOfExchange)) {
    const known = found.get(entry.stream);
    if (known === undefined) found.set(entry.stream, [entry]);
    else known.push(entry);
  }
  return [...found.values()];
}
