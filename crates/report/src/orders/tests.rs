use ledger::account::Lang;

use super::*;
use crate::listing::{csv, json, text};
use crate::samples::{at, written};

fn order(payment: &str, day: u32) -> OrderRow {
    OrderRow {
        seller: "123".into(),
        payment: payment.into(),
        request: "=return-1".into(),
        wish: "refund".into(),
        amount_minor: Some(12_345),
        currency: Currency::ARS,
        asked_at: at(day, 12),
        actor: "ana".into(),
        reason: "it was broken".into(),
        stage: "done".into(),
        approved_by: Some("eva".into()),
        declined: None,
        refund: Some("9001".into()),
        code: None,
        advice: None,
    }
}

fn cancellation() -> OrderRow {
    OrderRow {
        wish: "cancel".into(),
        amount_minor: None,
        stage: "refused".into(),
        approved_by: None,
        refund: None,
        code: Some("2018".into()),
        advice: Some("the payment's state does not allow it".into()),
        ..order("2", 3)
    }
}

fn declined() -> OrderRow {
    let declined = Some(("eva".into(), "ask the shop first".into()));
    OrderRow { stage: "declined".into(), declined, approved_by: None, refund: None, ..order("3", 4) }
}

#[test]
fn orders_are_told_in_the_order_in_which_they_were_given() {
    let mut rows = [order("9", 5), order("2", 3), order("1", 3)];
    sort(&mut rows);
    assert_eq!(rows.map(|row| row.payment.to_string()), ["1", "2", "9"]);
}

#[test]
fn every_format_tells_the_same_orders() {
    let rows = || [order("1", 2), cancellation(), declined()].into_iter();
    let formats = [
        written(|out| {
            let mut json = json::Rows::new(out);
            rows().try_for_each(|row| json.push(&row))?;
            json.finish::<OrderRow>()
        }),
        written(|out| {
            let mut csv = csv::Rows::new::<OrderRow>(out)?;
            rows().try_for_each(|row| csv.push(&row))?;
            csv.finish()
        }),
        written(|out| text::write(rows().map(Brief), 5, 3, Lang::Es, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
