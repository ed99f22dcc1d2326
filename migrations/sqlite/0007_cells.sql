-- Reason: small values that are replaced and prove nothing, such as how far polling has come; each by whoever knows its version.

CREATE TABLE cells (
    name       TEXT    PRIMARY KEY NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    value      BLOB    NOT NULL,
    updated_at INTEGER NOT NULL                   -- microseconds since 1970 UTC
) STRICT, WITHOUT ROWID;
