-- Refunds that whoever typed them may not pay alone. Nothing moves until somebody else has approved one.
CREATE TABLE refund_request (
    id UUID PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    method TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- As typed; NULL leaves it to the stage of the order.
    lowers_due BOOLEAN,
    asked_at BIGINT NOT NULL,
    asked_by UUID NOT NULL,
    asked_name TEXT NOT NULL,
    decided_at BIGINT,
    decided_by UUID,
    decided_name TEXT NOT NULL,
    -- approved | declined | withdrawn; empty while it waits
    decision TEXT NOT NULL,
    -- Why it was declined.
    answer TEXT NOT NULL,
    -- When the asker has seen what became of it.
    read_at BIGINT
);
-- One at a time for an order: nobody approves the same refund twice by two requests.
CREATE UNIQUE INDEX refund_request_open ON refund_request (order_id) WHERE decided_at IS NULL;
CREATE INDEX refund_request_by_time ON refund_request (asked_at, id);
CREATE INDEX refund_request_unread ON refund_request (asked_by) WHERE decided_at IS NOT NULL AND read_at IS NULL;

-- Something out of the ordinary that one person did: many contacts opened, many rows exported.
CREATE TABLE alert (
    id UUID PRIMARY KEY,
    -- exports | contacts | sign_ins | hours | refunds
    kind TEXT NOT NULL,
    -- An hour or a day of the shop; with kind and actor there is one.
    period BIGINT NOT NULL,
    actor UUID NOT NULL,
    actor_name TEXT NOT NULL,
    -- What it counts, from when to when, and beyond how many it is told.
    how_many BIGINT NOT NULL,
    most BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (actor, kind, period)
);
CREATE INDEX alert_by_time ON alert (raised_at, id);
CREATE INDEX alert_open ON alert (raised_at) WHERE acknowledged_at IS NULL;
