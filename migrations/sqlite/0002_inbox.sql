-- Reason: every delivery is kept with each verdict it was ever given; bodies live apart so that they can be purged by age.

CREATE TABLE inbox (
    arrival      INTEGER PRIMARY KEY,             -- order of arrival, from 1
    key          TEXT    NOT NULL UNIQUE,
    kind         TEXT    NOT NULL,
    topic        TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    seller       TEXT    NOT NULL,
    site         TEXT    NOT NULL,
    origin       TEXT    NOT NULL,
    received_at  INTEGER NOT NULL,                -- microseconds since 1970 UTC
    body_sha256  BLOB    NOT NULL CHECK (length(body_sha256) = 32),
    body_length  INTEGER NOT NULL,
    body_offset  INTEGER,                         -- only when the body was too large to keep
    unclassified INTEGER NOT NULL CHECK (unclassified IN (0, 1)),
    verdict      TEXT    NOT NULL,                -- of the last attempt, like the next two
    reason       TEXT,
    detail       TEXT,
    attempts     INTEGER NOT NULL
) STRICT;

CREATE INDEX inbox_by_verdict ON inbox (verdict);
CREATE INDEX inbox_unclassified ON inbox (arrival) WHERE unclassified = 1;

CREATE TRIGGER inbox_keeps_what_arrived
BEFORE UPDATE OF arrival, key, kind, topic, channel, seller, site, origin, received_at, body_sha256, body_length,
    body_offset, unclassified ON inbox
BEGIN
    SELECT RAISE(ABORT, 'only the verdict of a delivery changes');
END;

CREATE TRIGGER inbox_is_not_deleted BEFORE DELETE ON inbox
BEGIN
    SELECT RAISE(ABORT, 'deliveries are kept');
END;

CREATE TABLE attempts (
    arrival INTEGER NOT NULL REFERENCES inbox (arrival),
    number  INTEGER NOT NULL CHECK (number > 0),
    at      INTEGER NOT NULL,                     -- microseconds since 1970 UTC
    verdict TEXT    NOT NULL,
    reason  TEXT,
    detail  TEXT,
    PRIMARY KEY (arrival, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER attempts_are_not_edited BEFORE UPDATE ON attempts
BEGIN
    SELECT RAISE(ABORT, 'attempts are append-only');
END;

CREATE TRIGGER attempts_are_not_deleted BEFORE DELETE ON attempts
BEGIN
    SELECT RAISE(ABORT, 'attempts are append-only');
END;

CREATE TABLE bodies (
    id     INTEGER PRIMARY KEY,                   -- keeps large rows in order of arrival; the hash is random
    sha256 BLOB    NOT NULL UNIQUE CHECK (length(sha256) = 32),
    packed BLOB    NOT NULL                       -- zstd
) STRICT;
