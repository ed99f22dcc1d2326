-- Reason: every delivery is kept with each verdict it was ever given; bodies live apart so that they can be purged by age.
-- Attempts do not reference the inbox by a foreign key: it would look up the row that the same statement wrote.

CREATE TABLE inbox (
    arrival      bigint  PRIMARY KEY,             -- unique; in the order of arrival in each shard, without gaps for one
    key          text    COLLATE "C" NOT NULL CONSTRAINT inbox_key UNIQUE,
    kind         text    COLLATE "C" NOT NULL,
    topic        text    COLLATE "C" NOT NULL,
    channel      text    COLLATE "C" NOT NULL,
    seller       text    COLLATE "C" NOT NULL,
    site         text    COLLATE "C" NOT NULL,
    origin       text    COLLATE "C" NOT NULL,
    received_at  bigint  NOT NULL,                -- microseconds since 1970 UTC
    body_sha256  bytea   NOT NULL CHECK (octet_length(body_sha256) = 32),
    body_length  bigint  NOT NULL,
    body_offset  bigint,                          -- only when the body was too large to keep
    unclassified boolean NOT NULL,
    verdict      text    COLLATE "C" NOT NULL,    -- of the last attempt, like the next two
    reason       text    COLLATE "C",
    detail       text    COLLATE "C",
    attempts     integer NOT NULL
);

-- Nearly all deliveries are applied or unchanged, and nobody asks for those alone.
CREATE INDEX inbox_open ON inbox (verdict, arrival) WHERE verdict NOT IN ('applied', 'unchanged');
CREATE INDEX inbox_unclassified ON inbox (arrival) WHERE unclassified;

CREATE TRIGGER inbox_keeps_what_arrived
    BEFORE UPDATE OF arrival, key, kind, topic, channel, seller, site, origin, received_at, body_sha256, body_length,
        body_offset, unclassified ON inbox
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('only the verdict of a delivery changes');

CREATE TRIGGER inbox_is_not_deleted BEFORE DELETE OR TRUNCATE ON inbox
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('deliveries are kept');

CREATE TABLE attempts (
    arrival bigint  NOT NULL,
    number  integer NOT NULL CHECK (number > 0),
    at      bigint  NOT NULL,                     -- microseconds since 1970 UTC
    verdict text    COLLATE "C" NOT NULL,
    reason  text    COLLATE "C",
    detail  text    COLLATE "C",
    CONSTRAINT attempts_number PRIMARY KEY (arrival, number)
);

CREATE TRIGGER attempts_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON attempts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('attempts are append-only');

CREATE TABLE bodies (
    sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    packed bytea NOT NULL                         -- zstd
);

-- Packed already: the server need not try again.
ALTER TABLE bodies ALTER COLUMN packed SET STORAGE EXTERNAL;
