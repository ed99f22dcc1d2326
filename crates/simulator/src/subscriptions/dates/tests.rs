use chrono::{DateTime, Utc};

use super::super::rules::{Cycle, End, Quotas, Rules, Trial};
use super::{Rhythm, Span, Unit, retry_after};

const MONTHLY: Span = Span { count: 1, unit: Unit::Months };
const WEEKLY: Span = Span { count: 7, unit: Unit::Days };

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn monthly(from: &str) -> Rhythm {
    Rhythm {
        agreed_at: at(from),
        starts_at: at(from),
        ends_at: None,
        every: MONTHLY,
        repetitions: None,
        billing_day: None,
        proportional: false,
        trial: None,
        rules: Rules::default(),
    }
}

#[track_caller]
fn check(rhythm: &Rhythm, expect: &[&str]) {
    let dates: Vec<_> = (0..).map_while(|number| rhythm.due(number, number)).take(expect.len() + 1).collect();
    let expected: Vec<_> = expect.iter().map(|date| at(date)).collect();
    assert_eq!(dates[..expect.len().min(dates.len())], expected);
}

#[test]
fn a_short_month_does_not_shorten_the_months_after_it() {
    check(
        &monthly("2026-01-31T15:00:00Z"),
        &["2026-01-31T15:00:00Z", "2026-02-28T15:00:00Z", "2026-03-31T15:00:00Z", "2026-04-30T15:00:00Z"],
    );
}

#[test]
fn days_are_those_four_hours_west_of_greenwich() {
    // Still 31 January there, so February ends the month.
    check(&monthly("2026-02-01T03:30:00Z"), &["2026-02-01T03:30:00Z", "2026-03-01T03:30:00Z"]);
    let by_day = Rhythm { billing_day: Some(10), ..monthly("2026-02-11T03:30:00Z") };
    check(&by_day, &["2026-02-11T03:30:00Z", "2026-03-11T03:30:00Z"]);
}

#[test]
fn nothing_is_due_after_the_end_or_the_last_repetition() {
    let ended = Rhythm { ends_at: Some(at("2026-03-01T12:00:00Z")), ..monthly("2026-01-01T12:00:00Z") };
    assert_eq!(ended.due(2, 2), Some(at("2026-03-01T12:00:00Z")));
    assert_eq!(ended.due(3, 3), None);
    assert_eq!(ended.unbounded(3), Some(at("2026-04-01T12:00:00Z")));
    let counted = Rhythm { repetitions: Some(2), ..monthly("2026-01-01T12:00:00Z") };
    assert_eq!(counted.due(1, 1), Some(at("2026-02-01T12:00:00Z")));
    assert_eq!(counted.due(2, 2), None);
    assert_eq!(counted.due(2, 1), Some(at("2026-03-01T12:00:00Z")), "one of them fell into a pause");
}

#[test]
fn a_trial_of_a_month_is_thirty_days() {
    let tried = Rhythm { trial: Some(MONTHLY), ..monthly("2026-01-01T12:00:00Z") };
    check(&tried, &["2026-01-31T12:00:00Z", "2026-02-28T12:00:00Z"]);
}

#[test]
fn the_days_before_the_billing_day_cost_their_share_of_thirty() {
    let shared = Rhythm { billing_day: Some(10), proportional: true, ..monthly("2026-06-05T12:00:00Z") };
    check(&shared, &["2026-06-05T12:00:00Z", "2026-06-10T12:00:00Z", "2026-07-10T12:00:00Z"]);
    assert_eq!(shared.first_minor(1_000), 167);
    // Half a cent goes up: 0.45 of 15 thirtieths.
    assert_eq!(
        Rhythm { starts_at: at("2026-06-25T12:00:00Z"), ..shared.clone() }.first_minor(45),
        23,
        "15 days"
    );
    assert_eq!(Rhythm { starts_at: at("2026-06-10T12:00:00Z"), ..shared }.first_minor(1_000), 1_000);
}

#[test]
fn without_a_share_the_first_charge_waits_for_the_billing_day() {
    let by_day = Rhythm { billing_day: Some(10), ..monthly("2026-06-11T12:00:00Z") };
    check(&by_day, &["2026-07-10T12:00:00Z", "2026-08-10T12:00:00Z"]);
    assert_eq!(by_day.first_minor(1_000), 1_000);
}

