-- Seals of the audit log: each holds the digest of some rows and of the seal before it, so that a row
-- that was changed, taken out or put elsewhere afterwards is found.
CREATE TABLE audit_seal (
    n BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    -- How many rows it covers.
    row_count BIGINT NOT NULL,
    -- SHA-256, in hexadecimal.
    digest TEXT NOT NULL
);

-- The seal of a row; NULL until the next one is set.
ALTER TABLE audit ADD COLUMN seal BIGINT;
CREATE INDEX audit_by_seal ON audit (seal, at, command_id);
