/**
 * The evidence database: what each exchange did. Apart from the consent database, so that either can fail or be restored alone.
 * The only place its columns are named.
 */
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Append-only, but for what is archived: every stream's entries in the one order of the ledger, where an entry's position is `seq` - 1. */
export const entries = sqliteTable(
  "entries",
  {
    /** Without a gap. */
    seq: integer("seq").primaryKey(),
    /** An exchange, or another stream: `consent.0`, `configuration`, … */
    exchange: text("exchange").notNull(),
    /** Within its stream; of an exchange 0 for `opened`, then 1, 2, … in the order written. */
    position: integer("position").notNull(),
    type: text("type").notNull(),
    /** Unix milliseconds, UTC, by the clock of whoever wrote it. */
    at: integer("at").notNull(),
    /** The entry as JSON: `src/evidence/entries.ts`. */
    body: text("body").notNull(),
    /** 16 random bytes, hashed with the entry. */
    salt: blob("salt").notNull(),
  },
  (t) => [uniqueIndex("entries_exchange").on(t.exchange, t.position)],
);

/** Append-only: which entries are in which object of the archive. */
export const archives = sqliteTable("archives", {
  firstSeq: integer("first_seq").primaryKey(),
  lastSeq: integer("last_seq").notNull(),
  day: text("day").notNull(),
  sha256: text("sha256").notNull(),
  bytes: integer("bytes").notNull(),
  at: integer("at").notNull(),
});

/** The ledger's hashes, 256 to a full tile. A tile only grows. */
export const tiles = sqliteTable(
  "tiles",
  {
    level: integer("level").notNull(),
    tile: integer("tile").notNull(),
    hashes: blob("hashes").notNull(),
  },
  (t) => [primaryKey({ columns: [t.level, t.tile] })],
);

/** Append-only: a signed head of the ledger for each run of its writer. */
export const checkpoints = sqliteTable("checkpoints", {
  /** Entries that the ledger holds. */
  size: integer("size").primaryKey(),
  /** The size of the one before. */
  follows: integer("follows").notNull().unique(),
  at: integer("at").notNull(),
  /** C2SP signed note. */
  note: text("note").notNull(),
  /** How often the consent database was reconciled. */
  epoch: integer("epoch").notNull(),
  /** The last of the consent database's changes that the ledger holds; 0 and empty: none. */
  changeSeq: integer("change_seq").notNull(),
  changeMark: text("change_mark").notNull(),
});

/** What an exchange came to: made from its entries, and can be made again. */
export const exchanges = sqliteTable(
  "exchanges",
  {
    /** The seq of its first entry. */
    number: integer("number").primaryKey(),
    exchange: text("exchange").notNull().unique(),
    lastSeq: integer("last_seq").notNull(),
    openedAt: integer("opened_at").notNull(),
    closedAt: integer("closed_at"),
    route: text("route").notNull(),
    purpose: text("purpose").notNull(),
    outcome: text("outcome").notNull(),
    forwarded: integer("forwarded").notNull(),
    stripped: integer("stripped").notNull(),
    dropped: integer("dropped").notNull(),
    rejected: integer("rejected").notNull(),
  },
  (t) => [index("exchanges_open").on(t.openedAt)],
);

/** What exchanges are found by: account, conversation, reason, route. */
export const exchangeIndex = sqliteTable(
  "exchange_index",
  {
    kind: text("kind").notNull(),
    value: text("value").notNull(),
    number: integer("number").notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.value, t.number] })],
);

/** What of an exchange rested on a consent, an acceptance or the showing of a notice. */
export const bases = sqliteTable(
  "bases",
  {
    basis: text("basis").notNull(),
    number: integer("number").notNull(),
    part: integer("part").notNull(),
    /** JSON array: how many items of the exchange did not, how many did, and so on in turn. */
    items: text("items").notNull(),
  },
  (t) => [primaryKey({ columns: [t.basis, t.number, t.part] })],
);

/** Of which answers' impact the operator's webhook is still to be told. */
export const impactDue = sqliteTable("impact_due", {
  record: text("record").primaryKey(),
  what: text("what").notNull(),
  /** Of its entry. */
  seq: integer("seq").notNull(),
  tries: integer("tries").notNull(),
  nextAt: integer("next_at").notNull(),
});

/** One row: the version of the last migration that ran. */
export const schemaVersion = sqliteTable("schema_version", {
  version: integer("version").notNull(),
});
