-- Applications that persons hold: nothing more is done to one until somebody lets it go on.
CREATE TABLE application_pauses (
  tenant_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  paused_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (tenant_id, app_id)
);
