use billing::ageing::Bucket;
use billing::month::Month;
use billing::mrr::MrrRow;
use domain::currency::Currency;
use domain::rejection::RejectionClass;
use domain::text::Text;
use ledger::account::Lang;

use super::super::section::Section;
use super::{Recurring, days, sections, stacks, sums};
use crate::html::Sample;
use crate::samples::{ageing, cohort, collection, forecast, mrr, roll, subscription};

fn told() -> Recurring {
    Recurring {
        subscriptions: Sample { rows: vec![subscription("2c92")], total: 12 },
        mrr: vec![mrr(2, Currency::ARS), mrr(3, Currency::ARS), mrr(3, Currency::BRL)],
        collection: vec![collection(3, None), collection(3, Some(RejectionClass::Fraud))],
        cohorts: vec![cohort(1, 0, 3), cohort(1, 1, 2), cohort(2, 0, 1)],
        ageing: Bucket::ALL.map(ageing).to_vec(),
        forecast: vec![forecast(1, 20_000), forecast(4, 30_000)],
        deferred: vec![roll(2), roll(3)],
    }
}

fn figure<'s>(sections: &'s [Section], id: &str) -> &'s str {
    let section = sections.iter().find(|section| section.id == id);
    section.and_then(|section| section.figure.as_deref()).expect("the section has a picture")
}

#[test]
fn every_currency_has_its_own_sections_and_each_picture_a_table() {
    let sections = sections(&told(), Lang::Es).expect("it can be drawn");
    let ids: Vec<_> = sections.iter().map(|section| section.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "subscriptions",
            "mrr-ARS",
            "mrr-BRL",
            "movements-ARS",
            "movements-BRL",
            "churn",
            "cohorts-ARS",
            "collection-ARS",
            "ageing-ARS",
            "forecast-ARS",
            "deferred-ARS",
        ]
    );
    assert_eq!(sections[1].title, "Ingreso recurrente mensual (ARS)");
    for section in &sections {
        assert!(!section.tables.is_empty(), "{}", section.id);
        let is_listed = ["subscriptions", "churn"].contains(&section.id.as_str());
        assert_eq!(section.figure.is_none(), is_listed, "{}", section.id);
    }
}

#[test]
fn pictures_say_what_the_rows_say() {
    let sections = sections(&told(), Lang::En).expect("it can be drawn");
    let says = |id: &str, words: &str| {
        let svg = figure(&sections, id);
        assert!(svg.contains(words), "{id}: {words}: {svg}");
    };
    says("mrr-ARS", "2026-02: 600.00; 2026-03: 600.00");
    // Two months of one seller.
    says(
        "movements-ARS",
        "New: 400.00; Expansion: 100.00; Reactivation: 150.00; Contraction: -50.00; Churn: -200.00",
    );
    says("cohorts-ARS", "67 %");
    says("cohorts-ARS", "2026-01 (3)");
    says("collection-ARS", "Collected: 400.00; Open: 400.00; Uncollected: 200.00");
    says("ageing-ARS", "0-30: 300.50; 31-60: 300.50; 61-90: 300.50; 90+: 300.50");
    says("forecast-ARS", "Charges: 500.00");
    says("deferred-ARS", "2026-02: 1600.00; 2026-03: 1600.00");
}

#[test]
fn a_day_without_charges_is_a_column_too() {
    let stacks = days(&[forecast(1, 20_000), forecast(4, 30_000), forecast(4, 1)]);
    let columns: Vec<_> = stacks.iter().map(|stack| (stack.label.as_str(), stack.amounts[0])).collect();
    assert_eq!(columns, [("03-01", 20_000), ("03-02", 0), ("03-03", 0), ("03-04", 30_001)]);
    assert_eq!(days(&[]), []);
}

#[test]
fn pictures_show_the_last_two_years_and_the_first_year_of_a_cohort() {
    let row = |nth: u32| MrrRow {
        month: Month { year: 2024 + i32::from(nth > 12), month: (nth - 1) % 12 + 1 },
        ..mrr(1, Currency::ARS)
    };
    let mrr = (1..=24).map(row).chain((1..=3).map(|month| mrr(month, Currency::ARS))).collect();
    let cohorts = (0..=20).map(|age| cohort(1, age, 2)).collect();
    let sections = sections(&Recurring { mrr, cohorts, ..told() }, Lang::En).expect("it can be drawn");
    assert!(figure(&sections, "mrr-ARS").contains(">2024-04: 600.00; 2026-03: 600.00<"));
    assert_eq!(sections[1].tables[0].rows.len(), 27, "the table has them all");
    assert_eq!(figure(&sections, "cohorts-ARS").matches("\n67 %").count(), 13);
}

#[test]
fn sellers_are_added_up_in_pictures() {
    let other = |row: &MrrRow| MrrRow { seller: Text::from("9"), ..row.clone() };
    let rows = [mrr(2, Currency::ARS), mrr(3, Currency::ARS)];
    let both: Vec<_> = rows.iter().cloned().chain(rows.iter().map(other)).collect();
    let sums = sums(both.iter().map(|row| (row.month.to_string(), row.closing.minor)));
    assert_eq!(sums, [("2026-02".to_owned(), 120_000), ("2026-03".to_owned(), 120_000)]);
    let stacks = stacks(both.iter().map(|row| (row.month.to_string(), vec![row.new.minor, -1])));
    let amounts: Vec<_> = stacks.into_iter().map(|stack| stack.amounts).collect();
    assert_eq!(amounts, [[40_000, -2], [40_000, -2]]);
}

#[test]
fn without_charges_there_are_only_the_subscriptions() {
    let bare = Recurring {
        mrr: Vec::new(),
        collection: Vec::new(),
        cohorts: Vec::new(),
        ageing: Vec::new(),
        forecast: Vec::new(),
        deferred: Vec::new(),
        ..told()
    };
    let sections = sections(&bare, Lang::Pt).expect("nothing is drawn");
    assert_eq!(sections.len(), 1);
    assert!(sections[0].tables[0].foot[0].contains("11"), "the rest of the list is named");
}
