//! Contract: small values that are replaced.

use std::sync::Arc;

use super::sample::at;
use crate::read::Cell;
use crate::store::{Store, StoreError};

async fn put(store: &dyn Store, name: &str, expected: Option<u64>, value: &[u8]) -> bool {
    store.put_cell(name, expected, value, at(1)).await.expect("the store answers")
}

async fn read(store: &dyn Store, name: &str) -> Option<(u64, Vec<u8>)> {
    let cell = store.cell(name).await.expect("the store answers");
    cell.map(|Cell { version, value }| (version, value))
}

pub(super) async fn a_cell_is_written_by_whoever_knows_its_version(store: Arc<dyn Store>) {
    let store = &*store;
    assert_eq!(read(store, "poll/7").await, None);
    assert!(!put(store, "poll/7", Some(0), b"x").await, "there is nothing to replace");
    assert!(!put(store, "poll/7", Some(1), b"x").await);
    assert!(put(store, "poll/7", None, b"one").await);
    assert_eq!(read(store, "poll/7").await, Some((1, b"one".to_vec())));
    assert!(!put(store, "poll/7", None, b"x").await, "there is one already");
    assert!(!put(store, "poll/7", Some(2), b"x").await);
    assert!(put(store, "poll/7", Some(1), b"").await);
    assert!(!put(store, "poll/7", Some(1), b"x").await, "it has moved on");
    let all_bytes: Vec<u8> = (0..=255).collect();
    assert!(put(store, "poll/7", Some(2), &all_bytes).await);
    assert_eq!(read(store, "poll/7").await, Some((3, all_bytes)));
    assert_eq!(read(store, "poll/8").await, None);
}

pub(super) async fn of_many_that_expect_the_same_version_one_writes(store: Arc<dyn Store>) {
    for expected in [None, Some(1)] {
        let writers: Vec<_> = (0..8_u8)
            .map(|number| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { (number, put(&*store, "c", expected, &[number]).await) })
            })
            .collect();
        let mut written = Vec::new();
        for writer in writers {
            let (number, was_written) = writer.await.expect("no writer panics");
            written.extend(was_written.then_some(number));
        }
        assert_eq!(written.len(), 1, "{written:?}");
        assert_eq!(read(&*store, "c").await, Some((expected.unwrap_or(0) + 1, written)));
    }
}

pub(super) async fn cells_are_listed_by_the_beginning_of_their_names(store: Arc<dyn Store>) {
    for name in ["b/2", "a%b", "a_c", "b/10", "a", "B/1", "ñ/1", "b/"] {
        assert!(put(&*store, name, None, name.as_bytes()).await);
    }
    let lists: [(&str, &[&str]); 7] = [
        ("", &["B/1", "a", "a%b", "a_c", "b/", "b/10", "b/2", "ñ/1"]),
        ("a", &["a", "a%b", "a_c"]),
        ("a%", &["a%b"]),
        ("a_", &["a_c"]),
        ("b/", &["b/", "b/10", "b/2"]),
        ("ñ", &["ñ/1"]),
        ("c", &[]),
    ];
    for (prefix, expected) in lists {
        let cells = store.cells(prefix).await.expect("the store answers");
        let names: Vec<&str> = cells.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, expected, "{prefix}");
        assert!(
            cells.iter().all(|(name, cell)| cell.version == 1 && cell.value == name.as_bytes()),
            "{prefix}"
        );
    }
}

pub(super) async fn a_cell_whose_name_cannot_be_kept_is_refused(store: Arc<dyn Store>) {
    for name in ["a\0b".to_owned(), "n".repeat(2_001)] {
        let refused = store.put_cell(&name, None, b"x", at(1)).await;
        assert!(matches!(refused, Err(StoreError::Unstorable { .. })), "{refused:?}");
    }
    assert!(put(&*store, &"n".repeat(2_000), None, b"x").await);
}
