-- Every change of consent state, in the order it was made, on its way to the ledger. Triggers write it: it is in the same transaction as the
-- change by construction, whoever makes the change. Ids, words, instants, versions and digests; never text that somebody wrote.

CREATE TABLE changes (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  type TEXT NOT NULL CHECK (type IN ('account', 'setting', 'notice', 'consent', 'conversation', 'presence', 'departure', 'showing', 'answer', 'producer_key')),
  -- By the database's clock.
  at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) CHECK (at BETWEEN 0 AND 8640000000000000),
  -- So that a database that was put back and went on from there is not taken for the one the ledger knows.
  mark TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))) CHECK (length(mark) = 32 AND mark NOT GLOB '*[^0-9a-f]*'),
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
--> statement-breakpoint
CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes
BEGIN
  SELECT RAISE(ABORT, 'changes is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes
BEGIN
  SELECT RAISE(ABORT, 'changes is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER changes_no_replace BEFORE INSERT ON changes
WHEN EXISTS (SELECT 1 FROM changes WHERE seq = NEW.seq)
BEGIN
  SELECT RAISE(ABORT, 'changes is append-only');
END;
--> statement-breakpoint
-- What stands for a person in the ledger is made under that person's key: without the key nobody can tell whose it is.
CREATE TABLE pseudonym_keys (
  account_id TEXT NOT NULL,
  person TEXT NOT NULL,
  -- 32 random bytes, base64url.
  key TEXT NOT NULL CHECK (length(key) = 43 AND key NOT GLOB '*[^A-Za-z0-9_-]*'),
  PRIMARY KEY (account_id, person)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER pseudonym_keys_no_update BEFORE UPDATE ON pseudonym_keys
BEGIN
  SELECT RAISE(ABORT, 'a pseudonym key is kept or destroyed, never changed');
END;
--> statement-breakpoint
CREATE TRIGGER pseudonym_keys_no_replace BEFORE INSERT ON pseudonym_keys
WHEN EXISTS (SELECT 1 FROM pseudonym_keys WHERE account_id = NEW.account_id AND person = NEW.person)
BEGIN
  SELECT RAISE(IGNORE);
END;
--> statement-breakpoint
CREATE TRIGGER accounts_created AFTER INSERT ON accounts
BEGIN
  INSERT INTO changes (type, body) VALUES ('account', json_object(
    'id', NEW.id,
    'labels', json(NEW.labels),
    'participation_rule', NEW.participation_rule));
END;
--> statement-breakpoint
CREATE TRIGGER accounts_changed AFTER UPDATE ON accounts
WHEN NEW.labels IS NOT OLD.labels OR NEW.participation_rule IS NOT OLD.participation_rule
BEGIN
  INSERT INTO changes (type, body) VALUES ('account', json_object(
    'id', NEW.id,
    'labels', json(NEW.labels),
    'participation_rule', NEW.participation_rule));
END;
--> statement-breakpoint
CREATE TRIGGER service_settings_added AFTER INSERT ON service_settings
BEGIN
  INSERT INTO changes (type, body) VALUES ('setting', json_object(
    'seq', NEW.seq,
    'account_id', NEW.account_id,
    'service', NEW.service,
    'enabled', NEW.enabled,
    'trial_ends_at', NEW.trial_ends_at,
    'at', NEW.at,
    'person', NEW.person,
    'role', NEW.role,
    'recorded_by', NEW.recorded_by));
END;
--> statement-breakpoint
CREATE TRIGGER notices_added AFTER INSERT ON notices
BEGIN
  INSERT INTO changes (type, body) VALUES ('notice', json_object(
    'service', NEW.service,
    'version', NEW.version,
    'position', NEW.position,
    'locale', NEW.locale,
    'sha256', NEW.sha256,
    'material', NEW.material,
    'published_at', NEW.published_at,
    'announced_at', NEW.announced_at,
    'effective_at', NEW.effective_at));
END;
--> statement-breakpoint
CREATE TRIGGER consents_added AFTER INSERT ON consents
BEGIN
  INSERT INTO changes (type, body) VALUES ('consent', json_object(
    'id', NEW.id,
    'account_id', NEW.account_id,
    'conversation_id', NEW.conversation_id,
    'service', NEW.service,
    'answer', NEW.answer,
    'person', NEW.person,
    'role', NEW.role,
    'at', NEW.at,
    'notice_version', NEW.notice_version,
    'covers', json(NEW.covers),
    'expires_at', NEW.expires_at,
    'recorded_by', NEW.recorded_by,
    'evidence_sha256', NEW.evidence_sha256));
END;
--> statement-breakpoint
CREATE TRIGGER conversations_created AFTER INSERT ON conversations
BEGIN
  INSERT INTO changes (type, body) VALUES ('conversation', json_object(
    'id', NEW.id,
    'account_id', NEW.account_id,
    'kind', NEW.kind,
    'labels', json(NEW.labels),
    'started_at', NEW.started_at,
    'ended_at', NEW.ended_at));
END;
--> statement-breakpoint
CREATE TRIGGER conversations_changed AFTER UPDATE ON conversations
WHEN NEW.labels IS NOT OLD.labels OR NEW.started_at IS NOT OLD.started_at OR NEW.ended_at IS NOT OLD.ended_at
BEGIN
  INSERT INTO changes (type, body) VALUES ('conversation', json_object(
    'id', NEW.id,
    'account_id', NEW.account_id,
    'kind', NEW.kind,
    'labels', json(NEW.labels),
    'started_at', NEW.started_at,
    'ended_at', NEW.ended_at));
END;
--> statement-breakpoint
CREATE TRIGGER presence_joined AFTER INSERT ON presence
BEGIN
  INSERT INTO changes (type, body) VALUES ('presence', json_object(
    'seq', NEW.seq,
    'account_id', (SELECT account_id FROM conversations WHERE id = NEW.conversation_id),
    'conversation_id', NEW.conversation_id,
    'person', NEW.person,
    'host', NEW.host,
    'joined_at', NEW.joined_at,
    'left_at', NEW.left_at,
    'session', NEW.session,
    'recorded_by', NEW.recorded_by));
END;
--> statement-breakpoint
CREATE TRIGGER presence_left AFTER UPDATE ON presence
WHEN NEW.left_at IS NOT OLD.left_at
BEGIN
  INSERT INTO changes (type, body) VALUES ('presence', json_object(
    'seq', NEW.seq,
    'account_id', (SELECT account_id FROM conversations WHERE id = NEW.conversation_id),
    'conversation_id', NEW.conversation_id,
    'person', NEW.person,
    'host', NEW.host,
    'joined_at', NEW.joined_at,
    'left_at', NEW.left_at,
    'session', NEW.session,
    'recorded_by', NEW.recorded_by));
END;
--> statement-breakpoint
CREATE TRIGGER departures_added AFTER INSERT ON departures
BEGIN
  INSERT INTO changes (type, body) VALUES ('departure', json_object(
    'account_id', (SELECT account_id FROM conversations WHERE id = NEW.conversation_id),
    'conversation_id', NEW.conversation_id,
    'session', NEW.session,
    'at', NEW.at,
    'recorded_by', NEW.recorded_by));
END;
--> statement-breakpoint
CREATE TRIGGER showings_added AFTER INSERT ON showings
BEGIN
  INSERT INTO changes (type, body) VALUES ('showing', json_object(
    'id', NEW.id,
    'account_id', (SELECT account_id FROM conversations WHERE id = NEW.conversation_id),
    'conversation_id', NEW.conversation_id,
    'person', NEW.person,
    'service', NEW.service,
    'notice_version', NEW.notice_version,
    'at', NEW.at,
    'recorded_by', NEW.recorded_by,
    'evidence_sha256', NEW.evidence_sha256));
END;
--> statement-breakpoint
CREATE TRIGGER participant_answers_added AFTER INSERT ON participant_answers
BEGIN
  INSERT INTO changes (type, body) VALUES ('answer', json_object(
    'id', NEW.id,
    'account_id', NEW.account_id,
    'conversation_id', NEW.conversation_id,
    'person', NEW.person,
    'service', NEW.service,
    'answer', NEW.answer,
    'notice_version', NEW.notice_version,
    'at', NEW.at,
    'since', NEW.since,
    'recorded_by', NEW.recorded_by,
    'evidence_sha256', NEW.evidence_sha256));
END;
--> statement-breakpoint
CREATE TRIGGER producer_keys_added AFTER INSERT ON producer_keys
BEGIN
  INSERT INTO changes (type, body) VALUES ('producer_key', json_object(
    'id', NEW.id,
    'producer', NEW.producer,
    'accounts', json(NEW.accounts),
    'routes', json(NEW.routes),
    'created_at', NEW.created_at,
    'expires_at', NEW.expires_at,
    'revoked_at', NEW.revoked_at));
END;
--> statement-breakpoint
CREATE TRIGGER producer_keys_revoked AFTER UPDATE ON producer_keys
WHEN NEW.revoked_at IS NOT OLD.revoked_at
BEGIN
  INSERT INTO changes (type, body) VALUES ('producer_key', json_object(
    'id', NEW.id,
    'producer', NEW.producer,
    'accounts', json(NEW.accounts),
    'routes', json(NEW.routes),
    'created_at', NEW.created_at,
    'expires_at', NEW.expires_at,
    'revoked_at', NEW.revoked_at));
END;
--> statement-breakpoint
-- What was there before is taken over as it is found.
INSERT INTO changes (type, body) SELECT 'account', json_object(
  'id', id,
  'labels', json(labels),
  'participation_rule', participation_rule) FROM accounts ORDER BY id;
--> statement-breakpoint
INSERT INTO changes (type, body) SELECT 'notice', json_object(
  'service', service,
  'version', version,
  'position', position,
  'locale', locale,
  'sha256', sha256,
  'material', material,
  'published_at', published_at,
  'announced_at', announced_at,
  'effective_at', effective_at) FROM notices ORDER BY service, position;
--> statement-breakpoint
INSERT INTO changes (type, body) SELECT 'setting', json_object(
  'seq', seq,
  'account_id', account_id,
  'service', service,
  'enabled', enabled,
  'trial_ends_at', trial_ends_at,
  'at', at,
  'person', person,
  'role', role,
  'recorded_by', recorded_by) FROM service_settings ORDER BY seq;
--> statement-breakpoint
INSERT INTO changes (type, body) SELECT 'conversation', json_object(
  'id', id,
  'account_id', account_id,
  'kind', kind,
  'labels', json(labels),
  'started_at', started_at,
  'ended_at', ended_at) FROM conversations ORDER BY id;
--> statement-breakpoint
INSERT INTO changes (type, body) SELECT 'consent', json_object(
  'id', id,
  'account_id', account_id,
  'conversation_id', conversation_id,
  'service', service,
  'answer', answer,
  'person', person,
  'role', role,
  'at', at,
  'notice_version', notice_version,
  'covers', json(covers),
  'expires_at', expires_at,
  'recorded_by', recorded_by,
  'evidence_sha256', evidence_sha256) FROM consents ORDER BY seq;
--> statement-breakpoint
INSERT INTO changes (type, body) SELECT 'presence', json_object(
  'seq', seq,
  'account_id', (SELECT account_id FROM conversations WHERE conversations.id = conversation_id),
  'conversation_id', conversation_id,
  'person', person,
  'host', host,
  'joined_at', joined_at,
  'left_at', left_at,
  'session', session,
  'recorded_by', recorded_by) FROM presence ORDER BY seq;
--> statement-breakpoint
INSERT INTO changes (type, body) SELECT 'departure', json_object(
  'account_id', (SELECT account_id FROM conversations WHERE conversations.id = conversation_id),
  'conversation_id', conversation_id,
  'session', session,
  'at', at,
  'recorded_by', recorded_by) FROM departures ORDER BY conversation_id, at;
--> statement-breakpoint
INSERT INTO changes (type, body) SELECT 'showing', json_object(
  'id', id,
  'account_id', (SELECT account_id FROM conversations WHERE conversations.id = conversation_id),
  'conversation_id', conversation_id,
  'person', person,
  'service', service,
  'notice_version', notice_version,
  'at', at,
  'recorded_by', recorded_by,
  'evidence_sha256', evidence_sha256) FROM showings ORDER BY seq;
--> statement-breakpoint
INSERT INTO changes (type, body) SELECT 'answer', json_object(
  'id', id,
  'account_id', account_id,
  'conversation_id', conversation_id,
  'person', person,
  'service', service,
  'answer', answer,
  'notice_version', notice_version,
  'at', at,
  'since', since,
  'recorded_by', recorded_by,
  'evidence_sha256', evidence_sha256) FROM participant_answers ORDER BY seq;
--> statement-breakpoint
INSERT INTO changes (type, body) SELECT 'producer_key', json_object(
  'id', id,
  'producer', producer,
  'accounts', json(accounts),
  'routes', json(routes),
  'created_at', created_at,
  'expires_at', expires_at,
  'revoked_at', revoked_at) FROM producer_keys ORDER BY created_at, id;
--> statement-breakpoint
UPDATE schema_version SET version = 4;
