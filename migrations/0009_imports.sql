-- Bringing in files: what was read, what became of it, and what was refused.

CREATE TABLE import_job (
    id UUID PRIMARY KEY,
    -- products | orders | customers | online_retail | barcodes | shopify_products …
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_path TEXT NOT NULL,
    file_size BIGINT NOT NULL,
    file_hash TEXT NOT NULL,
    encoding TEXT NOT NULL,
    -- JSON: the columns of the file, and what each is taken for.
    header TEXT NOT NULL,
    mapping TEXT NOT NULL,
    options TEXT NOT NULL,
    dry_run BOOLEAN NOT NULL,
    -- running | paused | done | cancelled | failed
    state TEXT NOT NULL,
    -- Who runs it now. Whoever takes it over puts another id here, and the former runner, whose
    -- next batch finds it, stops.
    runner UUID NOT NULL,
    device UUID NOT NULL,
    -- How many rows of the file are done; written with the rows themselves, so that a cut loses
    -- nothing.
    position BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    rows_total BIGINT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    -- JSON: reasons, things made, notes, and sums to hold against the source.
    report TEXT NOT NULL,
    -- JSON of the error that stopped it; empty when none did.
    error TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX import_job_by_time ON import_job (started_at, id);
CREATE INDEX import_job_by_hash ON import_job (file_hash);

CREATE TABLE import_reject (
    job_id UUID NOT NULL REFERENCES import_job (id) DEFERRABLE INITIALLY DEFERRED,
    -- Row of the file, the header being row 1.
    row_no BIGINT NOT NULL,
    reason TEXT NOT NULL,
    field TEXT NOT NULL,
    -- JSON: the row as it was
    raw TEXT NOT NULL,
    PRIMARY KEY (job_id, row_no)
);

-- How the columns of a kind of file were mapped last time; the key is made of its header.
CREATE TABLE import_mapping (
    kind TEXT NOT NULL,
    header_hash TEXT NOT NULL,
    mapping TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (kind, header_hash)
);
