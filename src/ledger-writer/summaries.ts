/** What entries add to what exchanges are found by. Pure: says only what the entries say. */
import type { Closed, Decided, Entry, Opened } from "../evidence/entries.ts";
import { type Part, RestsRead, standing } from "../evidence/rests.ts";
import type { ExchangeSummary, Found, IndexKind, StoredEntry, Summaries } from "../ledger/port.ts";
import { isOfExchange } from "../ledger/stored-leaf.ts";

const NOTHING = { forwarded: 0, stripped: 0, dropped: 0, rejected: 0 };

/** Entries of one exchange, in order, among those that are new. */
export interface NewOfExchange {
  readonly exchange: string;
  readonly stored: readonly StoredEntry[];
  readonly entries: readonly Entry[];
  readonly closed: Closed | null;
  /** Whether these are all it has. */
  readonly whole: boolean;
}

/** `isKnown`: whether the ledger holds entries of it already. */
export function byExchange(
  entries: readonly StoredEntry[],
  isKnown: (exchange: string) => boolean,
): NewOfExchange[] {
  const found = Map.groupBy(entries.filter(isOfExchange), ({ stream }) => stream);
  return Array.from(found, ([exchange, stored]) => {
    const read = stored.map(({ body }) => JSON.parse(body) as Entry);
    const closed = read.find((entry): entry is Closed => entry.type === "closed") ?? null;
    return { exchange, stored, entries: read, closed, whole: closed !== null && !isKnown(exchange) };
  });
}

/** `numbers`: of exchanges that the ledger holds entries of already. What rests on what is said of those that are whole; of others, elsewhere. */
export function summarise(news: readonly NewOfExchange[], numbers: ReadonlyMap<string, number>): Summaries {
  const exchanges: ExchangeSummary[] = [];
  const index: Found["index"][number][] = [];
  const bases: Found["bases"][number][] = [];
  for (const one of news) {
    const { exchange, stored, entries, closed } = one;
    const known = numbers.get(exchange);
    const number = known ?? stored[0]!.seq;
    const opened = entries.find((entry): entry is Opened => entry.type === "opened");
    if (known === undefined || closed !== null) {
      exchanges.push({
        number,
        exchange,
        lastSeq: stored.at(-1)!.seq,
        // Of one that is known, these stand already.
        openedAt: opened?.at ?? stored[0]!.at,
        route: opened?.route ?? "",
        purpose: opened?.purpose ?? "",
        closedAt: closed?.at ?? null,
        outcome: closed?.outcome ?? "open",
        counts: closed?.counts ?? NOTHING,
      });
    }
    if (opened !== undefined) index.push(["route", opened.route, number]);
    if (one.whole) {
      for (const part of wholeParts(entries, closed!)) {
        const found = toFound(part, number);
        index.push(...found.index);
        bases.push(...found.bases);
      }
    } else {
      const findings = entries.flatMap((entry) => (entry.type === "decided" ? entry.findings : []));
      index.push(...toFound({ part: 0, bases: new Map(), found: findings }, number, false).index);
    }
  }
  return { exchanges, index, bases };
}

/** `ended`: by reason too. */
export function toFound({ part, bases, found }: Part, number: number, ended = true): Found {
  const index = new Map<string, Found["index"][number]>();
  const add = (kind: IndexKind, value: string | null) => {
    if (value !== null) index.set(`${kind} ${value}`, [kind, value, number]);
  };
  for (const { account, conversation, reason } of found) {
    add("account", account);
    add("conversation", conversation);
    if (ended) add("reason", reason);
  }
  return {
    index: [...index.values()],
    bases: Array.from(bases, ([basis, items]) => [basis, number, part, items] as const),
  };
}

function* wholeParts(entries: readonly Entry[], closed: Closed): Generator<Part> {
  const decided = decidedOf(entries);
  const stands = standing(decided.map((entry) => ({ ...entry, decides: entry.runs.length > 0 })));
  const rests = new RestsRead(stands, closed.in_doubt);
  yield* readTogether(rests, decided);
  yield* rests.rest();
}

/** Of entries in one hand: those of the same items come after one another, whatever order they were recorded in. */
export function* readTogether(rests: RestsRead, decided: readonly Decided[]): Generator<Part> {
  for (const entry of decided) rests.name(entry);
  for (const entry of decided.toSorted((a, b) => firstOf(a) - firstOf(b))) yield* rests.read(entry);
}

export function decidedOf(entries: readonly Entry[]): Decided[] {
  return entries.filter((entry): entry is Decided => entry.type === "decided");
}

function firstOf({ items }: Decided): number {
  return items?.[0] ?? 0;
}
