-- What was done in one rotation, without reading the whole trail.
CREATE INDEX audit_rotation ON audit (rotation, sequence) WHERE rotation IS NOT NULL;
