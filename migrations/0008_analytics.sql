-- Sums by shop-local day, kept in the transaction of the document. A full recount is equal.

CREATE TABLE sales_daily (
    day BIGINT NOT NULL,
    channel TEXT NOT NULL,
    shard BIGINT NOT NULL,
    -- By day of placing; cancelled orders stay in GMV and are counted apart.
    orders BIGINT NOT NULL,
    gmv BIGINT NOT NULL,
    units BIGINT NOT NULL,
    cancelled_orders BIGINT NOT NULL,
    cancelled_amount BIGINT NOT NULL,
    cancelled_units BIGINT NOT NULL,
    -- By day of payment.
    paid_orders BIGINT NOT NULL,
    captured BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    new_customers BIGINT NOT NULL,
    PRIMARY KEY (day, channel, shard)
);

-- Units and net amount of lines, by day of placing, without cancelled orders.
CREATE TABLE sales_sku_daily (
    day BIGINT NOT NULL,
    sku_id UUID NOT NULL,
    orders BIGINT NOT NULL,
    units BIGINT NOT NULL,
    net BIGINT NOT NULL,
    PRIMARY KEY (day, sku_id)
);
CREATE INDEX sales_sku_daily_by_sku ON sales_sku_daily (sku_id, day);
