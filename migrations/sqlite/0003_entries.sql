-- Reason: the ledger. One row an entry keeps writing cheap; the view unnests the lines; balances are kept, not summed.

CREATE TABLE entries (
    position    INTEGER PRIMARY KEY REFERENCES events (position),
    id          TEXT    NOT NULL,                 -- derived from stream and cause, so posting twice fails
    stream      TEXT    NOT NULL,                 -- kind/seller/id[/id]
    seller      TEXT    NOT NULL,
    fact        TEXT    NOT NULL,
    at          INTEGER NOT NULL,                 -- business time, microseconds since 1970 UTC
    recorded_at INTEGER NOT NULL,                 -- recording time, microseconds since 1970 UTC
    currency    TEXT    NOT NULL,
    accounts    TEXT    NOT NULL,                 -- JSON array of account codes
    amounts     TEXT    NOT NULL,                 -- JSON array of minor units, debit positive, same order
    evidence    TEXT    NOT NULL CHECK (evidence IN ('api', 'report')),
    policy      INTEGER NOT NULL,
    UNIQUE (stream, id)                           -- the stream first: ids are hashes, streams grow in order
) STRICT;

CREATE TRIGGER entries_are_not_edited BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'entries are append-only');
END;

CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'entries are append-only');
END;

CREATE VIEW postings AS
SELECT
    entry.position,
    entry.id,
    account.key                    AS line,
    entry.stream,
    entry.seller,
    entry.fact,
    entry.at,
    entry.recorded_at,
    entry.currency,
    account.value                  AS account,
    entry.amounts ->> account.key  AS amount_minor,
    entry.evidence,
    entry.policy
FROM entries AS entry, json_each(entry.accounts) AS account;

CREATE TABLE balances (
    account       INTEGER NOT NULL,
    currency      TEXT    NOT NULL,
    seller        TEXT    NOT NULL,
    shard         INTEGER NOT NULL,
    balance_minor INTEGER NOT NULL,               -- debit positive, minor units
    PRIMARY KEY (account, currency, seller, shard)
) STRICT, WITHOUT ROWID;
