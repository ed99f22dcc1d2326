use domain::currency::Currency;
use ledger::account::Lang;

use super::{ChargeRow, write_text};
use crate::reconciliation::{ProofRow, Summary};
use crate::samples::{at, summary, written};

fn charge() -> ChargeRow {
    ChargeRow {
        subscription: "2c93".into(),
        seller: "123".into(),
        due_at: at(2, 15),
        currency: Currency::ARS,
        expected_minor: Some(1_000),
        invoice: Some("6114264375".into()),
        invoiced_minor: Some(1_000),
        attempts: Some(2),
        standing: "collected_late".into(),
        payment: Some("19951521071".into()),
        paid_minor: Some(1_000),
        paid_at: Some(at(4, 15)),
        booked_minor: Some(1_000),
        refunded_minor: Some(250),
        lost_minor: Some(0),
    }
}

#[test]
fn text_shows_each_charge_from_its_day_to_the_ledger() {
    let missing = ChargeRow {
        invoice: None,
        invoiced_minor: None,
        attempts: None,
        standing: "missing".into(),
        payment: None,
        paid_minor: None,
        paid_at: None,
        booked_minor: None,
        refunded_minor: None,
        lost_minor: None,
        ..charge()
    };
    let count = ProofRow {
        name: "charges paid ARS, count".into(),
        expected_minor: 12,
        actual_minor: 12,
        currency: None,
        holds: true,
    };
    let summary = Summary { proofs: vec![count], files: Vec::new(), ..summary() };
    let text = written(|out| write_text(&summary, &[charge(), missing, charge()], 2, Lang::En, out));
    insta::assert_snapshot!(text);
}
