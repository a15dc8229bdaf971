/** The evidence database, its archive and the consent database's outbox in memory, as their ports and triggers have them. Every method takes effect at once. */
import { createHash, randomBytes } from "node:crypto";
import type { Entry } from "../../../src/evidence/entries.ts";
import type { EvidenceIntake } from "../../../src/evidence/port.ts";
import { HASH_BYTES } from "../../../src/ledger/hashing.ts";
import type {
  Archive,
  ArchivedObject,
  ChangeMark,
  Commit,
  ExchangeSummary,
  Found,
  Head,
  LedgerStore,
  NewEntry,
  Outbox,
  OutboxChange,
  StoredEntry,
} from "../../../src/ledger/port.ts";
import { isOfExchange } from "../../../src/ledger/stored-leaf.ts";

/** As the database's; and of one exchange few, so that it comes in several pages. */
const ENTRIES_READ_MAX = 1_000;
const ENTRIES_PAGED_MAX = 6;
const REFUSED = "D1_ERROR: UNIQUE constraint failed";

export interface Accepted {
  readonly entry: StoredEntry;
  /** Its place among all that happened. */
  readonly order: number;
  /** Ms since the seed began; and of the first head that is of it, null: there is none. */
  readonly acceptedAt: number;
  provableAt: number | null;
}

export class LedgerTables {
  /** Every entry there ever was. */
  readonly all: Accepted[] = [];
  readonly heads: Head[] = [];
  readonly exchanges = new Map<number, ExchangeSummary>();
  readonly index = new Set<string>();
  readonly bases = new Map<string, Found["bases"][number]>();
  readonly tiles = new Map<string, Uint8Array>();
  readonly objects: ArchivedObject[] = [];
  readonly bucket = new Map<string, Uint8Array>();
  readonly changes: OutboxChange[] = [];
  readonly #order: () => number;
  readonly #elapsed: () => number;
  readonly #places = new Map<string, StoredEntry>();
  readonly #keys = new Map<string, string>();
  #dropped = 0;

  constructor(order: () => number, elapsed: () => number) {
    this.#order = order;
    this.#elapsed = elapsed;
  }

  change(at: number): void {
    const seq = this.changes.length + 1;
    const row = { id: `acc${seq}`, labels: [], participation_rule: "speaker" };
    this.changes.push({ seq, mark: randomBytes(16).toString("hex"), type: "account", at, row });
  }

  /** Whether a signed head is of every entry. */
  get isWritten(): boolean {
    return this.heads.at(-1)?.size === this.all.length;
  }

