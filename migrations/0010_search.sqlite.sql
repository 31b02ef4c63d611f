-- Finding by any part of a name, by pinyin and initials, by code: pieces of two and three characters.
-- A trigram index would miss words of two characters, which is most of Chinese.

CREATE TABLE search_doc (
    id INTEGER PRIMARY KEY,
    -- sku | product | customer
    kind TEXT NOT NULL,
    ref_id UUID NOT NULL,
    hay TEXT NOT NULL,
    UNIQUE (kind, ref_id)
);

-- Holds the pieces only; the row's id is that of search_doc. A piece is written as its kind and the
-- hexadecimal of its bytes: plain letters and digits, which no tokenizer cuts or folds.
CREATE VIRTUAL TABLE search_gram USING fts5 (
    grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Orders by who bought them. The key grows with the time of placing: the newest orders of everybody of
-- a common name are the end of one list.
CREATE TABLE search_order (
    key INTEGER PRIMARY KEY,
    order_id UUID NOT NULL UNIQUE
);
CREATE VIRTUAL TABLE search_order_gram USING fts5 (
    grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Codes by their beginning.
CREATE INDEX sku_by_code_key ON sku (code_key);
