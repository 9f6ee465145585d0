-- Lists of rotations, newest first, a page at a time; of one state or of all.
CREATE INDEX rotations_newest ON rotations (tenant_id, planned_at DESC, id);
CREATE INDEX rotations_newest_by_state ON rotations (tenant_id, state, planned_at DESC, id);