#[test]
fn quotas_are_whole_periods_between_the_dates() {
    let sold = |from, to| Rhythm { ends_at: Some(at(to)), ..monthly(from) }.quotas(at(from));
    assert_eq!(sold("2020-06-02T13:07:14.260Z", "2022-07-20T15:59:52.581Z"), Some(25));
    assert_eq!(sold("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), Some(1));
    assert_eq!(sold("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z"), Some(0));
    let open = monthly("2026-01-01T00:00:00Z");
    assert_eq!(open.quotas(open.starts_at), None);
    assert_eq!(Rhythm { repetitions: Some(12), ..open.clone() }.quotas(open.starts_at), Some(12));
}

#[test]
fn tries_lie_evenly_within_ten_days_or_before_the_next_instalment() {
    let daily = Span { count: 1, unit: Unit::Days };
    for tries in [5, 4] {
        let rules = Rules { tries, ..Rules::default() };
        for (every, days) in [(MONTHLY, 10), (WEEKLY, 7), (daily, 1)] {
            let first = at("2026-10-01T00:00:00Z");
            let last = (1..tries).fold(first, |tried, _| retry_after(tried, every, &rules));
            let expect = days * 86_400 * i64::from(tries - 1) / i64::from(tries);
            assert_eq!((last - first).num_seconds(), expect, "{every:?}");
        }
    }
}

#[test]
fn a_share_may_be_one_of_the_real_month() {
    let rules = Rules { cycle: Cycle::Month, ..Rules::default() };
    let shared =
        Rhythm { billing_day: Some(10), proportional: true, rules, ..monthly("2026-03-05T12:00:00Z") };
    assert_eq!(shared.first_minor(2_800), 500, "five of the 28 days from 10 February");
    let shared = Rhythm { starts_at: at("2026-02-15T12:00:00Z"), ..shared };
    assert_eq!(shared.first_minor(2_800), 2_300, "23 of them");
}

#[test]
fn a_trial_may_pass_together_with_the_time_before_a_later_start() {
    let rules = Rules { trial: Trial::Authorization, ..Rules::default() };
    let later = Rhythm {
        agreed_at: at("2026-01-01T12:00:00Z"),
        trial: Some(MONTHLY),
        rules,
        ..monthly("2026-01-11T12:00:00Z")
    };
    check(&later, &["2026-01-31T12:00:00Z", "2026-02-28T12:00:00Z"]);
    check(&Rhythm { rules: Rules::default(), ..later.clone() }, &["2026-02-10T12:00:00Z"]);
    let last = Rhythm { starts_at: at("2026-03-05T12:00:00Z"), ..later };
    check(&last, &["2026-03-05T12:00:00Z", "2026-04-05T12:00:00Z"]);
}

#[test]
fn the_very_end_may_be_free() {
    let rules = Rules { end: End::Free, ..Rules::default() };
    let ended =
        Rhythm { ends_at: Some(at("2026-03-01T12:00:00Z")), rules, ..monthly("2026-01-01T12:00:00Z") };
    assert_eq!((ended.due(1, 1), ended.due(2, 2)), (Some(at("2026-02-01T12:00:00Z")), None));
}

#[test]
fn quotas_may_be_the_dates_of_charges() {
    let rules = Rules { quotas: Quotas::Dates, ..Rules::default() };
    let sold = |from, to, rules| Rhythm { ends_at: Some(at(to)), rules, ..monthly(from) }.quotas(at(from));
    assert_eq!(sold("2020-06-02T13:07:14.260Z", "2022-07-20T15:59:52.581Z", rules), Some(26));
    assert_eq!(sold("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", rules), Some(2));
    let free = Rules { end: End::Free, ..rules };
    assert_eq!(sold("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", free), Some(1));
}

#[test]
fn days_may_be_those_of_a_zone_whose_clocks_change() {
    let rules = Rules { zone: Some(chrono_tz::America::Santiago), ..Rules::default() };
    // Noon there, before and after its clocks go back on 5 April.
    let noon = Rhythm { rules, ..monthly("2026-03-20T15:00:00Z") };
    check(&noon, &["2026-03-20T15:00:00Z", "2026-04-20T16:00:00Z", "2026-05-20T16:00:00Z"]);
    // Half past midnight is left out on 6 September, half past eleven of 4 April comes twice.
    let midnight = Rhythm { rules, every: WEEKLY, ..monthly("2026-08-30T04:30:00Z") };
    check(&midnight, &["2026-08-30T04:30:00Z", "2026-09-06T04:30:00Z", "2026-09-13T03:30:00Z"]);
    let twice = Rhythm { rules, every: WEEKLY, ..monthly("2026-03-29T02:30:00Z") };
    check(&twice, &["2026-03-29T02:30:00Z", "2026-04-05T02:30:00Z", "2026-04-12T03:30:00Z"]);
}
