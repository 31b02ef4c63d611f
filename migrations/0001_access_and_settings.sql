-- The shop, its desks, its counters; and one row per command ever done.

CREATE TABLE shop (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    zone TEXT NOT NULL,
    country TEXT NOT NULL,
    contact TEXT NOT NULL,
    phone TEXT NOT NULL,
    address TEXT NOT NULL,
    tax_id TEXT NOT NULL,
    preferences TEXT NOT NULL,
    version BIGINT NOT NULL,
    sample BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

-- Apart from the shop, which every command reads.
CREATE TABLE shop_picture (
    name TEXT PRIMARY KEY,
    -- A data: address.
    data TEXT NOT NULL
);

CREATE TABLE device (
    id UUID PRIMARY KEY,
    mark TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- The next number of each series of documents; a series belongs to one desk.
CREATE TABLE number_counter (
    scope TEXT PRIMARY KEY,
    next BIGINT NOT NULL
);

-- What was asked, by whom, what changed, and what was answered. The command id is made by the
-- sender: a command that comes again is answered from here.
CREATE TABLE audit (
    command_id UUID PRIMARY KEY,
    at BIGINT NOT NULL,
    actor UUID NOT NULL,
    actor_name TEXT NOT NULL,
    door TEXT NOT NULL,
    device UUID NOT NULL,
    command TEXT NOT NULL,
    subject UUID,
    input TEXT NOT NULL,
    changes TEXT NOT NULL,
    result TEXT NOT NULL,
    inverse TEXT,
    undoes UUID,
    undone_by UUID
);
CREATE INDEX audit_by_time ON audit (at, command_id);
CREATE INDEX audit_by_subject ON audit (subject, at);
CREATE INDEX audit_by_command ON audit (command, at);

-- What somebody is typing, saved so that a crash of the window loses nothing.
CREATE TABLE draft (
    id UUID PRIMARY KEY,
    area TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX draft_by_area ON draft (area, updated_at);

CREATE TABLE saved_view (
    id UUID PRIMARY KEY,
    area TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_view_by_area ON saved_view (area, position);
