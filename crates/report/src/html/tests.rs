use domain::currency::Currency;
use ledger::account::Lang;

use super::{Charted, Page, Sample, write};
use crate::html::recurring::Recurring;
use crate::inbox::Counts;
use crate::samples::{
    at, balances, day, listed, mrr, payment, refund, rejected, rejection, subscription, summary, written,
};

fn page(lang: Lang) -> Page {
    let summary = summary();
    let days = (1..=31).map(|on| (day(on), i64::from(on) * 10_000 - 40_000)).collect();
    Page {
        title: "March <2026>".to_owned(),
        sellers: vec!["123".into()],
        period: (day(1), day(31)),
        as_of: at(31, 23),
        known_at: at(31, 23),
        runs: vec![summary.run_id],
        balances: balances(),
        proofs: summary.proofs,
        breaks: summary.breaks,
        inbox: Counts { applied: 2, unchanged: 1, needs_fetch: 0, refused: 0, undecodable: 1 },
        listed: vec![listed()],
        rejections: vec![rejection()],
        charts: vec![Charted {
            currency: Currency::ARS,
            bridge: vec![
                ("Gross".to_owned(), 171_000),
                ("Refunds".to_owned(), -21_000),
                ("Processing fees".to_owned(), -6_050),
                ("Withholdings and perceptions recoverable".to_owned(), -3_025),
            ],
            daily_balance: days,
        }],
        payments: Sample { rows: vec![payment("1", 121_000), rejected()], total: 1_000_000 },
        refunds: Sample { rows: vec![refund()], total: 1 },
        recurring: None,
        files: summary.files,
        lang,
    }
}

#[test]
fn the_page_is_the_same_bytes_every_time() {
    let once = written(|out| write(&page(Lang::En), out));
    assert_eq!(once, written(|out| write(&page(Lang::En), out)));
    insta::assert_snapshot!(once);
}

#[test]
fn nothing_outside_is_needed_and_nothing_from_outside_is_markup() {
    let html = written(|out| write(&page(Lang::Es), out));
    for banned in ["<script", "<link", "src=", "@import", "url(", "March <", "<b>\""] {
        assert!(!html.contains(banned), "{banned}");
    }
    assert!(html.contains("&#60;script&#62;"), "the delivery is named");
    assert!(html.contains("<html lang=\"es\">"));
    // The name of the SVG language is an address that nobody opens.
    assert_eq!(html.matches("http").count(), html.matches("http://www.w3.org/2000/svg").count());
}

#[test]
fn every_list_that_is_cut_says_so_and_every_picture_has_a_name_and_a_table() {
    let html = written(|out| write(&page(Lang::En), out));
    assert!(html.contains("… and 999998 more (see payments.csv)"));
    assert_eq!(html.matches("<svg ").count(), 3);
    assert_eq!(html.matches("<title id=").count(), 3);
    assert!(html.contains("<tr class=\"bad\"><td>pending</td>"), "a proof that fails stands out");
    assert!(html.contains("1409.25"), "the net is the sum of the steps");
}

#[test]
fn subscriptions_have_their_sections_when_there_are_any() {
    let recurring = Recurring {
        subscriptions: Sample { rows: vec![subscription("2c92")], total: 1 },
        mrr: vec![mrr(3, Currency::ARS)],
        collection: Vec::new(),
        cohorts: Vec::new(),
        ageing: Vec::new(),
        forecast: Vec::new(),
        deferred: Vec::new(),
    };
    let without = written(|out| write(&page(Lang::En), out));
    assert!(!without.contains("id=\"subscriptions\""));
    let with = written(|out| write(&Page { recurring: Some(recurring), ..page(Lang::En) }, out));
    assert!(with.contains("<h2 id=\"subscriptions\">Subscriptions</h2>"));
    assert!(with.contains("<li><span>Subscriptions</span><b>1</b></li>"));
    assert!(with.contains("Coffee &#60;monthly&#62;"), "titles come from outside");
    assert_eq!(with.matches("<svg ").count(), 5);
    assert!(with.contains("<table class=\"dated\">"), "months are not broken over lines");
}
