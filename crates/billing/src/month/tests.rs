use super::*;

const BUENOS_AIRES: Tz = chrono_tz::America::Argentina::Buenos_Aires;

/// A time in UTC, or a day at noon.
fn at(text: &str) -> Instant {
    let text = if text.len() == 10 { format!("{text}T12:00:00Z") } else { text.to_owned() };
    text.parse().expect("the instants of the tests are written right")
}

fn month(year: i32, month: u32) -> Month {
    Month { year, month }
}

#[test]
fn a_month_begins_at_the_sellers_midnight() {
    assert_eq!(Month::of(at("2026-03-01T02:59:59Z"), BUENOS_AIRES), month(2026, 2));
    assert_eq!(Month::of(at("2026-03-01T03:00:00Z"), BUENOS_AIRES), month(2026, 3));
    assert_eq!(month(2026, 3).start(BUENOS_AIRES), at("2026-03-01T03:00:00Z"));
    assert_eq!(month(2026, 2).closing(BUENOS_AIRES), at("2026-03-01T02:59:59.999999Z"));
}

#[test]
fn a_month_begins_late_where_summer_time_takes_its_midnight() {
    // Paraguay set its clocks forward at midnight of a Sunday that was the first of October.
    let zone = chrono_tz::America::Asuncion;
    assert_eq!(month(2023, 10).start(zone), at("2023-10-01T04:00:00Z"));
    assert_eq!(Month::of(at("2023-10-01T04:00:00Z"), zone), month(2023, 10));
    assert_eq!(Month::of(at("2023-10-01T03:59:59Z"), zone), month(2023, 9));
}

#[test]
fn december_is_followed_by_january() {
    assert_eq!(month(2026, 12).next(), month(2027, 1));
    assert_eq!(month(2027, 1).months_since(month(2025, 12)), 13);
    assert_eq!(month(2025, 12).months_since(month(2027, 1)), -13);
    assert_eq!(month(2026, 7).to_string(), "2026-07");
}

#[test]
fn the_last_month_closes_when_nothing_more_is_known() {
    let as_of = at("2026-03-10");
    let months = Months { first: month(2026, 2), last: month(2026, 6), as_of, zone: BUENOS_AIRES };
    let closings: Vec<_> = months.closings().collect();
    assert_eq!(
        closings,
        [(month(2026, 2), at("2026-03-01T02:59:59.999999Z")), (month(2026, 3), as_of)],
        "no month begins after the instant"
    );
    assert_eq!(months.count(), 2);
    assert_eq!(months.place(month(2026, 2)), Some(0));
    assert_eq!(months.place(month(2026, 3)), Some(1));
    assert_eq!(months.place(month(2026, 1)), None);
    assert_eq!(months.place(month(2026, 4)), None);
}

#[test]
fn months_that_end_before_they_begin_are_none() {
    let backwards =
        Months { first: month(2026, 5), last: month(2026, 2), as_of: at("2026-12-01"), zone: Tz::UTC };
    assert_eq!((backwards.closings().count(), backwards.count()), (0, 0));
}
