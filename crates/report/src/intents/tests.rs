use domain::currency::Currency;
use ledger::account::Lang;

use super::{IntentRow, write_csv, write_json, write_text};
use crate::samples::written;

fn rows() -> impl Iterator<Item = IntentRow> {
    let paid = IntentRow {
        id: "PI-1".into(),
        seller: "123".into(),
        generation: "b".into(),
        progress: "finished".into(),
        word: "FINISHED".into(),
        amount_minor: Some(150_000),
        currency: Some(Currency::ARS),
        reference: Some("table-4".into()),
        device: Some("PAX-1".into()),
        payments: vec!["1".into(), "2".into()],
    };
    // A currency alone makes no amount, and an amount without a currency cannot be printed.
    let unknown = IntentRow {
        id: "PI-2".into(),
        currency: None,
        reference: None,
        device: None,
        payments: Vec::new(),
        ..paid.clone()
    };
    [paid, unknown].into_iter()
}

#[test]
fn every_format_tells_the_same_intents() {
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::Es, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
