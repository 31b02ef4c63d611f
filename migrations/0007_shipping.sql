-- Parcels: what left the house, with whom, under which waybill.

CREATE TABLE parcel (
    id UUID PRIMARY KEY,
    order_id UUID NOT NULL REFERENCES orders (id),
    -- counter | ship | pickup
    delivery TEXT NOT NULL,
    carrier TEXT NOT NULL,
    waybill TEXT NOT NULL,
    -- ready | handed | delivered | cancelled
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    shipped_at BIGINT NOT NULL,
    delivered_at BIGINT,
    actor_name TEXT NOT NULL
);
CREATE INDEX parcel_by_order ON parcel (order_id);
CREATE INDEX parcel_by_waybill ON parcel (waybill, shipped_at) WHERE waybill <> '';

CREATE TABLE parcel_line (
    parcel_id UUID NOT NULL REFERENCES parcel (id),
    line_id UUID NOT NULL REFERENCES order_line (id),
    qty BIGINT NOT NULL CHECK (qty > 0),
    PRIMARY KEY (parcel_id, line_id)
);
