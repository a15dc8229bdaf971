/** What entries add to what exchanges are found by. Pure: says only what the entries say. */
import type { Closed, Entry, Opened } from "../evidence/entries.ts";
import { foldCounts, itemsByBasis } from "../evidence/exchange.ts";
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
    const exchange = foldCounts(read)!;
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
    if (closed === undefined) continue;
    for (const [basis, items] of itemsByBasis(read)) bases.push([basis, number, items]);
  }
  return { exchanges, index: [...index.values()], bases };
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
