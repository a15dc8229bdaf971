/** Where the ledger is kept, what it is fed from, and what is read of it. The only implementations over D1 are in `store/`. Types only. */
import type { ExchangeOutcome, IndexRange, ItemOutcome } from "../evidence/entries.ts";
import type { ItemRuns } from "../evidence/item-runs.ts";
import type { ReadTile, Tile } from "./tiles.ts";

/** An entry of any stream, as it was accepted. Its position in the ledger is `seq` - 1. */
export interface StoredEntry {
  readonly seq: number;
  /** An exchange's id, or the name of another stream. */
  readonly stream: string;
  /** Within the stream. */
  readonly position: number;
  /** `opened`, `decided`, `closed`; of another stream, the kind of the ledger entry. */
  readonly type: string;
  readonly at: number;
  /** JSON. */
  readonly body: string;
  /** 16 random bytes, base64url. */
  readonly salt: string;
}

export interface NewEntry {
  readonly stream: string;
  readonly position: number;
  readonly type: string;
  readonly at: number;
  readonly body: object;
}

/** One change of the consent database: which, and by what it is told from another of the same number. */
export interface ChangeMark {
  /** 0: none yet. */
  readonly seq: number;
  /** Empty: none yet. */
  readonly mark: string;
}

/** How far the ledger goes. */
export interface Head {
  readonly size: number;
  readonly at: number;
  /** The signed checkpoint. */
  readonly note: string;
  /** How often the consent database was reconciled. */
  readonly epoch: number;
  /** The last of its changes that the ledger holds. */
  readonly change: ChangeMark;
}

export interface ExchangeSummary {
  /** The seq of its first entry. */
  readonly number: number;
  readonly exchange: string;
  readonly lastSeq: number;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly route: string;
  readonly purpose: string;
  readonly outcome: ExchangeOutcome | "open";
  readonly counts: Readonly<Record<ItemOutcome, number>>;
}

export type IndexKind = "account" | "conversation" | "reason" | "route";

/** By what exchanges are found, and what rested on what. */
export interface Found {
  readonly index: readonly (readonly [kind: IndexKind, value: string, number: number])[];
  readonly bases: readonly (readonly [basis: string, number: number, part: number, items: ItemRuns])[];
}

/** Made from entries, and can be made again. */
export interface Summaries extends Found {
  readonly exchanges: readonly ExchangeSummary[];
}

/** What of an exchange's entry says whether it counts. */
export interface EntryOutline {
  readonly position: number;
  readonly type: string;
  readonly items: IndexRange | null;
  readonly round: number;
  readonly decides: boolean;
}

export interface Commit {
  readonly head: Head;
  /** The size of the head it follows; 0: none. */
  readonly follows: number;
  readonly tiles: readonly Tile[];
  readonly summaries: Summaries;
  /** Empty where there is no webhook to tell. */
  readonly due: readonly ImpactDue[];
}

/** Entries of the archive, in one object. */
export interface ArchivedObject {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** YYYY-MM-DD, UTC. */
  readonly day: string;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  readonly at: number;
}

/** Where objects are kept outside the databases. Every method rejects if it cannot be reached. */
export interface Archive {
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** null: there is no such object. */
  get(name: string): Promise<Uint8Array | null>;
  delete(names: readonly string[]): Promise<void>;
}

/** An answer of whose impact the operator is to be told. */
export interface ImpactDue {
  readonly record: string;
  readonly what: "consent" | "objection";
  readonly seq: number;
  readonly tries: number;
}

/** What an answer said, if anything had rested on what it ends; else null. */
export type ImpactFinder = (
  due: ImpactDue,
) => Promise<{ readonly account: string; readonly answer: string; readonly at: number } | null>;

