-- Copies of the shop that a desk makes by itself, into a folder on its own machine.
CREATE TABLE backup_plan (
    device UUID PRIMARY KEY REFERENCES device (id),
    active BOOLEAN NOT NULL,
    folder TEXT NOT NULL,
    every_hours BIGINT NOT NULL,
    -- How many of the latest days, weeks and months that have a copy keep one.
    keep_days BIGINT NOT NULL,
    keep_weeks BIGINT NOT NULL,
    keep_months BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE backup_run (
    id UUID PRIMARY KEY,
    device UUID NOT NULL REFERENCES device (id),
    at BIGINT NOT NULL,
    file TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    -- Why there is no copy; empty when there is one.
    error TEXT NOT NULL,
    -- It made room for later ones.
    removed BOOLEAN NOT NULL
);
CREATE INDEX backup_run_by_time ON backup_run (device, at, id);
