-- Finding by any part of a name, by pinyin and initials, by code: pieces of two and three characters.
-- A trigram index would miss words of two characters, which is most of Chinese.

CREATE TABLE search_doc (
    -- sku | product | customer
    kind TEXT NOT NULL,
    ref_id UUID NOT NULL,
    hay TEXT NOT NULL,
    -- Each piece is preceded by its kind and a colon, so that a search reads its own kind only.
    grams TEXT[] NOT NULL,
    PRIMARY KEY (kind, ref_id)
);
-- A short pending list: a search reads all of it.
CREATE INDEX search_doc_by_gram ON search_doc USING gin (grams) WITH (gin_pending_list_limit = 256);

-- Codes by their beginning, whatever the collation of the database.
CREATE INDEX sku_by_code_key ON sku (code_key text_pattern_ops);
