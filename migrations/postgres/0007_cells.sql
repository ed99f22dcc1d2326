-- Reason: small values that are replaced and prove nothing, such as how far polling has come; each by whoever knows its version.

CREATE TABLE cells (
    name       text   COLLATE "C" PRIMARY KEY,
    version    bigint NOT NULL CHECK (version > 0),
    value      bytea  NOT NULL,
    updated_at bigint NOT NULL                    -- microseconds since 1970 UTC
);
