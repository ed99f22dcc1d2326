-- Reason: what must be sent because of a commit is written in its transaction, so that it is sent if and only if the facts stand.

CREATE TABLE outbox (
    number      bigint PRIMARY KEY,               -- order of commits, from 1, without gaps: shard 0 numbers them all
    key         text   COLLATE "C" NOT NULL CONSTRAINT outbox_key UNIQUE, -- whoever receives it twice knows it by this
    destination text   COLLATE "C" NOT NULL,
    stream      text   COLLATE "C" NOT NULL,      -- kind/seller/id[/id]
    payload     text   COLLATE "C" NOT NULL,
    recorded_at bigint NOT NULL                   -- recording time, microseconds since 1970 UTC
);

CREATE TRIGGER outbox_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('messages are append-only');
