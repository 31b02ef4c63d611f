-- Orders keep facts: quantities and money. The stage is stored; the other statuses and the sums
-- are caches of facts, written in the same transaction and compared by `shopctl check`.
--
-- References are checked at the commit: SQLite would else keep a copy of every page that a statement
-- of many rows touches, in case a later one of them fails.

CREATE TABLE orders (
    id UUID PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    -- counter | import | … and what the order is called there.
    channel TEXT NOT NULL,
    external_id TEXT,
    stage TEXT NOT NULL,
    archived BOOLEAN NOT NULL,
    payment_status TEXT NOT NULL,
    fulfilment_status TEXT NOT NULL,
    after_sale_status TEXT NOT NULL,
    -- Open holds; an order with any is not shipped.
    holds BIGINT NOT NULL,
    -- counter | ship | pickup
    delivery TEXT NOT NULL,
    pickup_code TEXT,
    customer_id UUID REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
    buyer_name TEXT NOT NULL,
    buyer_phone TEXT NOT NULL,
    -- JSON of the address as it was; empty when nothing is sent.
    ship_to TEXT NOT NULL,
    currency TEXT NOT NULL,
    goods BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    freight BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    total BIGINT NOT NULL,
    captured BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    -- Refund that was granted: lowers what is due.
    granted BIGINT NOT NULL,
    tax_inclusive BOOLEAN NOT NULL,
    tax_per_order BOOLEAN NOT NULL,
    -- Goods go before money.
    pay_later BOOLEAN NOT NULL,
    -- A clerk passed the order, or the shop passes all.
    audited BOOLEAN NOT NULL,
    units BIGINT NOT NULL,
    line_count BIGINT NOT NULL,
    -- Of the first line, for lists.
    first_title TEXT NOT NULL,
    flag TEXT NOT NULL,
    assignee TEXT NOT NULL,
    buyer_note TEXT NOT NULL,
    seller_note TEXT NOT NULL,
    -- Imported history does not touch the shelf.
    moves_stock BOOLEAN NOT NULL,
    placed_at BIGINT NOT NULL,
    -- Shop-local day of placed_at.
    day BIGINT NOT NULL,
    -- When what was due was first paid in full, and the shop-local day of it; never taken back.
    paid_at BIGINT,
    paid_day BIGINT,
    shipped_at BIGINT,
    delivered_at BIGINT,
    closed_at BIGINT,
    created_by TEXT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (channel, external_id)
);
-- Work lists: archived orders are left out of them, so `archived` leads, and the key of the page ends.
CREATE INDEX orders_by_time ON orders (archived, placed_at, id);
CREATE INDEX orders_by_stage ON orders (archived, stage, placed_at, id);
CREATE INDEX orders_by_payment ON orders (archived, payment_status, placed_at, id);
CREATE INDEX orders_by_fulfilment ON orders (archived, fulfilment_status, placed_at, id);
CREATE INDEX orders_by_channel ON orders (archived, channel, placed_at, id);
CREATE INDEX orders_by_total ON orders (archived, total, id);
CREATE INDEX orders_by_flag ON orders (archived, flag, placed_at, id) WHERE flag <> 'none';
CREATE INDEX orders_by_assignee ON orders (archived, assignee, placed_at, id) WHERE assignee <> '';
CREATE INDEX orders_by_hold ON orders (archived, placed_at, id) WHERE holds > 0;
-- Search finds archived ones too.
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at, id);

CREATE TABLE order_line (
    id UUID PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    line_no BIGINT NOT NULL,
    sku_id UUID NOT NULL REFERENCES sku (id) DEFERRABLE INITIALLY DEFERRED,
    -- As they were when it was sold.
    sku_code TEXT NOT NULL,
    title TEXT NOT NULL,
    options TEXT NOT NULL,
    note TEXT NOT NULL,
    qty BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    net BIGINT NOT NULL,
    tax_ppm BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    allocated BIGINT NOT NULL,
    shipped BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    -- Of the order, so that "orders with this SKU, newest first" is one index.
    placed_at BIGINT NOT NULL
);
CREATE INDEX order_line_by_order ON order_line (order_id, line_no);
CREATE INDEX order_line_by_sku ON order_line (sku_id, placed_at, order_id);

CREATE TABLE order_hold (
    order_id UUID NOT NULL REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    placed_by TEXT NOT NULL,
    released_at BIGINT,
    released_by TEXT,
    id UUID PRIMARY KEY
);
CREATE INDEX order_hold_by_order ON order_hold (order_id);

-- The timeline: each thing that happened, with its time and whoever did it.
CREATE TABLE order_event (
    id UUID PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    at BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    -- placed | paid | refunded | stage | hold | released | shipped | delivered | cancelled | note …
    kind TEXT NOT NULL,
    -- JSON
    data TEXT NOT NULL
);
CREATE INDEX order_event_by_order ON order_event (order_id, at, id);

-- How many orders stand where: equal to a count of `orders`, at all times. Sharded, so that
-- desks that place orders at once do not wait for one row.
CREATE TABLE order_counter (
    -- stage:placed, payment:unpaid, fulfilment:none, held: of orders not archived; archived
    what TEXT NOT NULL,
    shard BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (what, shard)
);

-- Goods that came back, and the credit for them.
CREATE TABLE order_return (
    id UUID PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    external_id TEXT,
    -- Empty when the original order is not known.
    order_id UUID REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    customer_id UUID REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
    currency TEXT NOT NULL,
    total BIGINT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    UNIQUE (channel, external_id)
);
CREATE INDEX order_return_by_order ON order_return (order_id);
CREATE INDEX order_return_by_customer ON order_return (customer_id, at);
CREATE INDEX order_return_by_time ON order_return (at, id);

CREATE TABLE order_return_line (
    id UUID PRIMARY KEY,
    return_id UUID NOT NULL REFERENCES order_return (id) DEFERRABLE INITIALLY DEFERRED,
    line_no BIGINT NOT NULL,
    order_line_id UUID REFERENCES order_line (id) DEFERRABLE INITIALLY DEFERRED,
    sku_id UUID NOT NULL REFERENCES sku (id) DEFERRABLE INITIALLY DEFERRED,
    title TEXT NOT NULL,
    qty BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    net BIGINT NOT NULL
);
CREATE INDEX order_return_line_by_return ON order_return_line (return_id, line_no);
CREATE INDEX order_return_line_by_sku ON order_return_line (sku_id);
