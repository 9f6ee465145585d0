-- Times are epoch milliseconds. Documents (rotations, switches, audit details) are JSON text beside the columns that
-- queries need. Common subset of SQLite and PostgreSQL, but for the audit's key and triggers.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE scans (
  tenant_id TEXT PRIMARY KEY,
  scanned_at INTEGER NOT NULL,
  applications INTEGER NOT NULL,
  service_principals INTEGER NOT NULL,
  complete INTEGER NOT NULL,
  lost REAL NOT NULL
);

CREATE TABLE holders (
  tenant_id TEXT NOT NULL,
  object_id TEXT NOT NULL,
  type TEXT NOT NULL,
  app_id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, object_id)
);

CREATE TABLE rotations (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  object_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  slot TEXT NOT NULL,
  replaces TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at INTEGER,
  replaces_end INTEGER,
  priority INTEGER NOT NULL,
  verified_at INTEGER,
  failures INTEGER NOT NULL,
  planned_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  fence INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL
);

-- one open rotation for a credential, and one under way in a slot
CREATE UNIQUE INDEX rotations_replaces ON rotations (tenant_id, replaces)
  WHERE state NOT IN ('retired', 'cancelled');
CREATE UNIQUE INDEX rotations_slot ON rotations (tenant_id, app_id, slot)
  WHERE state IN ('planned', 'issued', 'accepted', 'delivered', 'halted');
CREATE INDEX rotations_due ON rotations (tenant_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX rotations_holder ON rotations (tenant_id, object_id) WHERE lease_owner IS NOT NULL;
CREATE INDEX rotations_app ON rotations (tenant_id, app_id);

CREATE TABLE sealed (
  rotation TEXT PRIMARY KEY,
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL
);

CREATE TABLE ledger (
  tenant_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  type TEXT NOT NULL,
  object_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  origin TEXT NOT NULL,
  rotation TEXT,
  entered_at INTEGER NOT NULL,
  removed_at INTEGER,
  PRIMARY KEY (tenant_id, key_id)
);
CREATE INDEX ledger_app ON ledger (tenant_id, app_id);

CREATE TABLE slots (
  tenant_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  slot TEXT NOT NULL,
  kind TEXT NOT NULL,
  key_id TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, app_id, slot)
);

CREATE TABLE attempts (
  tenant_id TEXT NOT NULL,
  attempt TEXT NOT NULL,
  PRIMARY KEY (tenant_id, attempt)
);

CREATE TABLE switches (
  tenant_id TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, name)
);

-- successes and failures of acceptance and verification, for the breaker; forgotten when a person closes it
CREATE TABLE outcomes (
  sequence INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  ok INTEGER NOT NULL
);
CREATE INDEX outcomes_tenant ON outcomes (tenant_id, sequence);

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  rotation TEXT,
  app_id TEXT,
  key_id TEXT,
  reason TEXT,
  details TEXT NOT NULL
);
CREATE INDEX audit_tenant ON audit (tenant_id, sequence);
CREATE INDEX audit_action ON audit (tenant_id, action, at);

CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
