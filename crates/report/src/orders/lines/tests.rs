use super::*;
use crate::samples::written;

fn line(line: u64, amount_minor: i64, stage: &str) -> LineRow {
    LineRow {
        line,
        payment: "57837458321".into(),
        request: Some(format!("file/57837458321/1.00/{line}").into()),
        amount_minor: Some(amount_minor),
        currency: Some(Currency::ARS),
        stage: stage.into(),
        was_placed: false,
        refund: None,
        column: None,
        why: None,
    }
}

fn rows() -> Vec<LineRow> {
    let bad = LineRow {
        request: None,
        amount_minor: None,
        currency: None,
        column: Some("amount".into()),
        why: Some("`12,50` is not a decimal amount".into()),
        ..line(4, 0, NOT_ORDERED)
    };
    vec![
        line(2, 1_000, "open"),
        line(3, 250_000, "held"),
        bad,
        LineRow {
            was_placed: true,
            refund: Some("9001".into()),
            why: Some("ordered before at 2026-03-02T12:00:00Z by ana".into()),
            ..line(5, 300, "done")
        },
        line(6, 777, "refused"),
        LineRow { currency: Some(Currency::CLP), ..line(7, 500, "open") },
    ]
}

#[test]
fn totals_leave_out_what_nothing_comes_of() {
    let left = |currency| (currency == Currency::ARS).then_some(-5);
    let totals = totals(&rows(), left);
    let told: Vec<_> = totals
        .iter()
        .map(|t| (t.currency, t.orders, t.amount_minor, t.held, t.repeated, t.repeated_minor, t.left_minor))
        .collect();
    assert_eq!(
        told,
        [(Currency::ARS, 2, 251_000, 1, 1, 300, Some(-5)), (Currency::CLP, 1, 500, 0, 0, 0, None)]
    );
}

#[test]
fn every_format_tells_the_same_lines() {
    let (rows, totals) = (rows(), totals(&rows(), |_| Some(10)));
    let formats = [
        written(|out| write_json("refunds.csv", true, &rows, &totals, out)),
        written(|out| write_csv(&rows, out)),
        written(|out| write_text(&rows, &totals, Lang::Pt, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
