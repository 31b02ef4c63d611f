-- Money is a ledger between the buyer and an account of the shop. Append-only.

CREATE TABLE payment (
    id UUID PRIMARY KEY,
    order_id UUID REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    return_id UUID REFERENCES order_return (id) DEFERRABLE INITIALLY DEFERRED,
    -- capture: buyer → shop; refund: shop → buyer
    kind TEXT NOT NULL,
    -- cash | bank_transfer | elsewhere
    method TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    -- Cash handed over; the change is tendered − amount.
    tendered BIGINT,
    reference TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    actor_name TEXT NOT NULL
);
CREATE INDEX payment_by_order ON payment (order_id, at);
CREATE INDEX payment_by_time ON payment (at, id);
CREATE INDEX payment_by_method ON payment (method, at, id);
-- The till of a day, from the index alone.
CREATE INDEX payment_by_day ON payment (day, method, kind, amount);
