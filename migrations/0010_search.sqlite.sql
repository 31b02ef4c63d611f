-- Finding by any part of a name, by pinyin and initials, by code: pieces of two characters.
-- A trigram index would miss words of two characters, which is most of Chinese.

CREATE TABLE search_doc (
    id INTEGER PRIMARY KEY,
    -- sku | product | customer
    kind TEXT NOT NULL,
    ref_id UUID NOT NULL,
    hay TEXT NOT NULL,
    UNIQUE (kind, ref_id)
);

-- Holds the pieces only; the row's id is that of search_doc. One table per kind would save
-- nothing: the kind is a piece too.
CREATE VIRTUAL TABLE search_gram USING fts5 (
    grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
