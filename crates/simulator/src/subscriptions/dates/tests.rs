use chrono::{DateTime, Utc};

use super::{RETRIES, RETRY_DAYS, Rhythm, Span, Unit, retry_after};

const MONTHLY: Span = Span { count: 1, unit: Unit::Months };
const WEEKLY: Span = Span { count: 7, unit: Unit::Days };

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn monthly(from: &str) -> Rhythm {
    Rhythm {
        starts_at: at(from),
        ends_at: None,
        every: MONTHLY,
        repetitions: None,
        billing_day: None,
        proportional: false,
        trial: None,
    }
}

#[track_caller]
fn check(rhythm: &Rhythm, expect: &[&str]) {
    let dates: Vec<_> = (0..).map_while(|number| rhythm.due(number)).take(expect.len() + 1).collect();
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
    assert_eq!(ended.due(2), Some(at("2026-03-01T12:00:00Z")));
    assert_eq!(ended.due(3), None);
    assert_eq!(ended.unbounded(3), Some(at("2026-04-01T12:00:00Z")));
    let counted = Rhythm { repetitions: Some(2), ..monthly("2026-01-01T12:00:00Z") };
    assert_eq!(counted.due(1), Some(at("2026-02-01T12:00:00Z")));
    assert_eq!(counted.due(2), None);
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
    let sold = |from, to| Rhythm { ends_at: Some(at(to)), ..monthly(from) }.quotas();
    assert_eq!(sold("2020-06-02T13:07:14.260Z", "2022-07-20T15:59:52.581Z"), Some(25));
    assert_eq!(sold("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), Some(1));
    assert_eq!(sold("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z"), Some(0));
    assert_eq!(monthly("2026-01-01T00:00:00Z").quotas(), None);
    assert_eq!(Rhythm { repetitions: Some(12), ..monthly("2026-01-01T00:00:00Z") }.quotas(), Some(12));
}

#[test]
fn four_retries_lie_within_ten_days_or_before_the_next_instalment() {
    for (every, days) in [(MONTHLY, RETRY_DAYS), (WEEKLY, 7), (Span { count: 1, unit: Unit::Days }, 1)] {
        let first = at("2026-10-01T00:00:00Z");
        let last = (0..RETRIES).fold(first, |tried, _| retry_after(tried, every));
        assert_eq!((last - first).num_seconds(), i64::from(days) * 86_400 * 4 / 5, "{every:?}");
    }
}
