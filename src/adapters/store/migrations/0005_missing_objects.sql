-- Of an object that the last scans no longer saw and that is kept as known because too many were missing: since when.
ALTER TABLE holders ADD COLUMN missing_since INTEGER;
