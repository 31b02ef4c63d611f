-- When a person was erased: the record stays for the orders that refer to it, and says nothing of anybody.
ALTER TABLE customer ADD COLUMN erased_at BIGINT;
-- Rows under a seal of which personal data was erased: what the seal says of them as they are now, and the command
-- that did it, whose own row is sealed in turn and names this digest. Empty: the rows are as they were.
ALTER TABLE audit_seal ADD COLUMN redacted TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_seal ADD COLUMN redacted_by UUID;
