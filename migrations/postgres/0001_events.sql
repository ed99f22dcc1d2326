-- Reason: the history itself. Facts are only ever added; each digest covers the stored bytes and the digest before it.
-- Times are microseconds in a bigint, here and in every table: the very numbers that are hashed, as in SQLite.
-- Texts compare byte by byte (COLLATE "C"): the order does not change with the server's locale, and is the fastest.
-- Every unique constraint names the shard, which follows from the stream, so tables can be partitioned by it.

CREATE TABLE events (
    shard          smallint NOT NULL,
    position       bigint   NOT NULL,             -- order of commits in the shard, from 1, without gaps
    aggregate_type text     COLLATE "C" NOT NULL,
    aggregate_id   text     COLLATE "C" NOT NULL, -- seller/id[/id]
    sequence       bigint   NOT NULL CHECK (sequence > 0),
    event_type     text     COLLATE "C" NOT NULL,
    event_version  integer  NOT NULL,
    payload        text     COLLATE "C" NOT NULL, -- the exact text that was hashed
    metadata       text     COLLATE "C" NOT NULL, -- the exact text that was hashed
    occurred_at    bigint   NOT NULL,             -- business time, microseconds since 1970 UTC
    recorded_at    bigint   NOT NULL,             -- recording time, microseconds since 1970 UTC
    digest         bytea    NOT NULL CHECK (octet_length(digest) = 32),
    CONSTRAINT events_place PRIMARY KEY (shard, position),
    CONSTRAINT events_history UNIQUE (shard, aggregate_type, aggregate_id, sequence)
);

-- For each statement and not for each row: it also refuses TRUNCATE, and costs inserts nothing.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('events are append-only');

-- The end of each chain: with the count, a cut tail cannot pass for the whole. Its rows are made when the store is
-- first opened, which decides the number of shards.
CREATE TABLE heads (
    shard    smallint PRIMARY KEY,
    position bigint   NOT NULL,
    count    bigint   NOT NULL,
    arrivals bigint   NOT NULL,                   -- deliveries that were numbered by this shard
    messages bigint   NOT NULL,                   -- messages of the outbox that were numbered by this shard
    digest   bytea    NOT NULL CHECK (octet_length(digest) = 32)
);
