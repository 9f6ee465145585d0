-- What a write in the directory did: Graph's request id, key ids before and after (JSON).
ALTER TABLE audit ADD COLUMN written TEXT;

-- The chain over the trail, per tenant: sealed in the background, so that nobody waits for it who writes an entry.
CREATE TABLE links (
  tenant_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, position)
);
CREATE UNIQUE INDEX links_sequence ON links (sequence);

CREATE TABLE checkpoints (
  tenant_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (tenant_id, position)
);

CREATE TRIGGER links_are_append_only_update BEFORE UPDATE ON links
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER links_are_append_only_delete BEFORE DELETE ON links
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER checkpoints_are_append_only_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER checkpoints_are_append_only_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