/** What the one writer needs. Every method rejects if the database cannot be reached. */
export interface LedgerStore {
  /** null: nothing was written yet. */
  head(): Promise<Head | null>;
  /** Entries past a size, in order: as many as are read together, at least one if there is one. */
  after(size: number): Promise<readonly StoredEntry[]>;
  stream(name: string): Promise<readonly StoredEntry[]>;
  lastOf(stream: string): Promise<StoredEntry | null>;
  /** Of an exchange, whether or not they are in the ledger yet. */
  entriesOf(exchange: string): Promise<readonly StoredEntry[]>;
  /** Of exchanges the ledger knows, what number they have. */
  numbersOf(exchanges: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Every entry of an exchange that is here, in order, without what may be long. */
  outline(exchange: string): Promise<readonly EntryOutline[]>;
  /** Entries of an exchange from a position on, in order: as many as are read together, at least one if there is one. */
  pageOf(exchange: string, from: number): Promise<readonly StoredEntry[]>;
  /** Of an exchange that is about to be summarised: changes nothing the second time, and nothing is read of it before. */
  addFound(found: Found): Promise<void>;
  /** The first entry of the oldest exchange that has not ended; null: all have. */
  oldestOpen(): Promise<number | null>;
  readonly readTile: ReadTile;
  /** Accepted when it resolves. One that is there already is a retry; another in its place, and all are refused: then false. */
  append(entries: readonly NewEntry[]): Promise<boolean>;
  /** All or nothing. False: another writer was faster, and nothing was written. */
  commit(commit: Commit): Promise<boolean>;
  /** The last entry that is in the archive; 0: none is. */
  archivedTo(): Promise<number>;
  /** Objects that hold entries from one seq to another, in order. */
  archived(from: number, to: number): Promise<readonly ArchivedObject[]>;
  /** Rows that are there from one seq to another. */
  between(from: number, to: number): Promise<readonly StoredEntry[]>;
  /** False: another was faster. */
  noteArchived(object: ArchivedObject): Promise<boolean>;
  /** Lets go of archived rows that are not looked back at. */
  dropArchived(): Promise<void>;
  /** First and last entry of an exchange; null: the ledger knows none of that id. */
  spanOf(exchange: string): Promise<readonly [first: number, last: number] | null>;
  /** Those whose time has come, oldest first. */
  impactDue(now: number, limit: number): Promise<readonly ImpactDue[]>;
  impactTold(record: string): Promise<void>;
  impactPutOff(record: string, until: number): Promise<void>;
  /** Exchanges opened before an instant and not closed, oldest first. */
  openSince(before: number, limit: number): Promise<readonly string[]>;
}

/** A change of the consent database, as its outbox has it. `row`: the row as it then was. */
export interface OutboxChange extends ChangeMark {
  readonly type: string;
  readonly at: number;
  readonly row: Readonly<Record<string, unknown>>;
}

export type PersonKey = readonly [account: string, person: string];

/** The consent database's side. Every method rejects if it cannot be reached. */
export interface Outbox {
  /** Changes after one that is known. `holds`: whether the known one is still there; if not, the database was put back. */
  after(
    known: ChangeMark,
    limit: number,
  ): Promise<{ readonly holds: boolean; readonly changes: readonly OutboxChange[] }>;
  /** The last change. */
  last(): Promise<ChangeMark>;
  /** The pseudonym keys of people, made where there are none; of whoever was erased there is none. By `JSON.stringify` of the pair. */
  pseudonymKeys(people: readonly PersonKey[]): Promise<ReadonlyMap<string, string>>;
}

/** What exchanges are looked for by; those that are null do not matter. Instants in Unix ms, of the opening: from `from` to before `to`. */
export interface ExchangeFilter {
  readonly account: string | null;
  /** Any of these; null: whichever. */
  readonly conversations: readonly string[] | null;
  readonly route: string | null;
  readonly reason: string | null;
  readonly from: number | null;
  readonly to: number | null;
}

/** What of an exchange rested on something. */
export interface Resting {
  readonly exchange: string;
  readonly number: number;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly route: string;
  readonly purpose: string;
  readonly outcome: ExchangeOutcome | "open";
  readonly basis: string;
  /** Of the exchange: no two parts speak of the same item. */
  readonly part: number;
  readonly items: readonly IndexRange[];
}

/** How far into what rests on something has been read. */
export type RestingMark = readonly [number: number, part: number];

/** What is read of the ledger. Every method rejects if the database cannot be reached. */
export interface LedgerReader {
  head(): Promise<Head | null>;
  /** Newest first, those of a smaller size than `before`. */
  checkpoints(limit: number, before: number | null): Promise<readonly Pick<Head, "size" | "at" | "note">[]>;
  readonly readTile: ReadTile;
  /** Newest first, numbered before `before`. Only what the ledger holds. */
  find(
    filter: ExchangeFilter,
    limit: number,
    before: number | null,
  ): Promise<readonly { readonly exchange: string; readonly position: number }[]>;
  /** All entries of an exchange, archived or not, in order. */
  entriesOf(exchange: string): Promise<readonly StoredEntry[]>;
  /**
   * The entry of a consent change, archived or not: in the latest of these streams that has that position. `since`: Unix milliseconds, not after it
   * was accepted. null: the ledger has not been told yet, or it was deleted.
   */
  changeAt(streams: readonly string[], position: number, since: number): Promise<StoredEntry | null>;
  /**
   * Entries past a size, archived or not, in order: as many as are read together, which is up to the seq `to`. Those up to there that are not
   * among them were deleted, as the ledger says.
   */
  after(size: number): Promise<{ readonly entries: readonly StoredEntry[]; readonly to: number }>;
  /** Which of these are exchanges that held items of this account and of no other. */
  whollyOf(account: string, exchanges: readonly string[]): Promise<ReadonlySet<string>>;
  /** Parts of ended exchanges of which something rested on these, past one, in order: as many as are read together. A part comes whole. */
  resting(bases: readonly string[], past: RestingMark, limit: number): Promise<readonly Resting[]>;
  /** Exchanges that have not ended, in order. */
  unfinished(limit: number): Promise<readonly string[]>;
  stream(name: string): Promise<readonly StoredEntry[]>;
  append(entries: readonly NewEntry[]): Promise<boolean>;
}
