-- An application has one open lapse at most; of several that were noted the first one has not ended either.
DELETE FROM lapses WHERE ended IS NULL AND EXISTS (
  SELECT 1 FROM lapses AS other
  WHERE other.tenant_id = lapses.tenant_id AND other.app_id = lapses.app_id AND other.ended IS NULL AND other.began < lapses.began
);
CREATE UNIQUE INDEX lapses_open ON lapses (tenant_id, app_id) WHERE ended IS NULL;
