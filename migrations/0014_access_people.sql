-- People who sign in, and the roles the shop made for itself. While there is nobody here the shop asks
-- for no name: whoever sits at the desk is the owner.

-- The preset roles have fixed ids and no row.
CREATE TABLE staff_role (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- Permissions, as JSON.
    permissions TEXT NOT NULL,
    -- The most that one refund may be, in minor units; NULL: no limit.
    refund_limit BIGINT,
    version BIGINT NOT NULL
);

CREATE TABLE staff (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    -- What they sign in with, in small letters.
    login TEXT NOT NULL UNIQUE,
    role_id UUID NOT NULL,
    active BOOLEAN NOT NULL,
    -- Argon2id, as a PHC string.
    password TEXT NOT NULL,
    -- Wrong passwords since the last right one, and until when no other is taken.
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    last_sign_in_at BIGINT,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
