-- Numbers by their beginning, whatever the collation of the database. SQLite compares bytes anyway.
CREATE INDEX orders_by_number ON orders (number COLLATE "C");
CREATE INDEX parcel_by_waybill_beginning ON parcel (waybill COLLATE "C") WHERE waybill <> '';
