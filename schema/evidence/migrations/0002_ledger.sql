-- The ledger: the entries of every stream in the one order they were accepted in, the tree of hashes over them, and what is found by.
-- An entry's position in the ledger is its seq less one: no gap, and nothing between acceptance and order.

CREATE TABLE entries_next (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  exchange TEXT NOT NULL CHECK (octet_length(exchange) BETWEEN 1 AND 256 AND length(exchange) = octet_length(exchange) AND exchange NOT GLOB '*[^!-~]*'),
  position INTEGER NOT NULL CHECK (position >= 0),
  type TEXT NOT NULL CHECK (octet_length(type) BETWEEN 1 AND 32 AND type NOT GLOB '*[^a-z_]*'),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  body TEXT NOT NULL CHECK (json_valid(body) AND octet_length(body) < 1900000),
  -- Hashed with the entry, so that nobody who has the hash can guess the entry.
  salt BLOB NOT NULL DEFAULT (randomblob(16)) CHECK (length(salt) = 16),
  CHECK (type <> 'opened' OR position = 0),
  CHECK (type NOT IN ('decided', 'closed') OR position > 0)
) STRICT;
--> statement-breakpoint
INSERT INTO entries_next (seq, exchange, position, type, at, body) SELECT seq, exchange, position, type, at, body FROM entries ORDER BY seq;
--> statement-breakpoint
DROP TABLE entries;
--> statement-breakpoint
ALTER TABLE entries_next RENAME TO entries;
--> statement-breakpoint
CREATE UNIQUE INDEX entries_exchange ON entries (exchange, position);
--> statement-breakpoint
-- What was archived may leave, but never the last entry: its number is what the next one follows.
CREATE TABLE archives (
  first_seq INTEGER PRIMARY KEY CHECK (first_seq > 0),
  last_seq INTEGER NOT NULL CHECK (last_seq >= first_seq),
  -- YYYY-MM-DD, UTC, of the first of them.
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  -- Of the object's bytes, hexadecimal: its name ends with it.
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000)
) STRICT;
--> statement-breakpoint
CREATE TRIGGER archives_no_update BEFORE UPDATE ON archives
BEGIN
  SELECT RAISE(ABORT, 'archives is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER archives_no_delete BEFORE DELETE ON archives
BEGIN
  SELECT RAISE(ABORT, 'archives is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER archives_in_order BEFORE INSERT ON archives
WHEN NEW.first_seq <> coalesce((SELECT last_seq FROM archives ORDER BY first_seq DESC LIMIT 1), 0) + 1
  OR NEW.last_seq > coalesce((SELECT max(size) FROM checkpoints), 0)
BEGIN
  SELECT RAISE(ABORT, 'archives is append-only, in the order of the ledger and within it');
END;
--> statement-breakpoint
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
WHEN OLD.seq > coalesce((SELECT last_seq FROM archives ORDER BY first_seq DESC LIMIT 1), 0)
  OR NOT EXISTS (SELECT 1 FROM entries WHERE seq > OLD.seq)
BEGIN
  SELECT RAISE(ABORT, 'entries is append-only');
END;
--> statement-breakpoint
-- The same entry again is a retry and changes nothing; another in its place is refused.
CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq OR (exchange = NEW.exchange AND position = NEW.position))
BEGIN
  SELECT RAISE(IGNORE) WHERE EXISTS (
    SELECT 1 FROM entries
    WHERE exchange = NEW.exchange AND position = NEW.position AND type = NEW.type AND at = NEW.at AND body = NEW.body
  );
  SELECT RAISE(ABORT, 'entries is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER entries_no_gap AFTER INSERT ON entries
WHEN NEW.seq <> 1 AND NOT EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq - 1)
BEGIN
  SELECT RAISE(ABORT, 'entries are numbered without a gap');
END;
--> statement-breakpoint
-- C2SP tlog-tiles of height 8: hashes of one level, 256 to a full tile. A tile only ever grows.
CREATE TABLE tiles (
  level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 7),
  tile INTEGER NOT NULL CHECK (tile >= 0),
  hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
  PRIMARY KEY (level, tile)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER tiles_only_grow BEFORE UPDATE ON tiles
WHEN NEW.level IS NOT OLD.level OR NEW.tile IS NOT OLD.tile OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
BEGIN
  SELECT RAISE(ABORT, 'a tile only grows');
END;
--> statement-breakpoint
CREATE TRIGGER tiles_no_delete BEFORE DELETE ON tiles
BEGIN
  SELECT RAISE(ABORT, 'a tile only grows');
END;
--> statement-breakpoint
CREATE TRIGGER tiles_no_replace BEFORE INSERT ON tiles
WHEN EXISTS (SELECT 1 FROM tiles WHERE level = NEW.level AND tile = NEW.tile AND substr(NEW.hashes, 1, length(hashes)) <> hashes)
BEGIN
  SELECT RAISE(ABORT, 'a tile only grows');
END;
--> statement-breakpoint
-- A signed head of the ledger for each run of its writer, and how far into the consent database's changes it goes.
CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY CHECK (size > follows),
  -- The size of the one before; 0: it is the first. Two writers cannot both follow the same.
  follows INTEGER NOT NULL CHECK (follows >= 0) UNIQUE,
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  -- The C2SP signed note.
  note TEXT NOT NULL CHECK (octet_length(note) BETWEEN 1 AND 65536),
  -- How often the consent database was reconciled; its last change in the ledger, and that change's mark. 0 and empty: none yet.
  epoch INTEGER NOT NULL CHECK (epoch >= 0),
  change_seq INTEGER NOT NULL CHECK (change_seq >= 0),
  change_mark TEXT NOT NULL CHECK ((change_seq = 0 AND change_mark = '') OR (length(change_mark) = 32 AND change_mark NOT GLOB '*[^0-9a-f]*'))
) STRICT;
--> statement-breakpoint
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints
BEGIN
  SELECT RAISE(ABORT, 'checkpoints is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints
BEGIN
  SELECT RAISE(ABORT, 'checkpoints is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER checkpoints_only_grow BEFORE INSERT ON checkpoints
WHEN NEW.follows <> coalesce((SELECT max(size) FROM checkpoints), 0)
  OR NOT EXISTS (SELECT 1 FROM entries WHERE seq = NEW.size)
BEGIN
  SELECT RAISE(ABORT, 'the ledger only grows, and over entries that are there');
END;
--> statement-breakpoint
-- What an exchange came to, found by. Made from its entries, and can be made again.
CREATE TABLE exchanges (
  -- The seq of its first entry.
  number INTEGER PRIMARY KEY CHECK (number > 0),
  exchange TEXT NOT NULL UNIQUE,
  last_seq INTEGER NOT NULL CHECK (last_seq >= number),
  opened_at INTEGER NOT NULL CHECK (opened_at BETWEEN 0 AND 8640000000000000),
  closed_at INTEGER CHECK (closed_at BETWEEN 0 AND 8640000000000000),
  route TEXT NOT NULL,
  purpose TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('open', 'forwarded', 'dropped', 'rejected', 'refused', 'failed', 'aborted', 'unknown')),
  forwarded INTEGER NOT NULL CHECK (forwarded >= 0),
  stripped INTEGER NOT NULL CHECK (stripped >= 0),
  dropped INTEGER NOT NULL CHECK (dropped >= 0),
  rejected INTEGER NOT NULL CHECK (rejected >= 0),
  CHECK ((outcome = 'open') = (closed_at IS NULL))
) STRICT;
--> statement-breakpoint
CREATE INDEX exchanges_open ON exchanges (opened_at) WHERE closed_at IS NULL;
--> statement-breakpoint
CREATE TRIGGER exchanges_end_once BEFORE UPDATE ON exchanges
WHEN OLD.closed_at IS NOT NULL OR NEW.number IS NOT OLD.number OR NEW.exchange IS NOT OLD.exchange
BEGIN
  SELECT RAISE(ABORT, 'an exchange ends once');
END;
--> statement-breakpoint
-- By account, conversation, reason and route; and which entries speak of a consent's deletion.
CREATE TABLE exchange_index (
  kind TEXT NOT NULL CHECK (kind IN ('account', 'conversation', 'reason', 'route')),
  value TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  PRIMARY KEY (kind, value, number)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- The items of an exchange that rested on a consent, an acceptance or the showing of a notice, and left or may have.
CREATE TABLE bases (
  basis TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  -- JSON array of index ranges, both ends inclusive.
  items TEXT NOT NULL CHECK (json_valid(items)),
  PRIMARY KEY (basis, number)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Answers of whose impact the operator's webhook is still to be told. Written with the checkpoint that covers them; gone when it has been.
CREATE TABLE impact_due (
  record TEXT NOT NULL PRIMARY KEY,
  what TEXT NOT NULL CHECK (what IN ('consent', 'objection')),
  seq INTEGER NOT NULL CHECK (seq > 0),
  tries INTEGER NOT NULL CHECK (tries >= 0),
  next_at INTEGER NOT NULL CHECK (next_at BETWEEN 0 AND 8640000000000000)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
UPDATE schema_version SET version = 2;
