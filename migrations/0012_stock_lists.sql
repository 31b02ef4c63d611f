-- The lists of stock by what is available and by what is on hand start at one end of an index.
CREATE INDEX stock_balance_by_available ON stock_balance (location_id, (on_hand - reserved), sku_id);
CREATE INDEX stock_balance_by_on_hand ON stock_balance (location_id, on_hand, sku_id);
