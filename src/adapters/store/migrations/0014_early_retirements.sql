-- The few lines of early retirements, which waves are counted by before every removal: years of others stand beside them.
CREATE INDEX audit_early ON audit (tenant_id, action, at) WHERE details LIKE '%"early":true%';
