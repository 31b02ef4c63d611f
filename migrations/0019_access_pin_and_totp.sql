-- A PIN, to take over a desk at which somebody has signed in, and a second step of signing in.

-- Argon2id, as a PHC string; NULL: they have none.
ALTER TABLE staff ADD COLUMN pin TEXT;
-- Wrong PINs since the last right one; after five of them only the password helps.
ALTER TABLE staff ADD COLUMN pin_failures BIGINT NOT NULL DEFAULT 0;
-- The secret of the second step (RFC 6238), sealed with a key that only their password makes; NULL: it is off.
ALTER TABLE staff ADD COLUMN totp TEXT;
-- The time step of the last code that was taken: that one and those before it are not taken again.
ALTER TABLE staff ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
-- JSON: SHA-256 of each recovery code that is left, in hexadecimal.
ALTER TABLE staff ADD COLUMN totp_codes TEXT NOT NULL DEFAULT '[]';
