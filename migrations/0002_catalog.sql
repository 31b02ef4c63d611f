-- Products, the SKUs that are sold, and the tree they hang in.

CREATE TABLE category (
    id UUID PRIMARY KEY,
    parent_id UUID REFERENCES category (id),
    name TEXT NOT NULL,
    -- The ids from the root to here, each followed by a slash: all below a node share its path.
    path TEXT NOT NULL,
    position BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX category_by_path ON category (path);
CREATE INDEX category_by_parent ON category (parent_id, position);

CREATE TABLE product (
    id UUID PRIMARY KEY,
    -- Where it was imported from and what it was called there; both empty when made here.
    source TEXT NOT NULL,
    external_id TEXT,
    title TEXT NOT NULL,
    title_en TEXT NOT NULL,
    description TEXT NOT NULL,
    category_id UUID REFERENCES category (id),
    brand TEXT NOT NULL,
    state TEXT NOT NULL,
    -- JSON: [{"name": "Colour", "values": ["red", "blue"]}]
    options TEXT NOT NULL,
    -- JSON: [{"name": "Material", "value": "Cotton"}]
    specs TEXT NOT NULL,
    -- JSON: addresses of pictures, the first is the cover.
    media TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (source, external_id)
);
CREATE INDEX product_by_state ON product (state, updated_at, id);
CREATE INDEX product_by_time ON product (updated_at, id);
CREATE INDEX product_by_title ON product (title, id);
CREATE INDEX product_by_category ON product (category_id, updated_at, id);

CREATE TABLE sku (
    id UUID PRIMARY KEY,
    product_id UUID NOT NULL REFERENCES product (id),
    code TEXT NOT NULL UNIQUE,
    -- As it is searched: lower case, half width.
    code_key TEXT NOT NULL,
    -- As printed; the key is padded to 14 digits, so that a scanner's EAN-13 finds a UPC-A.
    barcode TEXT,
    barcode_key TEXT,
    -- JSON: ["red", "M"], in the order of the product's options.
    option_values TEXT NOT NULL,
    price BIGINT NOT NULL,
    list_price BIGINT,
    cost BIGINT,
    weight_g BIGINT,
    volume_cm3 BIGINT,
    -- May be sold below what is on the shelf.
    backorder BOOLEAN NOT NULL,
    tax_ppm BIGINT,
    low_stock BIGINT,
    -- Removed from its product; kept because documents name it.
    retired BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (price >= 0)
);
CREATE INDEX sku_by_product ON sku (product_id, position);
CREATE INDEX sku_by_barcode ON sku (barcode_key);

CREATE TABLE product_tag (
    product_id UUID NOT NULL REFERENCES product (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (product_id, tag)
);
CREATE INDEX product_tag_by_tag ON product_tag (tag, product_id);

-- Which commands touched a product: a command on many has one audit row and many of these.
CREATE TABLE product_history (
    product_id UUID NOT NULL,
    at BIGINT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (product_id, at, command_id)
);
