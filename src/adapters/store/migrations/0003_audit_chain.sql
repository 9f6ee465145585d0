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

-- The key ids a scan saw on each object, compact (see key-ids.ts); null where no scan has noted them yet.
ALTER TABLE holders ADD COLUMN key_ids TEXT;

-- What changed without us. One row for each thing noticed, so that it is said once.
CREATE TABLE drifts (
  tenant_id TEXT NOT NULL,
  object_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  what TEXT NOT NULL,
  app_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, object_id, subject, what)
);
CREATE INDEX drifts_app ON drifts (tenant_id, app_id, at);

-- What each recipient of notices was told last, so that it is told again only when something changes.
CREATE TABLE notices (
  tenant_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  digest TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, channel, recipient)
);
