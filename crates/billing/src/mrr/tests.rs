use domain::plan::Period;

use super::*;
use crate::samples::{History, at, days, months, terms};

mod properties;

const SELLER: &str = "123";

fn options() -> Options {
    Options { zone: chrono_tz::America::Argentina::Buenos_Aires, ..Options::default() }
}

/// From one month of 2026 to another.
fn of(first: u32, last: u32) -> Months {
    let month = |month| Month { year: 2026, month };
    Months { first: month(first), last: month(last), as_of: at("2027-12-31"), zone: options().zone }
}

fn rows(months: Months, histories: &[History]) -> Vec<MrrRow> {
    let options = options();
    let mut mrr = Mrr::new(months, &options);
    for history in histories {
        mrr.add(SELLER, &history.timeline());
    }
    mrr.rows()
}

/// The movements of a month that are not zero, such as `new 1 10.00`, between its opening and closing.
fn written(row: &MrrRow) -> String {
    let movements = [
        ("new", row.new),
        ("expansion", row.expansion),
        ("contraction", row.contraction),
        ("churn", row.churn),
        ("reactivation", row.reactivation),
    ];
    let moved = movements.into_iter().filter(|(_, level)| *level != Level::default());
    let moved = moved.map(|(name, level)| format!(" {name} {}x{}", level.count, level.minor));
    format!("{}: {}{} = {}", row.month, row.opening.minor, moved.collect::<String>(), row.closing.minor)
}

#[track_caller]
fn check(months: Months, histories: &[History], expect: &[&str]) {
    let written: Vec<String> = rows(months, histories).iter().map(written).collect();
    assert_eq!(written, expect);
}

fn monthly(amount_minor: i64) -> Terms {
    terms(amount_minor, months(1))
}

#[test]
fn a_subscription_is_new_then_grows_shrinks_leaves_and_comes_back() {
    let life = History::authorized("2026-01-05", &monthly(1000))
        .change("2026-02-10", &monthly(1500))
        .change("2026-03-10", &monthly(1200))
        .pause("2026-04-20")
        .resume("2026-06-01")
        .cancel("2026-07-15");
    let expect = [
        "2026-01: 0 new 1x1000 = 1000",
        "2026-02: 1000 expansion 1x500 = 1500",
        "2026-03: 1500 contraction 1x300 = 1200",
        "2026-04: 1200 churn 1x1200 = 0",
        "2026-05: 0 = 0",
        "2026-06: 0 reactivation 1x1200 = 1200",
        "2026-07: 1200 churn 1x1200 = 0",
        "2026-08: 0 = 0",
    ];
    check(of(1, 8), &[life], &expect);
}

#[test]
fn many_subscriptions_sum_by_movement() {
    let stays = History::authorized("2025-11-05", &monthly(700));
    let leaves = History::authorized("2025-11-05", &monthly(300)).cancel("2026-01-20");
    let comes = History::authorized("2026-01-09", &monthly(500));
    check(of(1, 1), &[stays, leaves, comes], &["2026-01: 1000 new 1x500 churn 1x300 = 1200"]);
}

#[test]
fn a_month_closes_at_the_sellers_midnight() {
    // Half past eleven in the evening of the 31st in Buenos Aires is February in Greenwich.
    let life = History::authorized("2026-02-01 02:30", &monthly(1000));
    check(of(1, 2), &[life], &["2026-01: 0 new 1x1000 = 1000", "2026-02: 1000 = 1000"]);
}

#[test]
fn a_trial_does_not_count_until_its_first_charge_is_due() {
    let mut trial = monthly(1000);
    trial.recurring.free_trial = Some(months(1));
    let life = History::authorized("2026-01-05", &trial);
    check(of(1, 2), std::slice::from_ref(&life), &["2026-02: 0 new 1x1000 = 1000"]);
    assert_eq!(mrr_at(&life.timeline(), &options(), at("2026-02-04 15:59")), 0);
    assert_eq!(mrr_at(&life.timeline(), &options(), at("2026-02-04 16:00")), 1000, "30 days after");
}

#[test]
fn what_no_payer_authorised_does_not_count() {
    let life = History::pending("2026-01-05", &monthly(1000));
    assert_eq!(rows(of(1, 3), std::slice::from_ref(&life)), []);
    let later = life.authorize("2026-03-03");
    check(of(1, 4), &[later], &["2026-03: 0 new 1x1000 = 1000", "2026-04: 1000 = 1000"]);
}

