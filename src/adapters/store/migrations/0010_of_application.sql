-- The rotations of one application, newest first. Without their order in it the index was passed over for `rotations_newest`, and all
-- rotations of the tenant were read to find the few of one application.
DROP INDEX rotations_app;
CREATE INDEX rotations_of_app ON rotations (tenant_id, app_id, planned_at DESC, id);
