-- Whom to ask again is read by account and by who is there now; neither may cost a walk through everyone there ever was.

CREATE INDEX conversations_account ON conversations (account_id, id, ended_at);
--> statement-breakpoint
CREATE INDEX presence_open ON presence (conversation_id, person) WHERE left_at IS NULL;
--> statement-breakpoint
UPDATE schema_version SET version = 5;
