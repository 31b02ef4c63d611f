-- A shop that was moved elsewhere stays where it was, and nothing is done in it any more.
ALTER TABLE shop ADD COLUMN moved_at BIGINT;
