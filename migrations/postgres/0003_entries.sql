-- Reason: the ledger. One row an entry keeps writing cheap; the view unnests the lines; balances are kept, not summed.

CREATE TABLE entries (
    shard       smallint NOT NULL,
    position    bigint   NOT NULL,                -- of the event that posted it
    id          text     COLLATE "C" NOT NULL,    -- derived from stream and cause, so posting twice fails
    stream      text     COLLATE "C" NOT NULL,    -- kind/seller/id[/id]
    seller      text     COLLATE "C" NOT NULL,
    fact        text     COLLATE "C" NOT NULL,
    at          bigint   NOT NULL,                -- business time, microseconds since 1970 UTC
    recorded_at bigint   NOT NULL,                -- recording time, microseconds since 1970 UTC
    currency    text     COLLATE "C" NOT NULL,
    accounts    int2[]   NOT NULL,
    amounts     bigint[] NOT NULL,                -- minor units, debit positive, in the order of the accounts
    evidence    text     COLLATE "C" NOT NULL CHECK (evidence IN ('api', 'report')),
    policy      bigint   NOT NULL,
    CONSTRAINT entries_place PRIMARY KEY (shard, position),
    CONSTRAINT entries_posted_once UNIQUE (shard, stream, id), -- the stream before the id: ids are hashes, streams grow in order
    CHECK (cardinality(accounts) = cardinality(amounts))
);

CREATE TRIGGER entries_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('entries are append-only');

CREATE VIEW postings AS
SELECT
    entry.shard,
    entry.position,
    entry.id,
    line.number - 1 AS line,
    entry.stream,
    entry.seller,
    entry.fact,
    entry.at,
    entry.recorded_at,
    entry.currency,
    line.account,
    line.amount_minor,
    entry.evidence,
    entry.policy
FROM entries AS entry,
    unnest(entry.accounts, entry.amounts) WITH ORDINALITY AS line (account, amount_minor, number);

CREATE TABLE balances (
    account       smallint NOT NULL,
    currency      text     COLLATE "C" NOT NULL,
    seller        text     COLLATE "C" NOT NULL,
    shard         smallint NOT NULL,              -- each shard's writer has rows of its own, so writers do not wait here
    balance_minor bigint   NOT NULL,              -- debit positive, minor units
    PRIMARY KEY (account, currency, seller, shard)
) WITH (fillfactor = 50);
