-- The order in which due rotations are handed out, for when so many are due that sorting them for each claim costs more
-- than finding the first.
CREATE INDEX rotations_urgency ON rotations (tenant_id, (replaces_end IS NULL), replaces_end, priority DESC, id, due_at)
  WHERE due_at IS NOT NULL;
