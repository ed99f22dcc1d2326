use super::*;
use crate::samples::{History, at, months, terms};

fn rows(histories: &[History]) -> Vec<CollectionRow> {
    let month = |month| Month { year: 2026, month };
    let as_of = at("2026-03-20");
    let months = Months { first: month(1), last: month(3), as_of, zone: chrono_tz::Tz::UTC };
    let table = RejectionTable::builtin();
    let mut collection = Collection::new(months, &table);
    for history in histories {
        collection.add("123", &history.timeline());
    }
    collection.rows()
}

fn written(row: &CollectionRow) -> String {
    let CollectionRow { month, class, charges, collected, open, uncollected, cancelled, .. } = row;
    let parts = [collected, open, uncollected, cancelled].map(|level| level.count);
    format!("{month} {class:?}: {} {} of {parts:?}", charges.count, charges.minor)
}

#[track_caller]
fn check(histories: &[History], expect: &[&str]) {
    let written: Vec<String> = rows(histories).iter().map(written).collect();
    assert_eq!(written, expect);
}

fn monthly() -> History {
    History::authorized("2026-01-05", &terms(1000, months(1)))
}

#[test]
fn a_charge_that_failed_first_keeps_the_class_of_its_failure() {
    let life = monthly()
        .recycled("1", "2026-01-05", "2026-01-05", 1000)
        .collected("1", "2026-01-05", "2026-01-07", 1000)
        .collected("2", "2026-02-05", "2026-02-05", 1000);
    let expect = ["2026-01 Some(Issuer): 1 1000 of [1, 0, 0, 0]", "2026-02 None: 1 1000 of [1, 0, 0, 0]"];
    check(&[life], &expect);
}

#[test]
fn charges_are_counted_by_where_they_stand() {
    let life = monthly()
        .collected("1", "2026-03-01", "2026-03-01", 1000)
        .scheduled("2", "2026-03-02", 700)
        .recycled("3", "2026-03-03", "2026-03-03", 500)
        .recycled("4", "2026-03-04", "2026-03-04", 300)
        .uncollected("4", "2026-03-04", "2026-03-14", 300);
    let expect = ["2026-03 None: 2 1700 of [1, 1, 0, 0]", "2026-03 Some(Issuer): 2 800 of [0, 1, 1, 0]"];
    check(&[life], &expect);
}

#[test]
fn only_charges_that_were_due_in_the_months_count() {
    let life = monthly()
        .collected("1", "2025-12-31", "2026-01-05", 1000)
        .scheduled("2", "2026-03-21", 1000)
        .scheduled("3", "2026-04-01", 1000);
    check(&[life], &[]);
}

#[test]
fn the_rate_is_of_what_was_decided() {
    let life = monthly()
        .collected("1", "2026-03-01", "2026-03-01", 3000)
        .uncollected("2", "2026-03-02", "2026-03-12", 1000)
        .scheduled("3", "2026-03-03", 9000);
    let row = &rows(&[life])[0];
    assert_eq!(row.rate().percent(2).as_deref(), Some("75.00"));
    assert_eq!(row.rate_by_count().percent(2).as_deref(), Some("50.00"));
    let open = monthly().scheduled("3", "2026-03-03", 9000);
    assert_eq!(rows(&[open])[0].rate().percent(2), None);
}
