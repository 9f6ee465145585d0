-- Client secrets that a person makes to see the value once. `sealed` is there from issue until it is stored, or its time is over.
CREATE TABLE shown_secrets (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  body TEXT NOT NULL,
  sealed TEXT
);
CREATE INDEX shown_secrets_open ON shown_secrets (tenant_id, asked_at) WHERE state IN ('asked', 'held', 'lapsed');
