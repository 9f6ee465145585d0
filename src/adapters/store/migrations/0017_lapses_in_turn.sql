-- When the directory was last asked whether an open lapse is none any more, so that each has its turn; and why one ended where nothing works again.
ALTER TABLE lapses ADD COLUMN asked INTEGER;
ALTER TABLE lapses ADD COLUMN over TEXT;
