use domain::machine::Instant;
use ledger::account::Lang;

use super::{LinkRow, write_csv, write_json, write_text};
use crate::samples::written;

fn at(text: &str) -> Option<Instant> {
    Some(text.parse().expect("an instant"))
}

fn rows() -> impl Iterator<Item = LinkRow> {
    let valid = LinkRow {
        seller: "1122334455".into(),
        application: Some("77".into()),
        grant: Some("authorization_code".into()),
        scope: "offline_access read write".into(),
        standing: "valid".into(),
        expires_at: at("2027-04-30T00:00:00Z"),
        refreshed_at: at("2026-11-01T00:00:00Z"),
        failure: None,
        failed_at: None,
    };
    let ended = LinkRow {
        seller: "99".into(),
        application: None,
        grant: Some("imported".into()),
        scope: "".into(),
        standing: "ended".into(),
        expires_at: None,
        refreshed_at: None,
        failure: Some("revoked_by_seller".into()),
        failed_at: at("2026-11-02T00:00:00Z"),
    };
    [valid, ended].into_iter()
}

#[test]
fn every_format_tells_the_same_links() {
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::Es, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
