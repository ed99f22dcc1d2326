-- Reason: what must be sent because of a commit is written in its transaction, so that it is sent if and only if the facts stand.

CREATE TABLE outbox (
    number      INTEGER PRIMARY KEY,              -- order of commits, from 1
    key         TEXT    NOT NULL UNIQUE,          -- whoever receives it twice knows it by this
    destination TEXT    NOT NULL,
    stream      TEXT    NOT NULL,                 -- kind/seller/id[/id]
    payload     TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL                  -- recording time, microseconds since 1970 UTC
) STRICT;

CREATE TRIGGER outbox_is_not_edited BEFORE UPDATE ON outbox
BEGIN
    SELECT RAISE(ABORT, 'messages are append-only');
END;

CREATE TRIGGER outbox_is_not_deleted BEFORE DELETE ON outbox
BEGIN
    SELECT RAISE(ABORT, 'messages are append-only');
END;
