-- Stock is a ledger of moves between two places; a balance is a cache of it.

CREATE TABLE location (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The internal location that orders are served from.
    main BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

-- Append-only. Exactly one end of a move is in the house unless it is a transfer.
CREATE TABLE stock_move (
    id UUID PRIMARY KEY,
    sku_id UUID NOT NULL REFERENCES sku (id),
    from_id UUID NOT NULL REFERENCES location (id),
    to_id UUID NOT NULL REFERENCES location (id),
    qty BIGINT NOT NULL CHECK (qty > 0),
    reason TEXT NOT NULL,
    -- order | parcel | return | adjustment | import
    doc_kind TEXT NOT NULL,
    doc_id UUID NOT NULL,
    doc_line UUID,
    note TEXT NOT NULL,
    -- On hand at the in-house end (the source, when both are) before and after.
    before BIGINT NOT NULL,
    after BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    CHECK (from_id <> to_id)
);
CREATE INDEX stock_move_by_sku ON stock_move (sku_id, at, id);
CREATE INDEX stock_move_by_time ON stock_move (at, id);
CREATE INDEX stock_move_by_doc ON stock_move (doc_id);

CREATE TABLE stock_balance (
    sku_id UUID NOT NULL REFERENCES sku (id),
    location_id UUID NOT NULL REFERENCES location (id),
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    -- Copied from the SKU, so that one statement can tell what may be promised.
    backorder BOOLEAN NOT NULL,
    -- Low at or below this, from the SKU or the shop; NULL when nobody watches it (retired, archived).
    low_at BIGINT,
    PRIMARY KEY (sku_id, location_id),
    CHECK (reserved >= 0),
    CHECK (backorder OR reserved <= on_hand)
);

-- The low ones only, so that the dashboard need not read all balances.
CREATE INDEX stock_balance_low ON stock_balance (location_id, sku_id) WHERE on_hand - reserved <= low_at;

-- A correction by hand; its lines are the moves that name it.
CREATE TABLE stock_adjustment (
    id UUID PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_name TEXT NOT NULL
);
CREATE INDEX stock_adjustment_by_time ON stock_adjustment (at, id);

-- What an order line holds of a shelf. Rows go when they are consumed or released.
CREATE TABLE reservation (
    line_id UUID NOT NULL,
    order_id UUID NOT NULL,
    sku_id UUID NOT NULL,
    location_id UUID NOT NULL,
    qty BIGINT NOT NULL CHECK (qty > 0),
    PRIMARY KEY (line_id, location_id)
);
CREATE INDEX reservation_by_order ON reservation (order_id);
CREATE INDEX reservation_by_sku ON reservation (sku_id, location_id);
