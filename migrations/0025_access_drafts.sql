-- Whose draft it is. NULL: of a shop that asks for no names, or of before it did.
ALTER TABLE draft ADD COLUMN actor UUID;
