-- A desk that comes to a shop with people waits until somebody lets it in; those that are there are in.
ALTER TABLE device ADD COLUMN approved_at BIGINT;
UPDATE device SET approved_at = created_at;
