//! The contract: what every store must do, run against each of them.

use std::sync::Arc;

use crate::memory::MemoryStore;
use crate::postgres::{PostgresOptions, PostgresStore};
use crate::sqlite::{SqliteOptions, SqliteStore};
use crate::store::Store;

mod books;
mod cells;
mod deliveries;
mod history;
mod outbox;
pub(crate) mod sample;
pub(crate) mod schema;
mod sightings;
mod writing;

/// Runs each function of the contract as a test of each store.
macro_rules! contract {
    ($($module:ident: $($name:ident)*;)*) => {
        mod memory {
            $($(
                #[tokio::test]
                async fn $name() {
                    super::$module::$name(std::sync::Arc::new(super::MemoryStore::new())).await;
                }
            )*)*
        }

        mod sqlite {
            $($(
                #[tokio::test]
                async fn $name() {
                    let folder = tempfile::tempdir().expect("a temporary folder can be made");
                    super::$module::$name(super::sqlite_store(&folder).await).await;
                }
            )*)*
        }

        mod postgres {
            $($(
                #[tokio::test]
                async fn $name() {
                    let schema = super::schema::Schema::new();
                    super::$module::$name(super::postgres_store(&schema).await).await;
                }
            )*)*
        }
    };
}

contract! {
    history:
        a_commit_reads_back_byte_for_byte
        absent_streams_are_not_in_the_answer
        scan_pages_are_complete_at_every_limit
        histories_are_whole_at_every_limit
        the_chain_verifies_page_by_page
        an_empty_store_has_an_empty_head;
    writing:
        positions_are_gapless_and_follow_commits_across_writers
        a_sequence_behind_or_ahead_is_stale_and_writes_nothing
        a_known_key_is_stale_and_writes_nothing
        a_key_twice_in_a_commit_is_stale
        everything_stale_is_named_at_once
        a_commit_larger_than_a_statement_is_whole
        recording_times_grow_with_positions
        a_commit_of_deliveries_alone_moves_no_head;
    deliveries:
        attempts_append_and_the_last_verdict_counts
        a_verdict_on_an_unknown_delivery_fails_and_writes_nothing
        what_was_fetched_for_a_notification_answers_it
        an_answer_to_a_notification_that_has_come_is_stale
        a_notification_that_was_answered_is_stale
        verdicts_are_counted
        deliveries_are_listed_by_arrival_and_filter
        bodies_round_trip_and_are_shared
        a_body_too_large_keeps_its_name_only
        a_hash_that_is_none_cannot_be_stored
        purged_bodies_leave_their_deliveries;
    books:
        entries_read_back_in_position_order
        the_sum_of_postings_is_the_balances
        an_entry_posted_twice_fails_and_writes_nothing
        an_entry_twice_in_a_commit_fails
        a_balance_out_of_range_fails_and_writes_nothing
        balances_are_cut_by_business_and_recording_time
        what_is_written_later_does_not_join_what_was_recorded
        a_snapshot_is_of_one_moment;
    outbox:
        messages_read_back_in_the_order_of_commits
        a_message_is_written_with_its_commit_or_not_at_all
        a_message_key_twice_is_refused_and_writes_nothing;
    cells:
        a_cell_is_written_by_whoever_knows_its_version
        of_many_that_expect_the_same_version_one_writes
        cells_are_listed_by_the_beginning_of_their_names
        a_cell_whose_name_cannot_be_kept_is_refused;
    sightings:
        who_told_of_a_thing_first_is_told_in_order
        nothing_is_told_of_deliveries_without_a_subject
        deliveries_are_listed_by_kind;
}

async fn sqlite_store(folder: &tempfile::TempDir) -> Arc<dyn Store> {
    let file = folder.path().join("store.db");
    let file = file.to_str().expect("temporary folders have plain names");
    Arc::new(SqliteStore::open(file, &SqliteOptions::default()).await.expect("the file can be opened"))
}

async fn postgres_store(schema: &schema::Schema) -> Arc<dyn Store> {
    let opened = PostgresStore::open(&schema.url(), &PostgresOptions::default()).await;
    Arc::new(opened.expect("the schema is new"))
}
