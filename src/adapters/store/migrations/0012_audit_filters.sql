-- The trail of one application, of one action, or of one action on an application, in its order, without reading through the trail of all.
CREATE INDEX audit_app ON audit (tenant_id, app_id, sequence);
CREATE INDEX audit_of_action ON audit (tenant_id, action, sequence);
CREATE INDEX audit_app_action ON audit (tenant_id, app_id, action, sequence) WHERE app_id IS NOT NULL;
