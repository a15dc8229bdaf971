-- A receipt is asked for by the answer's id: its change must be found without a walk through all there ever were.

CREATE INDEX changes_answer ON changes (body ->> 'id') WHERE type IN ('consent', 'answer');
--> statement-breakpoint
UPDATE schema_version SET version = 6;
