//! Properties of windows: no hole, as much overlap as asked for, never too close to now, and an end to halving.

use proptest::prelude::*;

use super::*;

fn at(millis: i64) -> Instant {
    DateTime::from_timestamp_millis(1_800_000_000_000 + millis).expect("a date in range")
}

prop_compose! {
    fn rules()(overlap in 0_i64..5_000_000, more in 1_i64..100_000_000, lag in 0_i64..10_000_000, history in 0_i64..1_000_000_000)
        -> Rules {
        Rules {
            history: TimeDelta::milliseconds(history),
            lag: TimeDelta::milliseconds(lag),
            overlap: TimeDelta::milliseconds(overlap),
            longest: TimeDelta::milliseconds(overlap + more),
        }
    }
}

/// All windows of a crawl whose clock ticks between them, as long as there are some.
fn crawl(
    mut reached: Option<Instant>,
    mut now: Instant,
    ticks: &[i64],
    rules: &Rules,
) -> Vec<(Window, Instant)> {
    let mut windows = Vec::new();
    for tick in ticks {
        if let Some(window) = next(reached, now, rules) {
            windows.push((window, now));
            reached = Some(window.end);
        }
        now += TimeDelta::milliseconds(*tick);
    }
    windows
}

proptest! {
    #[test]
    fn windows_leave_no_hole_and_overlap_as_asked(
        rules in rules(), ticks in prop::collection::vec(0_i64..50_000_000, 1..40), micros in 0_i64..1_000_000,
    ) {
        let windows = crawl(None, at(0) + TimeDelta::microseconds(micros), &ticks, &rules);
        for two in windows.windows(2) {
            prop_assert_eq!(two[1].0.begin, two[0].0.end - rules.overlap);
            prop_assert!(two[1].0.end > two[0].0.end, "each gets on");
        }
    }

    #[test]
    fn no_window_ends_later_than_the_lag_allows_or_is_longer_than_the_longest(
        rules in rules(), ticks in prop::collection::vec(0_i64..50_000_000, 1..40), micros in 0_i64..1_000_000,
    ) {
        for (window, now) in crawl(None, at(0) + TimeDelta::microseconds(micros), &ticks, &rules) {
            prop_assert!(window.end <= now - rules.lag);
            prop_assert!(window.end - window.begin <= rules.longest);
            prop_assert!(window.begin < window.end);
        }
    }

    #[test]
    fn a_crawl_reaches_the_lag_and_then_stops(rules in rules(), behind in 0_i64..3_000_000_000) {
        let now = at(behind);
        let mut reached = at(0);
        let most = behind / (rules.longest - rules.overlap).num_milliseconds() + 2;
        prop_assume!(most < 100_000);
        let mut windows = 0;
        while let Some(window) = next(Some(reached), now, &rules) {
            reached = window.end;
            windows += 1;
            prop_assert!(windows <= most, "{windows} windows");
        }
        prop_assert!(reached >= now - rules.lag);
    }

    #[test]
    fn halves_cover_the_whole_and_halving_ends_at_a_second(length in 1_i64..400_000_000_000) {
        let whole = Window { begin: at(0), end: at(length) };
        let mut narrow = whole;
        let mut steps = 0;
        while let Some((earlier, later)) = narrow.halves() {
            prop_assert_eq!((earlier.begin, later.end), (narrow.begin, narrow.end));
            prop_assert_eq!(earlier.end, later.begin);
            prop_assert!(earlier.begin < earlier.end && later.begin < later.end);
            narrow = if steps % 2 == 0 { earlier } else { later };
            steps += 1;
            prop_assert!(steps < 45);
        }
        prop_assert!(narrow.end - narrow.begin <= TimeDelta::seconds(1));
        prop_assert!(steps == 0 || narrow.end - narrow.begin >= TimeDelta::milliseconds(500));
    }
}

#[test]
fn the_first_window_begins_where_history_does_and_the_next_overlaps_it() {
    let rules = Rules {
        history: TimeDelta::days(1),
        lag: TimeDelta::minutes(2),
        overlap: TimeDelta::minutes(5),
        longest: TimeDelta::hours(20),
    };
    let day = 86_400_000;
    let now = at(day);
    let first = next(None, now, &rules).expect("a day is waiting");
    assert_eq!(first, Window { begin: at(0), end: at(20 * 3_600_000) });
    let second = next(Some(first.end), now, &rules).expect("four hours are waiting");
    assert_eq!(second, Window { begin: at(20 * 3_600_000 - 300_000), end: at(day - 120_000) });
    assert_eq!(next(Some(second.end), now, &rules), None, "everything is searched");
    assert_eq!(next(Some(at(2 * day)), now, &rules), None, "a clock that went back searches nothing");
}

#[test]
fn whole_days_end_before_the_last_midnight_of_their_zone() {
    let window = |now: &str, days, zone| {
        let Window { begin, end } = days_before(now.parse().expect("a literal instant"), days, zone);
        (begin.to_rfc3339(), end.to_rfc3339())
    };
    let (argentina, chile) = (Tz::America__Argentina__Buenos_Aires, Tz::America__Santiago);
    for (now, days, zone, begin, end) in [
        ("2026-10-20T12:00:00Z", 7, argentina, "2026-10-13T03:00:00+00:00", "2026-10-20T02:59:59+00:00"),
        ("2026-10-20T02:59:59Z", 1, argentina, "2026-10-18T03:00:00+00:00", "2026-10-19T02:59:59+00:00"),
        ("2026-10-20T03:00:00Z", 1, argentina, "2026-10-19T03:00:00+00:00", "2026-10-20T02:59:59+00:00"),
        // The 6th of September begins at one o'clock there; the 5th of April has an hour twice.
        ("2026-09-06T12:00:00Z", 1, chile, "2026-09-05T04:00:00+00:00", "2026-09-06T03:59:59+00:00"),
        ("2026-09-07T12:00:00Z", 1, chile, "2026-09-06T04:00:00+00:00", "2026-09-07T02:59:59+00:00"),
        ("2026-04-06T12:00:00Z", 59, chile, "2026-02-06T03:00:00+00:00", "2026-04-06T03:59:59+00:00"),
    ] {
        assert_eq!(window(now, days, zone), (begin.to_owned(), end.to_owned()), "{now}");
    }
}
