-- Who buys, and where to.

CREATE TABLE customer (
    id UUID PRIMARY KEY,
    source TEXT NOT NULL,
    external_id TEXT,
    name TEXT NOT NULL,
    -- As typed; the normal form is what is compared and unique.
    phone TEXT NOT NULL,
    phone_key TEXT UNIQUE,
    phone_tail TEXT,
    email TEXT NOT NULL,
    email_key TEXT UNIQUE,
    country TEXT NOT NULL,
    note TEXT NOT NULL,
    -- Set when this record was merged into another; it keeps its id for old documents.
    merged_into UUID,
    -- Kept with each order, in the same transaction.
    order_count BIGINT NOT NULL,
    order_total BIGINT NOT NULL,
    -- 0: never, so that both databases sort it alike.
    last_order_at BIGINT NOT NULL DEFAULT 0,
    -- When the first order ever was placed, also if it was cancelled: the day of the new customer.
    first_order_at BIGINT,
    -- Orders ever placed, also those cancelled or moved away by a merge.
    ever_ordered BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (source, external_id)
);
CREATE INDEX customer_by_last_order ON customer (last_order_at, id) WHERE merged_into IS NULL;
CREATE INDEX customer_by_time ON customer (created_at, id) WHERE merged_into IS NULL;
CREATE INDEX customer_by_total ON customer (order_total, id) WHERE merged_into IS NULL;
CREATE INDEX customer_by_tail ON customer (phone_tail, last_order_at);
CREATE INDEX customer_by_merge ON customer (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE customer_address (
    id UUID PRIMARY KEY,
    customer_id UUID NOT NULL REFERENCES customer (id),
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    country TEXT NOT NULL,
    -- GB/T 2260 code of the district, where there is one.
    region_code TEXT NOT NULL,
    province TEXT NOT NULL,
    city TEXT NOT NULL,
    district TEXT NOT NULL,
    street TEXT NOT NULL,
    postcode TEXT NOT NULL,
    preferred BOOLEAN NOT NULL,
    position BIGINT NOT NULL
);
CREATE INDEX customer_address_by_customer ON customer_address (customer_id, position);
