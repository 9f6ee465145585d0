-- Answers of the HTTP API, for requests that are sent again with the same Idempotency-Key. They hold no values.
CREATE TABLE answers (
  tenant_id TEXT NOT NULL,
  who TEXT NOT NULL,
  answer_key TEXT NOT NULL,
  asked TEXT NOT NULL,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, who, answer_key)
);
CREATE INDEX answers_at ON answers (tenant_id, at);
