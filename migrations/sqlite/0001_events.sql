-- Reason: the history itself. Facts are only ever added; each digest covers the stored bytes and the digest before it.

CREATE TABLE events (
    position       INTEGER PRIMARY KEY,           -- order of commits, from 1, without gaps
    shard          INTEGER NOT NULL,
    aggregate_type TEXT    NOT NULL,
    aggregate_id   TEXT    NOT NULL,              -- seller/id[/id]
    sequence       INTEGER NOT NULL CHECK (sequence > 0),
    event_type     TEXT    NOT NULL,
    event_version  INTEGER NOT NULL,
    payload        TEXT    NOT NULL,              -- the exact text that was hashed
    metadata       TEXT    NOT NULL,              -- the exact text that was hashed
    occurred_at    INTEGER NOT NULL,              -- business time, microseconds since 1970 UTC
    recorded_at    INTEGER NOT NULL,              -- recording time, microseconds since 1970 UTC
    digest         BLOB    NOT NULL CHECK (length(digest) = 32),
    UNIQUE (aggregate_type, aggregate_id, sequence)
) STRICT;

CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

-- The end of each chain: with the count, a cut tail cannot pass for the whole.
CREATE TABLE heads (
    shard    INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    digest   BLOB    NOT NULL CHECK (length(digest) = 32)
) STRICT;

INSERT INTO heads (shard, position, count, digest) VALUES (0, 0, 0, zeroblob(32));
