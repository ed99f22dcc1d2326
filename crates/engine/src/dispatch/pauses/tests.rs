//! Pauses double for each by itself, up to the longest, and are forgotten when it ends.

use super::*;

#[test]
fn pauses_double_up_to_the_longest() {
    let seconds = Duration::from_secs;
    let mut pauses = Pauses::new(seconds(1), seconds(5));
    let begin = Instant::now();
    let mut now = begin;
    for (length, other) in [(1, false), (2, false), (4, false), (5, false), (5, false)] {
        pauses.failed("a", now, Duration::ZERO);
        assert!(pauses.holds(&"a", now + seconds(length) - Duration::from_millis(1)));
        assert!(!pauses.holds(&"a", now + seconds(length)));
        assert_eq!(pauses.holds(&"b", now), other);
        now += seconds(length);
    }
    pauses.ended(&"a");
    pauses.failed("a", now, Duration::ZERO);
    assert!(!pauses.holds(&"a", now + seconds(1)), "it begins anew");
}

#[test]
fn who_asks_for_more_time_is_given_it() {
    let mut pauses = Pauses::new(Duration::from_secs(1), Duration::from_secs(5));
    let now = Instant::now();
    pauses.failed(7, now, Duration::from_secs(60));
    assert!(pauses.holds(&7, now + Duration::from_secs(59)));
    pauses.keep(|number| *number > 7);
    assert!(!pauses.holds(&7, now));
}
