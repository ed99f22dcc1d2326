//! Local times that clock changes leave out or repeat, steps that do not drift, and the way back from a moment to a
//! step.

use chrono::TimeDelta;

use super::*;
use crate::samples::{at, days, months};

const SANTIAGO: Zone = Zone::Of(Tz::America__Santiago);
const NEW_YORK: Zone = Zone::Of(Tz::America__New_York);

fn local(text: &str) -> NaiveDateTime {
    at(text).naive_utc()
}

fn dates(stride: &Stride, steps: std::ops::Range<u32>) -> Vec<String> {
    steps.map(|step| stride.at(step).expect("a near date").format("%Y-%m-%d %H:%M").to_string()).collect()
}

#[test]
fn the_provider_is_four_hours_west_all_year() {
    assert_eq!(Zone::Provider.instant(local("2026-07-01 20:00")), Some(at("2026-07-02 00:00")));
    assert_eq!(Zone::Provider.local(at("2026-01-01 03:59")), local("2025-12-31 23:59"));
}

#[test]
fn a_time_that_the_clock_leaves_out_is_that_of_the_old_clock() {
    // Chile goes from 24:00 to 01:00 on 7 September 2024.
    assert_eq!(SANTIAGO.instant(local("2024-09-08 00:30")), Some(at("2024-09-08 04:30")));
    assert_eq!(SANTIAGO.local(at("2024-09-08 04:30")), local("2024-09-08 01:30"));
    // Samoa left out 30 December 2011 whole.
    let apia = Zone::Of(Tz::Pacific__Apia);
    assert_eq!(apia.instant(local("2011-12-30 10:00")), Some(at("2011-12-30 20:00")));
    assert_eq!(SANTIAGO.midnight(local("2024-09-08 09:00").date()), Some(at("2024-09-08 04:00")));
}

#[test]
fn of_a_time_that_the_clock_shows_twice_the_earlier_counts() {
    // Chile goes from 24:00 back to 23:00 on 6 April 2024.
    assert_eq!(SANTIAGO.instant(local("2024-04-06 23:30")), Some(at("2024-04-07 02:30")));
    assert_eq!(SANTIAGO.instant(local("2024-04-07 00:30")), Some(at("2024-04-07 04:30")));
}

#[test]
fn a_short_month_does_not_shorten_the_ones_after_it() {
    let stride = Stride::new(Zone::Provider, local("2024-01-31 12:00"), months(1));
    let expected = ["2024-01-31 16:00", "2024-02-29 16:00", "2024-03-31 16:00", "2024-04-30 16:00"];
    assert_eq!(dates(&stride, 0..4), expected);
    assert_eq!(dates(&stride, 13..14), ["2025-02-28 16:00"]);
    let leap = Stride::new(Zone::Provider, local("2024-02-29 12:00"), months(12));
    assert_eq!(dates(&leap, 1..2), ["2025-02-28 16:00"]);
    assert_eq!(dates(&leap, 4..5), ["2028-02-29 16:00"]);
}

#[test]
fn the_hour_on_the_wall_stays_when_the_clock_changes() {
    let stride = Stride::new(NEW_YORK, local("2026-03-07 12:00"), days(1));
    assert_eq!(dates(&stride, 0..3), ["2026-03-07 17:00", "2026-03-08 16:00", "2026-03-09 16:00"]);
    // 02:30 is left out on the 8th.
    let night = Stride::new(NEW_YORK, local("2026-03-07 02:30"), days(1));
    assert_eq!(dates(&night, 0..3), ["2026-03-07 07:30", "2026-03-08 07:30", "2026-03-09 06:30"]);
}

#[test]
fn the_ends_of_time_have_local_times_too() {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    assert_eq!(Zone::Provider.local(first), first.naive_utc());
    assert_eq!(Zone::Of(Tz::Pacific__Apia).local(last), last.naive_utc());
    let daily = Stride::new(Zone::Provider, local("2026-01-01 12:00"), days(1));
    assert_eq!(daily.first_from(first), 0);
    assert_eq!(daily.at(daily.first_from(last)), None);
}

#[test]
fn steps_of_no_length_and_past_all_dates_reach_nothing() {
    let still = Stride::new(Zone::Provider, local("2026-01-01 12:00"), days(0));
    assert_eq!((still.at(0), still.at(1)), (Some(at("2026-01-01 16:00")), None));
    assert_eq!((still.first_from(at("2020-01-01")), still.first_from(at("2030-01-01"))), (0, 1));
    let far = Stride::new(Zone::Provider, local("2026-01-01 12:00"), months(u32::MAX));
    assert_eq!((far.at(1), far.at(2)), (None, None));
    assert_eq!(far.first_from(at("2030-01-01")), 1);
}

#[test]
fn the_way_back_from_a_moment_is_the_one_that_a_walk_finds() {
    let zones = [Zone::Provider, SANTIAGO, NEW_YORK];
    let starts =
        ["2011-12-28 10:00", "2024-01-31 00:30", "2024-02-29 23:59", "2024-04-06 23:30", "2025-08-31 02:30"];
    let periods = [days(1), days(7), days(31), months(1), months(2), months(12)];
    for zone in zones {
        for (start, every) in starts.iter().flat_map(|start| periods.map(|every| (start, every))) {
            let stride = Stride::new(zone, local(start), every);
            for step in 0..30 {
                let reached = stride.at(step).expect("a near date");
                assert!(step == 0 || stride.at(step - 1) < Some(reached), "{stride:?} {step}");
                let second = TimeDelta::seconds(1);
                assert_eq!(stride.first_from(reached), step, "{stride:?} at {reached}");
                assert_eq!(stride.first_from(reached + second), step + 1, "{stride:?} after {reached}");
                assert_eq!(stride.first_from(reached - second), step, "{stride:?} before {reached}");
            }
            assert_eq!(stride.first_from(at("1990-01-01")), 0);
        }
    }
}

#[test]
fn the_next_day_of_a_month_is_the_same_day_or_a_later_one() {
    let check = |from: &str, day, expected: Option<&str>| {
        assert_eq!(next_day_of_month(local(from), day), expected.map(local), "{from} {day}");
    };
    check("2026-01-05 12:00", 10, Some("2026-01-10 12:00"));
    check("2026-01-10 12:00", 10, Some("2026-01-10 12:00"));
    check("2026-01-11 12:00", 10, Some("2026-02-10 12:00"));
    check("2026-12-31 12:00", 28, Some("2027-01-28 12:00"));
    check("2026-01-31 12:00", 30, Some("2026-03-30 12:00"));
    check("2026-01-31 12:00", 0, None);
    check("2026-01-31 12:00", 32, None);
}
