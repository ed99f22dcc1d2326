-- Roles for a store in PostgreSQL, each with the least it needs. Run this as the owner of the store, in its database
-- and with its schema first in the search path, after `conciliar migrate` and again after each later migration:
--
--   psql postgres://OWNER@HOST/DATABASE -f config/postgres-roles.sql
--   GRANT conciliar_writer TO name_of_the_login_of_the_workers;
--   GRANT conciliar_reader TO name_of_the_login_of_the_reports;
--
-- The owner can disable the triggers that keep history append-only, so no process that runs every day should log in
-- as the owner: a writer made by this script cannot, and cannot change what was written either.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'conciliar_writer') THEN
        CREATE ROLE conciliar_writer NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'conciliar_reader') THEN
        CREATE ROLE conciliar_reader NOLOGIN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO conciliar_writer, conciliar_reader', current_schema());
END
$$;

-- Reports, replays and verifications read everything, the version of the schema included.
GRANT SELECT ON events, heads, inbox, attempts, bodies, entries, postings, balances, outbox, cells, _sqlx_migrations
    TO conciliar_writer, conciliar_reader;

-- Commits add rows; no right to change or delete one of them.
GRANT INSERT ON events, inbox, attempts, bodies, entries, balances, outbox, cells TO conciliar_writer;

-- What a commit moves: the end of its chain, the balances, and the verdict that a delivery has now.
GRANT UPDATE (position, count, arrivals, messages, digest) ON heads TO conciliar_writer;
GRANT UPDATE (balance_minor) ON balances TO conciliar_writer;
GRANT UPDATE (verdict, reason, detail, attempts) ON inbox TO conciliar_writer;

-- What is kept beside history and replaced: how far polling has come, sealed tokens.
GRANT UPDATE (version, value, updated_at) ON cells TO conciliar_writer;

-- Bodies hold what customers wrote, and are purged by age.
GRANT DELETE ON bodies TO conciliar_writer;
