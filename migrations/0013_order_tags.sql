-- Free words on orders. The order holds them as it shows them (JSON, in the order given); the rows
-- beside it find the orders of a word, newest first.
ALTER TABLE orders ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';

CREATE TABLE order_tag (
    order_id UUID NOT NULL REFERENCES orders (id),
    tag TEXT NOT NULL,
    -- That of the order, which never changes.
    placed_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, tag)
);
CREATE INDEX order_tag_by_tag ON order_tag (tag, placed_at, order_id);
