use domain::preapproval::Terms;

use super::*;
use crate::samples::{History, at, months, terms};

fn monthly(amount_minor: i64) -> Terms {
    terms(amount_minor, months(1))
}

fn rows(histories: &[History]) -> Vec<String> {
    let options = Options::default();
    let month = |month| Month { year: 2026, month };
    let months = Months { first: month(1), last: month(4), as_of: at("2026-12-31"), zone: options.zone };
    let mut cohorts = Cohorts::new(months, &options);
    for history in histories {
        cohorts.add("123", &history.timeline());
    }
    let written = |row: &CohortRow| {
        let (retention, revenue) = (row.retention().percent(1), row.revenue_retention().percent(1));
        let [retention, revenue] = [retention, revenue].map(|text| text.expect("a cohort is not empty"));
        format!("{}+{}: {}/{} {retention}% {revenue}%", row.cohort, row.age, row.retained.count, row.size)
    };
    cohorts.rows().iter().map(written).collect()
}

#[test]
fn each_cohort_has_every_age_up_to_the_last_month() {
    let stays = History::authorized("2026-01-05", &monthly(500)).change("2026-03-02", &monthly(600));
    let pauses = History::authorized("2026-01-09", &monthly(500)).pause("2026-02-02").resume("2026-04-02");
    let late = History::authorized("2026-03-30", &monthly(900)).cancel("2026-04-29");
    let expect = [
        "2026-01+0: 2/2 100.0% 100.0%",
        "2026-01+1: 1/2 50.0% 50.0%",
        "2026-01+2: 1/2 50.0% 60.0%",
        "2026-01+3: 2/2 100.0% 110.0%",
        "2026-03+0: 1/1 100.0% 100.0%",
        "2026-03+1: 0/1 0.0% 0.0%",
    ];
    assert_eq!(rows(&[stays, pauses, late]), expect);
}

#[test]
fn one_that_began_and_left_within_a_month_belongs_to_its_cohort() {
    let gone = History::authorized("2026-04-05", &monthly(500)).cancel("2026-04-20");
    assert_eq!(rows(&[gone]), ["2026-04+0: 0/1 0.0% 0.0%"]);
}

#[test]
fn those_that_began_outside_the_months_have_no_cohort() {
    let before = History::authorized("2025-12-05", &monthly(500));
    let after = History::authorized("2026-05-05", &monthly(500));
    assert_eq!(rows(&[before, after]), [""; 0]);
}
