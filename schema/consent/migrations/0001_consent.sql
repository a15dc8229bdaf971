-- The consent database, as `schema/consent/tables.ts` names it; drizzle-kit writes no STRICT, CHECK or trigger, so this is by hand.
-- Ids are 1 to 256 printable ASCII characters without spaces; octet_length beside length refuses NUL, where GLOB would stop reading.
-- Append-only takes three triggers: INSERT OR REPLACE goes around the one that refuses DELETE.

CREATE TABLE accounts (
  id TEXT NOT NULL CHECK (octet_length(id) BETWEEN 1 AND 256 AND length(id) = octet_length(id) AND id NOT GLOB '*[^!-~]*') PRIMARY KEY,
  labels TEXT NOT NULL CHECK (labels IN ('[]', '["education_records"]', '["health_information"]',
    '["education_records","health_information"]', '["health_information","education_records"]')),
  participation_rule TEXT NOT NULL CHECK (participation_rule IN ('notice', 'speaker', 'everyone')),
  revision INTEGER NOT NULL CHECK (revision > 0),
  created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 8640000000000000)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER accounts_revision_grows BEFORE UPDATE ON accounts
WHEN NEW.id IS NOT OLD.id OR NEW.revision < OLD.revision
BEGIN
  SELECT RAISE(ABORT, 'an account keeps its id, and its revision never falls');
