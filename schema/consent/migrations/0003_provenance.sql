-- Where an imported row came from, the digest of what proves it, and what a source of webhooks told of people leaving.

ALTER TABLE consents ADD COLUMN source TEXT CHECK (octet_length(source) BETWEEN 1 AND 1024);
--> statement-breakpoint
ALTER TABLE consents ADD COLUMN evidence_sha256 TEXT CHECK (length(evidence_sha256) = 64 AND evidence_sha256 NOT GLOB '*[^0-9a-f]*');
--> statement-breakpoint
ALTER TABLE showings ADD COLUMN source TEXT CHECK (octet_length(source) BETWEEN 1 AND 1024);
--> statement-breakpoint
ALTER TABLE showings ADD COLUMN evidence_sha256 TEXT CHECK (length(evidence_sha256) = 64 AND evidence_sha256 NOT GLOB '*[^0-9a-f]*');
--> statement-breakpoint
ALTER TABLE participant_answers ADD COLUMN source TEXT CHECK (octet_length(source) BETWEEN 1 AND 1024);
--> statement-breakpoint
ALTER TABLE participant_answers ADD COLUMN evidence_sha256 TEXT CHECK (length(evidence_sha256) = 64 AND evidence_sha256 NOT GLOB '*[^0-9a-f]*');
--> statement-breakpoint
ALTER TABLE presence ADD COLUMN source TEXT CHECK (octet_length(source) BETWEEN 1 AND 1024);
--> statement-breakpoint
ALTER TABLE presence ADD COLUMN session TEXT CHECK (octet_length(session) BETWEEN 1 AND 256 AND length(session) = octet_length(session) AND session NOT GLOB '*[^!-~]*');
--> statement-breakpoint
CREATE INDEX presence_session ON presence (conversation_id, session);
--> statement-breakpoint
DROP TRIGGER presence_left_once;
--> statement-breakpoint
-- A source tells of joins and leaves in any order: a stay it opened may end earlier than was known, and never later.
CREATE TRIGGER presence_left_once BEFORE UPDATE ON presence
WHEN (OLD.left_at IS NOT NULL AND (OLD.session IS NULL OR NEW.left_at IS NULL OR NEW.left_at >= OLD.left_at))
  OR NEW.seq IS NOT OLD.seq OR NEW.conversation_id IS NOT OLD.conversation_id
  OR NEW.person IS NOT OLD.person OR NEW.host IS NOT OLD.host OR NEW.joined_at IS NOT OLD.joined_at
  OR NEW.recorded_by IS NOT OLD.recorded_by OR NEW.source IS NOT OLD.source OR NEW.session IS NOT OLD.session
BEGIN
  SELECT RAISE(ABORT, 'presence: only left_at is written later, and once');
END;
--> statement-breakpoint
-- A leave is kept even if its join has not been told of yet.
CREATE TABLE departures (
  conversation_id TEXT NOT NULL CHECK (octet_length(conversation_id) BETWEEN 1 AND 256 AND length(conversation_id) = octet_length(conversation_id) AND conversation_id NOT GLOB '*[^!-~]*') REFERENCES conversations (id),
  session TEXT NOT NULL CHECK (octet_length(session) BETWEEN 1 AND 256 AND length(session) = octet_length(session) AND session NOT GLOB '*[^!-~]*'),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  recorded_by TEXT NOT NULL CHECK (octet_length(recorded_by) BETWEEN 1 AND 1024),
  PRIMARY KEY (conversation_id, session, at)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER departures_no_update BEFORE UPDATE ON departures
BEGIN
  SELECT RAISE(ABORT, 'departures is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER departures_no_delete BEFORE DELETE ON departures
BEGIN
  SELECT RAISE(ABORT, 'departures is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER departures_no_replace BEFORE INSERT ON departures
WHEN EXISTS (
  SELECT 1 FROM departures WHERE conversation_id = NEW.conversation_id AND session = NEW.session AND at = NEW.at
)
BEGIN
  SELECT RAISE(ABORT, 'departures is append-only');
END;
--> statement-breakpoint
UPDATE schema_version SET version = 3;
