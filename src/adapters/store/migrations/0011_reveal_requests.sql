-- What one person asks another one to allow: that he sees the value of a privileged application, once. The value is not here.
CREATE TABLE reveal_requests (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX reveal_requests_open ON reveal_requests (tenant_id, asked_at) WHERE state IN ('asked', 'approved');