#[test]
fn it_counts_until_its_last_day() {
    let mut ending = monthly(1000);
    (ending.starts_at, ending.ends_at) = (Some(at("2026-01-05")), Some(at("2026-03-05")));
    let life = History::authorized("2026-01-05", &ending);
    let expect = ["2026-01: 0 new 1x1000 = 1000", "2026-02: 1000 = 1000", "2026-03: 1000 churn 1x1000 = 0"];
    check(of(1, 3), std::slice::from_ref(&life), &expect);
    assert_eq!(mrr_at(&life.timeline(), &options(), at("2026-03-05 15:59")), 1000);
    assert_eq!(mrr_at(&life.timeline(), &options(), at("2026-03-05")), 0);
}

#[test]
fn it_counts_to_the_end_of_what_its_last_repetition_pays_for() {
    let mut twice = terms(3000, months(3));
    twice.recurring.repetitions = Some(2);
    let life = History::authorized("2026-01-05", &twice);
    assert_eq!(mrr_at(&life.timeline(), &options(), at("2026-07-05 15:59")), 1000);
    assert_eq!(mrr_at(&life.timeline(), &options(), at("2026-07-05")), 0);
    // A charge that fell into a pause is made up for at the end.
    let paused = life.pause("2026-02-01").resume("2026-05-01");
    assert_eq!(mrr_at(&paused.timeline(), &options(), at("2026-10-05 15:59")), 1000);
    assert_eq!(mrr_at(&paused.timeline(), &options(), at("2026-10-05")), 0);
}

#[test]
fn a_number_of_charges_that_is_agreed_on_later_changes_no_month_that_closed() {
    let mut twice = monthly(1000);
    twice.recurring.repetitions = Some(2);
    let life = History::authorized("2026-01-05", &monthly(1000)).change("2026-06-10", &twice);
    let timeline = life.timeline();
    assert_eq!(mrr_at(&timeline, &options(), at("2026-05-31")), 1000, "nobody had agreed on an end then");
    assert_eq!(mrr_at(&timeline, &options(), at("2026-06-11")), 0, "two charges were made long ago");
}

#[test]
fn a_subscription_that_came_and_went_within_a_month_moves_nothing() {
    let life = History::authorized("2026-01-05", &monthly(1000)).cancel("2026-01-20");
    check(of(1, 1), std::slice::from_ref(&life), &[]);
    // When it comes back it is no new one.
    let back = life.authorize("2026-02-10");
    check(of(1, 2), &[back], &["2026-02: 0 reactivation 1x1000 = 1000"]);
}

#[test]
fn the_last_month_closes_with_what_is_known() {
    let life = History::authorized("2026-01-05", &monthly(1000)).cancel("2026-02-20");
    let known = Months { as_of: at("2026-02-15"), ..of(1, 12) };
    check(known, &[life], &["2026-01: 0 new 1x1000 = 1000", "2026-02: 1000 = 1000"]);
}

#[test]
fn sellers_and_currencies_are_kept_apart() {
    let mut reals = monthly(900);
    reals.recurring.currency = Currency::BRL;
    let options = options();
    let mut mrr = Mrr::new(of(1, 1), &options);
    mrr.add("2", &History::authorized("2026-01-05", &monthly(500)).timeline());
    mrr.add("1", &History::authorized("2026-01-05", &reals).timeline());
    mrr.add("1", &History::authorized("2026-01-05", &monthly(100)).timeline());
    let closings: Vec<_> =
        mrr.rows().iter().map(|row| (row.seller.to_string(), row.currency, row.closing.minor)).collect();
    let expect = [("1", Currency::ARS, 100), ("1", Currency::BRL, 900), ("2", Currency::ARS, 500)];
    assert_eq!(closings, expect.map(|(seller, currency, minor)| (seller.to_owned(), currency, minor)));
}

#[test]
fn an_amount_counts_by_the_month_half_up() {
    let rows: [(i64, Period, i64); 8] = [
        (1000, months(1), 1000),
        (145_200, months(12), 12_100),
        (1000, months(3), 333),
        (500, months(3), 167),
        (100, days(1), 3000),
        (1000, days(7), 4286),
        (1000, days(30), 1000),
        (36_500, days(365), 3000),
    ];
    for (amount, every, expect) in rows {
        assert_eq!(monthly_minor(&terms(amount, every)), i128::from(expect), "{amount} every {every:?}");
    }
}

#[test]
fn rates_of_a_month() {
    let stays = History::authorized("2025-11-05", &monthly(700)).change("2026-01-09", &monthly(800));
    let leaves = History::authorized("2025-11-05", &monthly(300)).cancel("2026-01-20");
    let rows = rows(of(1, 1), &[stays, leaves]);
    let percent = |ratio: Ratio| ratio.percent(2).expect("there was something");
    assert_eq!(percent(rows[0].logo_churn()), "50.00");
    assert_eq!(percent(rows[0].revenue_churn()), "30.00");
    assert_eq!(percent(rows[0].net_retention()), "80.00");
    assert_eq!(rows[0].opening, Level { count: 2, minor: 1000 });
}
