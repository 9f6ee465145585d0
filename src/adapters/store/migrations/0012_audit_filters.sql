-- The trail of one application, or of one action, in its order, without reading through the trail of all.
CREATE INDEX audit_app ON audit (tenant_id, app_id, sequence);
CREATE INDEX audit_of_action ON audit (tenant_id, action, sequence);
