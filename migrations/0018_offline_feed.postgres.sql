-- What changed, for the copies that desks keep in case the server is gone.
--
-- A desk asks for what transactions from a certain one on changed, and goes on from the oldest transaction
-- that was still under way: a number that counts upwards would miss what is committed later than a higher one.
CREATE TABLE feed (
    xid XID8 NOT NULL,
    at BIGINT NOT NULL,
    -- What belongs together: an order with its lines and payments, a product with its SKUs …
    family TEXT NOT NULL,
    -- Which of them; the nil UUID for all.
    root UUID NOT NULL
);
CREATE INDEX feed_by_xid ON feed (xid);
CREATE INDEX feed_by_time ON feed (at);

-- Notes the changes of a table from now on; `root` is an expression on its rows, called `changed`.
CREATE FUNCTION feed_watch(tbl TEXT, family TEXT, root TEXT) RETURNS void LANGUAGE plpgsql AS $watch$
BEGIN
    EXECUTE format(
        'CREATE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql AS $note$
         BEGIN
             INSERT INTO feed (xid, at, family, root)
             SELECT pg_current_xact_id(), CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT), %L, r
             FROM (SELECT DISTINCT %s AS r FROM changed) AS roots WHERE r IS NOT NULL;
             RETURN NULL;
         END $note$', 'feed_note_' || tbl, family, root);
    EXECUTE format('CREATE TRIGGER feed_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS changed
                    FOR EACH STATEMENT EXECUTE FUNCTION %I()', tbl, 'feed_note_' || tbl);
    EXECUTE format('CREATE TRIGGER feed_update AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed
                    FOR EACH STATEMENT EXECUTE FUNCTION %I()', tbl, 'feed_note_' || tbl);
    EXECUTE format('CREATE TRIGGER feed_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS changed
                    FOR EACH STATEMENT EXECUTE FUNCTION %I()', tbl, 'feed_note_' || tbl);
END $watch$;

SELECT feed_watch(tbl, 'orders', 'changed.' || root) FROM (VALUES
    ('orders', 'id'), ('order_line', 'order_id'), ('order_event', 'order_id'), ('order_hold', 'order_id'),
    ('order_tag', 'order_id'), ('reservation', 'order_id'), ('payment', 'order_id'), ('parcel', 'order_id'),
    ('order_return', 'order_id')) AS t (tbl, root);
SELECT feed_watch('parcel_line', 'orders', '(SELECT p.order_id FROM parcel AS p WHERE p.id = changed.parcel_id)');
SELECT feed_watch('order_return_line', 'orders',
                  '(SELECT r.order_id FROM order_return AS r WHERE r.id = changed.return_id)');
SELECT feed_watch('product', 'product', 'changed.id');
SELECT feed_watch('product_tag', 'product', 'changed.product_id');
SELECT feed_watch('sku', 'product', 'changed.product_id');
SELECT feed_watch('stock_balance', 'balance', 'changed.sku_id');
SELECT feed_watch('customer', 'customer', 'changed.id');
SELECT feed_watch('customer_address', 'customer', 'changed.customer_id');
SELECT feed_watch('search_doc', 'search', 'changed.ref_id');
SELECT feed_watch(tbl, tbl, 'CAST(''00000000-0000-0000-0000-000000000000'' AS UUID)') FROM (VALUES
    ('shop'), ('shop_picture'), ('device'), ('location'), ('category'), ('staff'), ('staff_role'),
    ('saved_view'), ('draft'), ('order_counter')) AS t (tbl);
