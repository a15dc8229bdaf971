-- Erasing a person's ids from the evidence: the key of their pseudonym is destroyed for good, and what is on its way to the ledger names them no more.

CREATE TABLE erasures (
  account_id TEXT NOT NULL CHECK (octet_length(account_id) BETWEEN 1 AND 256 AND length(account_id) = octet_length(account_id) AND account_id NOT GLOB '*[^!-~]*') REFERENCES accounts (id),
  -- A person, or who recorded something, where that was the same person.
  person TEXT NOT NULL CHECK (octet_length(person) BETWEEN 1 AND 1024),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  -- The ledger's entry of it.
  record TEXT NOT NULL CHECK (octet_length(record) BETWEEN 1 AND 256),
  PRIMARY KEY (account_id, person)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER erasures_no_update BEFORE UPDATE ON erasures
BEGIN
  SELECT RAISE(ABORT, 'erasures is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER erasures_no_delete BEFORE DELETE ON erasures
BEGIN
  SELECT RAISE(ABORT, 'erasures is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER erasures_no_replace BEFORE INSERT ON erasures
WHEN EXISTS (SELECT 1 FROM erasures WHERE account_id = NEW.account_id AND person = NEW.person)
BEGIN
  SELECT RAISE(IGNORE);
END;
--> statement-breakpoint
-- Whose key was destroyed gets no other: a new one would tell again whose what is written from then on is.
CREATE TRIGGER pseudonym_keys_of_erased BEFORE INSERT ON pseudonym_keys
WHEN EXISTS (SELECT 1 FROM erasures WHERE account_id = NEW.account_id AND person = NEW.person)
BEGIN
  SELECT RAISE(IGNORE);
END;
--> statement-breakpoint
CREATE TRIGGER pseudonym_keys_no_delete BEFORE DELETE ON pseudonym_keys
WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE account_id = OLD.account_id AND person = OLD.person)
BEGIN
  SELECT RAISE(ABORT, 'a pseudonym key is destroyed by an erasure alone');
END;
--> statement-breakpoint
DROP TRIGGER changes_no_update;
--> statement-breakpoint
-- Nothing of a change is ever another, and of what it says only the ids of somebody who was erased may go.
CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes
WHEN NEW.seq IS NOT OLD.seq OR NEW.type IS NOT OLD.type OR NEW.at IS NOT OLD.at OR NEW.mark IS NOT OLD.mark
  OR json_remove(NEW.body, '$.person', '$.recorded_by') IS NOT json_remove(OLD.body, '$.person', '$.recorded_by')
  OR (NEW.body ->> 'person' IS NOT OLD.body ->> 'person' AND (NEW.body ->> 'person' IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM erasures WHERE account_id = OLD.body ->> 'account_id' AND person = OLD.body ->> 'person')))
  OR (NEW.body ->> 'recorded_by' IS NOT OLD.body ->> 'recorded_by' AND (NEW.body ->> 'recorded_by' IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM erasures WHERE account_id = OLD.body ->> 'account_id' AND person = OLD.body ->> 'recorded_by')))
BEGIN
  SELECT RAISE(ABORT, 'changes is append-only');
END;
--> statement-breakpoint
-- What comes after the erasure names them no more either.
CREATE TRIGGER changes_of_erased AFTER INSERT ON changes
WHEN EXISTS (
  SELECT 1 FROM erasures WHERE account_id = NEW.body ->> 'account_id' AND person IN (NEW.body ->> 'person', NEW.body ->> 'recorded_by'))
BEGIN
  UPDATE changes SET body = json_remove(body, '$.person') WHERE seq = NEW.seq
    AND EXISTS (SELECT 1 FROM erasures WHERE account_id = NEW.body ->> 'account_id' AND person = NEW.body ->> 'person');
  UPDATE changes SET body = json_remove(body, '$.recorded_by') WHERE seq = NEW.seq
    AND EXISTS (SELECT 1 FROM erasures WHERE account_id = NEW.body ->> 'account_id' AND person = NEW.body ->> 'recorded_by');
END;
--> statement-breakpoint
UPDATE schema_version SET version = 7;