END;
--> statement-breakpoint
CREATE TABLE service_settings (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  account_id TEXT NOT NULL CHECK (octet_length(account_id) BETWEEN 1 AND 256 AND length(account_id) = octet_length(account_id) AND account_id NOT GLOB '*[^!-~]*') REFERENCES accounts (id),
  service TEXT NOT NULL CHECK (octet_length(service) BETWEEN 1 AND 256 AND length(service) = octet_length(service) AND service NOT GLOB '*[^!-~]*'),
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  trial_ends_at INTEGER CHECK (trial_ends_at BETWEEN 0 AND 8640000000000000),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  person TEXT NOT NULL CHECK (octet_length(person) BETWEEN 1 AND 256 AND length(person) = octet_length(person) AND person NOT GLOB '*[^!-~]*'),
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'operator')),
  recorded_by TEXT NOT NULL CHECK (octet_length(recorded_by) BETWEEN 1 AND 1024)
) STRICT;
--> statement-breakpoint
CREATE INDEX service_settings_latest ON service_settings (account_id, service, seq);
--> statement-breakpoint
CREATE TRIGGER service_settings_no_update BEFORE UPDATE ON service_settings
BEGIN
  SELECT RAISE(ABORT, 'service_settings is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER service_settings_no_delete BEFORE DELETE ON service_settings
BEGIN
  SELECT RAISE(ABORT, 'service_settings is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER service_settings_no_replace BEFORE INSERT ON service_settings
WHEN EXISTS (SELECT 1 FROM service_settings WHERE seq = NEW.seq)
BEGIN
  SELECT RAISE(ABORT, 'service_settings is append-only');
END;
--> statement-breakpoint
-- What people were shown must stay what they were shown: a change is a new version.
CREATE TABLE notices (
  service TEXT NOT NULL CHECK (octet_length(service) BETWEEN 1 AND 256 AND length(service) = octet_length(service) AND service NOT GLOB '*[^!-~]*'),
  version TEXT NOT NULL CHECK (octet_length(version) BETWEEN 1 AND 256 AND length(version) = octet_length(version) AND version NOT GLOB '*[^!-~]*'),
  position INTEGER NOT NULL CHECK (position > 0),
  section TEXT NOT NULL,
  locale TEXT NOT NULL,
  text TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  material INTEGER NOT NULL CHECK (material IN (0, 1)),
  published_at INTEGER NOT NULL CHECK (published_at BETWEEN 0 AND 8640000000000000),
  announced_at INTEGER NOT NULL CHECK (announced_at BETWEEN 0 AND 8640000000000000),
  effective_at INTEGER NOT NULL CHECK (effective_at BETWEEN 0 AND 8640000000000000),
  PRIMARY KEY (service, version)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX notices_order ON notices (service, position);
--> statement-breakpoint
CREATE TRIGGER notices_no_update BEFORE UPDATE ON notices
BEGIN
  SELECT RAISE(ABORT, 'notices is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER notices_no_delete BEFORE DELETE ON notices
BEGIN
  SELECT RAISE(ABORT, 'notices is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER notices_no_replace BEFORE INSERT ON notices
WHEN EXISTS (SELECT 1 FROM notices WHERE service = NEW.service AND (version = NEW.version OR position = NEW.position))
BEGIN
  SELECT RAISE(ABORT, 'notices is append-only');
END;
--> statement-breakpoint
CREATE TABLE consents (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  id TEXT NOT NULL CHECK (octet_length(id) BETWEEN 1 AND 256 AND length(id) = octet_length(id) AND id NOT GLOB '*[^!-~]*') UNIQUE,
  account_id TEXT NOT NULL CHECK (octet_length(account_id) BETWEEN 1 AND 256 AND length(account_id) = octet_length(account_id) AND account_id NOT GLOB '*[^!-~]*') REFERENCES accounts (id),
  conversation_id TEXT NOT NULL CHECK (conversation_id = '' OR (octet_length(conversation_id) BETWEEN 1 AND 256 AND length(conversation_id) = octet_length(conversation_id) AND conversation_id NOT GLOB '*[^!-~]*')),
  service TEXT NOT NULL CHECK (octet_length(service) BETWEEN 1 AND 256 AND length(service) = octet_length(service) AND service NOT GLOB '*[^!-~]*'),
  answer TEXT NOT NULL CHECK (answer IN ('given', 'refused', 'withdrawn', 'revoked')),
  person TEXT NOT NULL CHECK (octet_length(person) BETWEEN 1 AND 256 AND length(person) = octet_length(person) AND person NOT GLOB '*[^!-~]*'),
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'host', 'operator')),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  notice_version TEXT NOT NULL CHECK (notice_version = '' OR (octet_length(notice_version) BETWEEN 1 AND 256 AND length(notice_version) = octet_length(notice_version) AND notice_version NOT GLOB '*[^!-~]*')),
  covers TEXT NOT NULL CHECK (json_valid(covers) AND json_type(covers) = 'object'),
  expires_at INTEGER CHECK (expires_at BETWEEN 0 AND 8640000000000000),
  recorded_by TEXT NOT NULL CHECK (octet_length(recorded_by) BETWEEN 1 AND 1024),
  -- Who may give: an owner or admin of the account, or a host of the conversation. The operator revokes, and nobody else does.
  CHECK (answer <> 'given' OR (conversation_id = '' AND role IN ('owner', 'admin')) OR (conversation_id <> '' AND role = 'host')),
  CHECK ((answer = 'revoked' AND role = 'operator') OR (answer = 'refused') OR (answer IN ('given', 'withdrawn') AND role <> 'operator')),
  CHECK (answer <> 'given' OR notice_version <> ''),
  CHECK (answer = 'given' OR (covers = '{}' AND expires_at IS NULL))
) STRICT;
--> statement-breakpoint
CREATE INDEX consents_latest ON consents (account_id, conversation_id, service, at, seq);
--> statement-breakpoint
CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents
BEGIN
  SELECT RAISE(ABORT, 'consents is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents
BEGIN
  SELECT RAISE(ABORT, 'consents is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER consents_no_replace BEFORE INSERT ON consents
WHEN EXISTS (SELECT 1 FROM consents WHERE seq = NEW.seq OR id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'consents is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER consents_covers_known_kinds BEFORE INSERT ON consents
WHEN EXISTS (
  SELECT 1 FROM json_each(NEW.covers)
  WHERE type <> 'integer' OR value NOT BETWEEN 0 AND 8640000000000000 OR key NOT IN (
    'audio', 'video', 'chat', 'transcript', 'screen', 'whiteboard', 'file',
    'reaction', 'poll', 'summary', 'invite', 'embedding', 'biometric'
  )
)
BEGIN
  SELECT RAISE(ABORT, 'covers holds kinds and instants only');
END;
--> statement-breakpoint
CREATE TABLE conversations (
  id TEXT NOT NULL CHECK (octet_length(id) BETWEEN 1 AND 256 AND length(id) = octet_length(id) AND id NOT GLOB '*[^!-~]*') PRIMARY KEY,
  account_id TEXT NOT NULL CHECK (octet_length(account_id) BETWEEN 1 AND 256 AND length(account_id) = octet_length(account_id) AND account_id NOT GLOB '*[^!-~]*') REFERENCES accounts (id),
  kind TEXT NOT NULL CHECK (kind IN ('meeting', 'webinar', 'call', 'channel')),
  labels TEXT NOT NULL CHECK (labels IN ('[]', '["education_records"]', '["health_information"]',
    '["education_records","health_information"]', '["health_information","education_records"]')),
  started_at INTEGER CHECK (started_at BETWEEN 0 AND 8640000000000000),
  ended_at INTEGER CHECK (ended_at BETWEEN 0 AND 8640000000000000),
  created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 8640000000000000),
  CHECK (started_at <= ended_at)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER conversations_frozen BEFORE UPDATE ON conversations
WHEN NEW.id IS NOT OLD.id OR NEW.account_id IS NOT OLD.account_id OR NEW.kind IS NOT OLD.kind
BEGIN
  SELECT RAISE(ABORT, 'a conversation keeps its id, its account and its kind');
END;
--> statement-breakpoint
CREATE TRIGGER conversations_no_replace BEFORE INSERT ON conversations
WHEN EXISTS (
  SELECT 1 FROM conversations
  WHERE id = NEW.id AND (account_id <> NEW.account_id OR kind <> NEW.kind)
)
BEGIN
  SELECT RAISE(ABORT, 'a conversation keeps its id, its account and its kind');
END;
--> statement-breakpoint
CREATE TRIGGER consents_own_conversation BEFORE INSERT ON consents
WHEN NEW.conversation_id <> '' AND NOT EXISTS (
  SELECT 1 FROM conversations WHERE id = NEW.conversation_id AND account_id = NEW.account_id
)
BEGIN
  SELECT RAISE(ABORT, 'no such conversation of that account');
END;
--> statement-breakpoint
CREATE TABLE presence (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  conversation_id TEXT NOT NULL CHECK (octet_length(conversation_id) BETWEEN 1 AND 256 AND length(conversation_id) = octet_length(conversation_id) AND conversation_id NOT GLOB '*[^!-~]*') REFERENCES conversations (id),
  person TEXT NOT NULL CHECK (octet_length(person) BETWEEN 1 AND 256 AND length(person) = octet_length(person) AND person NOT GLOB '*[^!-~]*'),
  host INTEGER NOT NULL CHECK (host IN (0, 1)),
  joined_at INTEGER NOT NULL CHECK (joined_at BETWEEN 0 AND 8640000000000000),
  left_at INTEGER CHECK (left_at BETWEEN 0 AND 8640000000000000),
  recorded_by TEXT NOT NULL CHECK (octet_length(recorded_by) BETWEEN 1 AND 1024),
  CHECK (joined_at < left_at)
) STRICT;
--> statement-breakpoint
CREATE INDEX presence_person ON presence (conversation_id, person, joined_at);
--> statement-breakpoint
CREATE TRIGGER presence_left_once BEFORE UPDATE ON presence
WHEN OLD.left_at IS NOT NULL OR NEW.seq IS NOT OLD.seq OR NEW.conversation_id IS NOT OLD.conversation_id
  OR NEW.person IS NOT OLD.person OR NEW.host IS NOT OLD.host OR NEW.joined_at IS NOT OLD.joined_at
  OR NEW.recorded_by IS NOT OLD.recorded_by
BEGIN
  SELECT RAISE(ABORT, 'presence: only left_at is written later, and once');
END;
--> statement-breakpoint
CREATE TRIGGER presence_no_delete BEFORE DELETE ON presence
BEGIN
  SELECT RAISE(ABORT, 'presence is never deleted');
END;
--> statement-breakpoint
CREATE TRIGGER presence_no_replace BEFORE INSERT ON presence
WHEN EXISTS (SELECT 1 FROM presence WHERE seq = NEW.seq)
BEGIN
  SELECT RAISE(ABORT, 'presence is never replaced');
END;
--> statement-breakpoint
CREATE TABLE showings (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  id TEXT NOT NULL CHECK (octet_length(id) BETWEEN 1 AND 256 AND length(id) = octet_length(id) AND id NOT GLOB '*[^!-~]*') UNIQUE,
  conversation_id TEXT NOT NULL CHECK (octet_length(conversation_id) BETWEEN 1 AND 256 AND length(conversation_id) = octet_length(conversation_id) AND conversation_id NOT GLOB '*[^!-~]*') REFERENCES conversations (id),
  person TEXT NOT NULL CHECK (octet_length(person) BETWEEN 1 AND 256 AND length(person) = octet_length(person) AND person NOT GLOB '*[^!-~]*'),
  service TEXT NOT NULL CHECK (octet_length(service) BETWEEN 1 AND 256 AND length(service) = octet_length(service) AND service NOT GLOB '*[^!-~]*'),
  notice_version TEXT NOT NULL CHECK (octet_length(notice_version) BETWEEN 1 AND 256 AND length(notice_version) = octet_length(notice_version) AND notice_version NOT GLOB '*[^!-~]*'),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  recorded_by TEXT NOT NULL CHECK (octet_length(recorded_by) BETWEEN 1 AND 1024)
) STRICT;
--> statement-breakpoint
CREATE INDEX showings_person ON showings (conversation_id, person, service, at);
--> statement-breakpoint
CREATE TRIGGER showings_no_update BEFORE UPDATE ON showings
BEGIN
  SELECT RAISE(ABORT, 'showings is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER showings_no_delete BEFORE DELETE ON showings
BEGIN
  SELECT RAISE(ABORT, 'showings is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER showings_no_replace BEFORE INSERT ON showings
WHEN EXISTS (SELECT 1 FROM showings WHERE seq = NEW.seq OR id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'showings is append-only');
END;
--> statement-breakpoint
CREATE TABLE participant_answers (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  id TEXT NOT NULL CHECK (octet_length(id) BETWEEN 1 AND 256 AND length(id) = octet_length(id) AND id NOT GLOB '*[^!-~]*') UNIQUE,
  account_id TEXT NOT NULL CHECK (octet_length(account_id) BETWEEN 1 AND 256 AND length(account_id) = octet_length(account_id) AND account_id NOT GLOB '*[^!-~]*') REFERENCES accounts (id),
  conversation_id TEXT NOT NULL CHECK (conversation_id = '' OR (octet_length(conversation_id) BETWEEN 1 AND 256 AND length(conversation_id) = octet_length(conversation_id) AND conversation_id NOT GLOB '*[^!-~]*')),
  person TEXT NOT NULL CHECK (octet_length(person) BETWEEN 1 AND 256 AND length(person) = octet_length(person) AND person NOT GLOB '*[^!-~]*'),
  service TEXT NOT NULL CHECK (service = '' OR (octet_length(service) BETWEEN 1 AND 256 AND length(service) = octet_length(service) AND service NOT GLOB '*[^!-~]*')),
  answer TEXT NOT NULL CHECK (answer IN ('accepted', 'objected', 'objection_withdrawn')),
  notice_version TEXT NOT NULL CHECK (notice_version = '' OR (octet_length(notice_version) BETWEEN 1 AND 256 AND length(notice_version) = octet_length(notice_version) AND notice_version NOT GLOB '*[^!-~]*')),
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 8640000000000000),
  since INTEGER NOT NULL CHECK (since BETWEEN 0 AND 8640000000000000),
  recorded_by TEXT NOT NULL CHECK (octet_length(recorded_by) BETWEEN 1 AND 1024),
  CHECK ((answer = 'accepted') = (notice_version <> '')),
  -- Only an objection may be standing or cover every service.
  CHECK (answer <> 'accepted' OR (conversation_id <> '' AND service <> '')),
  CHECK (since <= at)
) STRICT;
--> statement-breakpoint
CREATE INDEX participant_answers_person ON participant_answers (account_id, person, conversation_id, at, seq);
--> statement-breakpoint
CREATE TRIGGER participant_answers_no_update BEFORE UPDATE ON participant_answers
BEGIN
  SELECT RAISE(ABORT, 'participant_answers is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER participant_answers_no_delete BEFORE DELETE ON participant_answers
BEGIN
  SELECT RAISE(ABORT, 'participant_answers is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER participant_answers_no_replace BEFORE INSERT ON participant_answers
WHEN EXISTS (SELECT 1 FROM participant_answers WHERE seq = NEW.seq OR id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'participant_answers is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER participant_answers_own_conversation BEFORE INSERT ON participant_answers
WHEN NEW.conversation_id <> '' AND NOT EXISTS (
  SELECT 1 FROM conversations WHERE id = NEW.conversation_id AND account_id = NEW.account_id
)
BEGIN
  SELECT RAISE(ABORT, 'no such conversation of that account');
END;
--> statement-breakpoint
CREATE TABLE producer_keys (
  id TEXT NOT NULL CHECK (octet_length(id) BETWEEN 1 AND 256 AND length(id) = octet_length(id) AND id NOT GLOB '*[^!-~]*') PRIMARY KEY,
  producer TEXT NOT NULL CHECK (octet_length(producer) BETWEEN 1 AND 256 AND length(producer) = octet_length(producer) AND producer NOT GLOB '*[^!-~]*'),
  accounts TEXT NOT NULL CHECK (json_valid(accounts) AND json_type(accounts) = 'array'),
  routes TEXT NOT NULL CHECK (json_valid(routes) AND json_type(routes) = 'array'),
  created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 8640000000000000),
  expires_at INTEGER NOT NULL CHECK (expires_at BETWEEN 0 AND 8640000000000000),
  revoked_at INTEGER CHECK (revoked_at BETWEEN 0 AND 8640000000000000)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TRIGGER producer_keys_frozen BEFORE UPDATE ON producer_keys
WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at) OR NEW.id IS NOT OLD.id
  OR NEW.producer IS NOT OLD.producer OR NEW.accounts IS NOT OLD.accounts OR NEW.routes IS NOT OLD.routes
  OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT OLD.expires_at
BEGIN
  SELECT RAISE(ABORT, 'a producer key may only be revoked, and once');
END;
--> statement-breakpoint
CREATE TRIGGER producer_keys_no_delete BEFORE DELETE ON producer_keys
BEGIN
  SELECT RAISE(ABORT, 'producer keys are never deleted');
END;
--> statement-breakpoint
CREATE TRIGGER producer_keys_no_replace BEFORE INSERT ON producer_keys
WHEN EXISTS (SELECT 1 FROM producer_keys WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'producer keys are never replaced');
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
