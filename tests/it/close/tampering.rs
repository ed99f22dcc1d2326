//! Hands in the database file: whatever they change, verification names it.

use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::october;
use crate::bin::{Desk, list, text};

/// Changes the file of a store behind the program's back.
async fn tamper(desk: &Desk, statements: &[&'static str]) {
    let options = SqliteConnectOptions::new().filename(desk.path("conciliar.db"));
    let mut file = options.connect().await.expect("the store is a database file");
    for &statement in statements {
        sqlx::query(statement)
            .execute(&mut file)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    file.close().await.expect("the file closes");
}

/// What verification finds: what, position and subject of each difference.
fn found(desk: &Desk) -> Vec<(String, Value, String)> {
    let ran = desk.run(&["replay", "--verify", "--format", "json"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    let verified: Value = serde_json::from_str(&ran.out).expect("JSON");
    let difference =
        |d: &Value| (text(d, "what").to_owned(), d["position"].clone(), text(d, "subject").to_owned());
    list(&verified, "differences").iter().map(difference).collect()
}

#[tokio::test]
async fn the_store_itself_refuses_edits() {
    let desk = october();
    let options = SqliteConnectOptions::new().filename(desk.path("conciliar.db"));
    let mut file = options.connect().await.expect("the store is a database file");
    for statement in [
        "UPDATE events SET payload = '{}' WHERE position = 1",
        "DELETE FROM events WHERE position = 1432",
        "UPDATE entries SET amounts = '[1,-1]'",
        "DELETE FROM entries",
        "UPDATE inbox SET key = 'other' WHERE arrival = 1",
        "DELETE FROM inbox",
    ] {
        assert!(sqlx::query(statement).execute(&mut file).await.is_err(), "{statement} was accepted");
    }
}

#[tokio::test]
async fn a_changed_event_breaks_the_chain_where_it_was_changed() {
    let desk = october();
    tamper(
        &desk,
        &[
            "DROP TRIGGER events_are_not_edited",
            "UPDATE events SET payload = replace(payload, '294924', '294925')
             WHERE event_type = 'payment.approved' AND aggregate_id = '1122334455/129000000009'",
        ],
    )
    .await;
    let found = found(&desk);
    let (what, position, _) = &found[0];
    assert_eq!((what.as_str(), position), ("chain", &Value::from(7)), "{found:?}");
}

#[tokio::test]
async fn a_changed_posting_is_named_even_when_its_entry_still_balances() {
    let desk = october();
    tamper(
        &desk,
        &[
            "DROP TRIGGER entries_are_not_edited",
            "UPDATE entries SET amounts = json_set(amounts, '$[0]', (amounts ->> 0) + 100, '$[1]', (amounts ->> 1) - 100)
             WHERE stream = 'payment/1122334455/129000000009' AND fact = 'payment.approved'",
        ],
    )
    .await;
    let found = found(&desk);
    let (what, position, subject) = &found[0];
    assert_eq!((what.as_str(), position), ("entry", &Value::from(7)), "{found:?}");
    assert_eq!(subject, "payment/1122334455/129000000009");
}

#[tokio::test]
async fn a_changed_balance_is_named() {
    let desk = october();
    tamper(&desk, &["UPDATE balances SET balance_minor = balance_minor + 1 WHERE account = 1120"]).await;
    let found = found(&desk);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0.as_str(), &found[0].1), ("balance", &Value::Null));
    assert!(found[0].2.contains("1120"), "{found:?}");
}

#[tokio::test]
async fn a_history_whose_end_was_cut_off_is_not_taken_for_the_whole() {
    let desk = october();
    tamper(
        &desk,
        &[
            "DROP TRIGGER events_are_not_deleted",
            "DROP TRIGGER entries_are_not_deleted",
            "DELETE FROM entries WHERE position = 1432",
            "DELETE FROM events WHERE position = 1432",
        ],
    )
    .await;
    let found = found(&desk);
    assert!(found.iter().any(|(what, ..)| what == "chain"), "{found:?}");
}
