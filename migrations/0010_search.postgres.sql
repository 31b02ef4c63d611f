-- Finding by any part of a name, by pinyin and initials, by code: pieces of two characters.
-- A trigram index would miss words of two characters, which is most of Chinese.

CREATE TABLE search_doc (
    kind TEXT NOT NULL,
    ref_id UUID NOT NULL,
    hay TEXT NOT NULL,
    grams TEXT[] NOT NULL,
    PRIMARY KEY (kind, ref_id)
);
CREATE INDEX search_doc_by_gram ON search_doc USING gin (grams);
