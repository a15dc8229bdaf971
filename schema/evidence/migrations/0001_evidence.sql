-- The evidence database, as `schema/evidence/tables.ts` names it; drizzle-kit writes no STRICT, CHECK or trigger, so this is by hand.
-- Append-only takes three triggers: INSERT OR REPLACE goes around the one that refuses DELETE.

CREATE TABLE entries (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  exchange TEXT NOT NULL CHECK (octet_length(exchange) BETWEEN 1 AND 256 AND length(exchange) = octet_length(exchange) AND exchange NOT GLOB '*[^!-~]*'),
  position INTEGER NOT NULL CHECK (position >= 0),
  type TEXT NOT NULL CHECK (type IN ('opened', 'decided', 'closed')),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  body TEXT NOT NULL CHECK (json_valid(body) AND octet_length(body) < 1900000),
  CHECK ((type = 'opened') = (position = 0))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX entries_exchange ON entries (exchange, position);
--> statement-breakpoint
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
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
-- One row: an index over a constant admits no second.
CREATE TABLE schema_version (
  version INTEGER NOT NULL CHECK (version > 0)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX schema_version_single ON schema_version ((1));
--> statement-breakpoint
INSERT INTO schema_version (version) VALUES (1);
