-- What rests on a consent, in few numbers and in parts: of an exchange with millions of turns one row would be larger than a row may be.

CREATE TABLE bases_in_parts (
  basis TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  -- 0, 1, … of an exchange; no two parts of it speak of the same item.
  part INTEGER NOT NULL CHECK (part >= 0),
  -- JSON array: how many items of the exchange did not, how many did, and so on in turn.
  items TEXT NOT NULL CHECK (json_valid(items)),
  PRIMARY KEY (basis, number, part)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- What is there says first and last of each range.
INSERT INTO bases_in_parts SELECT basis, number, 0, (
  SELECT json_group_array(n) FROM (
    SELECT 2 * r.key AS at, (r.value ->> 0) - coalesce((SELECT (p.value ->> 1) + 1 FROM json_each(b.items) p WHERE p.key = r.key - 1), 0) AS n
    FROM json_each(b.items) r
    UNION ALL
    SELECT 2 * r.key + 1, (r.value ->> 1) - (r.value ->> 0) + 1 FROM json_each(b.items) r
    ORDER BY 1
  )
) FROM bases b;
--> statement-breakpoint
DROP TABLE bases;
--> statement-breakpoint
ALTER TABLE bases_in_parts RENAME TO bases;
--> statement-breakpoint
UPDATE schema_version SET version = 3;