  /** Rows that are there. */
  rows(): StoredEntry[] {
    const kept = this.all.length;
    return this.all
      .map(({ entry }) => entry)
      .filter((entry) => entry.seq > this.#dropped || entry.seq === kept || !isDropped(entry));
  }

  readonly intake: EvidenceIntake = {
    append: async (entries) => {
      if (!this.#append(entries.map(asNew))) throw new Error(REFUSED);
    },
  };

  readonly archive: Archive = {
    put: async (name, bytes) => void this.bucket.set(name, bytes.slice()),
    get: async (name) => this.bucket.get(name) ?? null,
    delete: async (names) => {
      for (const name of names) this.bucket.delete(name);
    },
  };

  readonly outbox: Outbox = {
    after: async (known, limit) => ({
      holds: known.seq === 0 || this.changes[known.seq - 1]?.mark === known.mark,
      changes: this.changes.slice(known.seq, known.seq + limit),
    }),
    last: async (): Promise<ChangeMark> => this.changes.at(-1) ?? { seq: 0, mark: "" },
    pseudonymKeys: async (people) =>
      new Map(
        people.map((one) => {
          const name = JSON.stringify(one);
          const key = this.#keys.get(name) ?? randomBytes(32).toString("base64url");
          this.#keys.set(name, key);
          return [name, key];
        }),
      ),
  };

  readonly store: LedgerStore = {
    head: async () => this.heads.at(-1) ?? null,
    after: async (size) =>
      this.rows()
        .filter(({ seq }) => seq > size)
        .slice(0, ENTRIES_READ_MAX),
    stream: async (name) => this.#of(name),
    lastOf: async (stream) => this.#of(stream).at(-1) ?? null,
    entriesOf: async (exchange) => this.#of(exchange),
    numbersOf: async (ids) =>
      new Map(
        [...this.exchanges.values()]
          .filter(({ exchange }) => ids.includes(exchange))
          .map(({ exchange, number }) => [exchange, number]),
      ),
    outline: async (exchange) =>
      this.#of(exchange).map(({ position, type, body }) => {
        const entry = JSON.parse(body) as Entry;
        if (entry.type !== "decided") return { position, type, items: null, round: 0, decides: false };
        return { position, type, items: entry.items, round: entry.round, decides: entry.runs.length > 0 };
      }),
    pageOf: async (exchange, from) =>
      this.#of(exchange)
        .filter(({ position }) => position >= from)
        .slice(0, ENTRIES_PAGED_MAX),
    addFound: async (found) => this.#find(found),
    oldestOpen: async () => {
      const open = [...this.exchanges.values()].filter(({ closedAt }) => closedAt === null);
      return open.length === 0 ? null : Math.min(...open.map(({ number }) => number));
    },
    readTile: async (level, index, width) => {
      const tile = this.tiles.get(`${level}/${index}`) ?? new Uint8Array();
      if (tile.length < width * HASH_BYTES) throw new Error("unreadable");
      return tile;
    },
    append: async (entries) => this.#append(entries),
    commit: async (commit) => this.#commit(commit),
    archivedTo: async () => this.objects.at(-1)?.lastSeq ?? 0,
    archived: async (from, to) =>
      this.objects.filter(({ firstSeq, lastSeq }) => firstSeq <= to && lastSeq >= from),
    between: async (from, to) => this.rows().filter(({ seq }) => seq >= from && seq <= to),
    noteArchived: async (object) => {
      if (object.firstSeq !== (this.objects.at(-1)?.lastSeq ?? 0) + 1) return false;
      this.objects.push(object);
      return true;
    },
    dropArchived: async () => {
      this.#dropped = this.objects.at(-1)?.lastSeq ?? 0;
    },
    spanOf: async (exchange) => {
      const found = [...this.exchanges.values()].find((one) => one.exchange === exchange);
      return found === undefined ? null : [found.number, found.lastSeq];
    },
    impactDue: async () => [],
    impactTold: async () => {},
    impactPutOff: async () => {},
    openSince: async (before, limit) =>
      [...this.exchanges.values()]
        .filter(({ closedAt, openedAt }) => closedAt === null && openedAt < before)
        .sort((a, b) => a.openedAt - b.openedAt)
        .slice(0, limit)
        .map(({ exchange }) => exchange),
  };

  #of(stream: string): StoredEntry[] {
    return this.rows().filter((entry) => entry.stream === stream);
  }

  /** All or nothing; what is there already is a retry. */
  #append(added: readonly NewEntry[]): boolean {
    const fresh: NewEntry[] = [];
    for (const one of added) {
      const there = this.#places.get(placeOf(one));
      if (there === undefined) fresh.push(one);
      else if (there.body !== JSON.stringify(one.body)) return false;
    }
    for (const { body, ...one } of fresh) {
      const salt = randomBytes(16).toString("base64url");
      const entry = { ...one, seq: this.all.length + 1, body: JSON.stringify(body), salt };
      this.all.push({ entry, order: this.#order(), acceptedAt: this.#elapsed(), provableAt: null });
      this.#places.set(placeOf(one), entry);
    }
    return true;
  }

  #commit({ head, follows, tiles, summaries }: Commit): boolean {
    if (follows !== (this.heads.at(-1)?.size ?? 0) || head.size > this.all.length) return false;
    for (const one of summaries.exchanges) {
      const known = this.exchanges.get(one.number);
      if (known !== undefined && known.closedAt !== null) return false;
    }
    this.heads.push(structuredClone(head));
    for (const one of this.all.slice(follows, head.size)) one.provableAt = this.#elapsed();
    for (const { level, index, hashes } of tiles) this.tiles.set(`${level}/${index}`, hashes.slice());
    for (const one of summaries.exchanges) {
      const known = this.exchanges.get(one.number);
      const { lastSeq, closedAt, outcome, counts } = one;
      this.exchanges.set(
        one.number,
        known === undefined ? one : { ...known, lastSeq, closedAt, outcome, counts },
      );
    }
    this.#find(summaries);
    return true;
  }

  #find({ index, bases }: Found): void {
    for (const one of index) this.index.add(JSON.stringify(one));
    for (const one of bases) {
      const [basis, number, part] = one;
      const key = `${basis} ${number} ${part}`;
      if (!this.bases.has(key)) this.bases.set(key, structuredClone(one));
    }
  }
}

/** As the database lets go of them. */
function isDropped(entry: StoredEntry): boolean {
  return isOfExchange(entry) || entry.type === "consent_changed";
}

function placeOf({ stream, position }: Pick<NewEntry, "stream" | "position">): string {
  return `${stream}/${position}`;
}

function asNew(entry: Entry): NewEntry {
  const { exchange, position, type, at } = entry;
  return { stream: exchange, position, type, at, body: entry };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
