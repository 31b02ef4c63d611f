-- What a desk did while it had no server, and what the shop could not take as it was when it came back.

ALTER TABLE device ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN seen_at BIGINT;
-- Nothing is taken from a desk any more after this moment.
ALTER TABLE device ADD COLUMN revoked_at BIGINT;

CREATE TABLE offline_case (
    id UUID PRIMARY KEY,
    -- The command that was given offline.
    command_id UUID NOT NULL UNIQUE,
    command TEXT NOT NULL,
    device UUID NOT NULL,
    -- When it was given, and when the shop heard of it.
    at BIGINT NOT NULL,
    found_at BIGINT NOT NULL,
    actor UUID NOT NULL,
    actor_name TEXT NOT NULL,
    -- JSON: the command as it was kept on the desk, with its answer.
    entry TEXT NOT NULL,
    -- JSON: what is the matter.
    troubles TEXT NOT NULL,
    -- The order that was made all the same.
    order_id UUID REFERENCES orders (id),
    number TEXT NOT NULL,
    -- JSON of why nothing was made; empty when something was.
    error TEXT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT NOT NULL,
    -- carried_out | seen | dismissed
    settled_how TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX offline_case_by_time ON offline_case (found_at, id);
CREATE INDEX offline_case_open ON offline_case (found_at) WHERE settled_at IS NULL;
