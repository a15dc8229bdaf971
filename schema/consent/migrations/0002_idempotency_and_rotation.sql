-- Answers kept for repeated requests, and producer keys whose end is set ahead so that two overlap.

CREATE TABLE idempotency_keys (
  key_digest TEXT NOT NULL CHECK (octet_length(key_digest) = 43) PRIMARY KEY,
  fingerprint TEXT NOT NULL CHECK (octet_length(fingerprint) = 43),
  claim TEXT NOT NULL CHECK (octet_length(claim) BETWEEN 1 AND 256),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  changed INTEGER NOT NULL CHECK (changed IN (0, 1)),
  answer TEXT CHECK (json_valid(answer) AND octet_length(answer) < 1900000)
) STRICT;
--> statement-breakpoint
CREATE INDEX idempotency_keys_age ON idempotency_keys (at);
--> statement-breakpoint
DROP TRIGGER producer_keys_frozen;
--> statement-breakpoint
-- A revocation may be set ahead, and then only brought forward.
CREATE TRIGGER producer_keys_frozen BEFORE UPDATE ON producer_keys
WHEN (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.revoked_at > OLD.revoked_at)) OR NEW.id IS NOT OLD.id
  OR NEW.producer IS NOT OLD.producer OR NEW.accounts IS NOT OLD.accounts OR NEW.routes IS NOT OLD.routes
  OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT OLD.expires_at
BEGIN
  SELECT RAISE(ABORT, 'a producer key may only be revoked, and its revocation only brought forward');
END;
--> statement-breakpoint
UPDATE schema_version SET version = 2;
