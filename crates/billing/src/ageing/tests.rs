use super::*;
use crate::samples::{History, at, months, terms};

const BUENOS_AIRES: Tz = chrono_tz::America::Argentina::Buenos_Aires;

/// As of noon of the first of July 2026.
fn rows(histories: &[History]) -> Vec<(&'static str, Level, Level)> {
    let mut ageing = Ageing::new(at("2026-07-01"), BUENOS_AIRES);
    for history in histories {
        ageing.add("123", &history.timeline());
    }
    ageing.rows().iter().map(|row| (row.bucket.name(), row.retried, row.uncollected)).collect()
}

fn monthly() -> History {
    History::authorized("2025-01-01", &terms(1000, months(1)))
}

fn some(count: u64, minor: i128) -> Level {
    Level { count, minor }
}

#[test]
fn charges_are_aged_from_their_due_date() {
    let none = Level::default();
    let mut life = monthly();
    // 0, 30, 31, 60, 61, 90, 91 and 500 days before.
    for due in [
        "2026-07-01",
        "2026-06-01",
        "2026-05-31",
        "2026-05-02",
        "2026-05-01",
        "2026-04-02",
        "2026-04-01",
        "2025-02-16",
    ] {
        life = life.uncollected(due, due, "2026-07-01", 1000);
    }
    let life = life.recycled("now", "2026-06-20", "2026-06-30", 700);
    let expect = [
        ("0-30", some(1, 700), some(2, 2000)),
        ("31-60", none, some(2, 2000)),
        ("61-90", none, some(2, 2000)),
        ("90+", none, some(2, 2000)),
    ];
    assert_eq!(rows(&[life]), expect);
}

#[test]
fn days_are_the_sellers() {
    // Due in the evening of the 31st of May in Buenos Aires, which is the first of June in Greenwich: 31 days before.
    let evening = monthly().uncollected("1", "2026-06-01 01:00", "2026-06-11", 1000);
    assert_eq!(rows(&[evening])[1], ("31-60", Level::default(), some(1, 1000)));
}

#[test]
fn only_what_was_due_and_is_not_collected_is_aged() {
    let life = monthly()
        .scheduled("1", "2026-06-01", 1000)
        .collected("2", "2026-05-01", "2026-05-01", 1000)
        .recycled("3", "2026-07-02", "2026-07-02", 1000);
    assert_eq!(rows(&[life]), []);
}

#[test]
fn a_late_approval_ends_the_ageing() {
    let owed = monthly().uncollected("1", "2026-03-01", "2026-03-11", 1000);
    assert_eq!(rows(std::slice::from_ref(&owed)).len(), 4);
    assert_eq!(rows(&[owed.collected("1", "2026-03-01", "2026-04-01", 1000)]), []);
}
