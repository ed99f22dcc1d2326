//! Each seller and each class has its own limit; room comes back with time.

use governor::clock::FakeRelativeClock;

use super::*;

fn limits(general: u32, in_person_reads: u32) -> (Limits<FakeRelativeClock>, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    let rate = |calls| NonZeroU32::new(calls).expect("a test's rate is not zero");
    (Limits::new(rate(general), rate(in_person_reads), clock.clone()), clock)
}

#[test]
fn a_seller_waits_only_for_itself() {
    let (limits, _) = limits(2, 1);
    let (a, b) = (SellerId::from("1"), SellerId::from("2"));
    assert_eq!(limits.take(&a, Class::General), None);
    assert_eq!(limits.take(&a, Class::General), None);
    assert_eq!(limits.take(&a, Class::General), Some(Duration::from_millis(500)));
    assert_eq!(limits.take(&b, Class::General), None, "another seller has its own limit");
}

#[test]
fn reads_in_person_are_counted_apart_and_more_slowly() {
    let (limits, clock) = limits(100, 1);
    let seller = SellerId::from("1");
    assert_eq!(limits.take(&seller, Class::InPersonRead), None);
    assert_eq!(limits.take(&seller, Class::InPersonRead), Some(Duration::from_secs(1)));
    assert_eq!(limits.take(&seller, Class::General), None, "another class has its own limit");
    clock.advance(Duration::from_secs(1));
    assert_eq!(limits.take(&seller, Class::InPersonRead), None);
}
