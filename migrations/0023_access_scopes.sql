-- What a role sees: all orders, only one's own, only those of some channels.

ALTER TABLE staff_role ADD COLUMN own_orders BOOLEAN NOT NULL DEFAULT FALSE;
-- JSON: the channels whose orders are seen; none named: of any.
ALTER TABLE staff_role ADD COLUMN channels TEXT NOT NULL DEFAULT '[]';

-- Who placed it; NULL: the shop had no people, or nobody typed it in. `created_by` is the name they had then.
ALTER TABLE orders ADD COLUMN placed_by UUID;
CREATE INDEX orders_by_placer ON orders (placed_by, archived, placed_at, id) WHERE placed_by IS NOT NULL;
-- How many of a channel stand where, from the index alone: the shop's own counters know no channels.
CREATE INDEX orders_by_channel_standing
    ON orders (channel, archived, stage, payment_status, fulfilment_status, holds);
-- In one go and after the indexes: Postgres makes none while a row of this transaction waits to be checked.
UPDATE orders SET placed_by = (
    SELECT s.id FROM staff s WHERE s.id = (
        SELECT a.actor FROM audit a WHERE a.subject = orders.id AND a.command = 'orders.place' ORDER BY a.at LIMIT 1))
WHERE EXISTS (SELECT 1 FROM staff);
