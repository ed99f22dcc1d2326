//! Shares are half up, never above the whole, and the parts of a cycle are the whole.

use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::*;

#[test]
fn ten_pesos_for_five_days_of_thirty_are_one_sixty_seven() {
    assert_eq!(share(1_000, 5, 30), Some(167));
}

#[test]
fn half_a_unit_is_rounded_up_and_less_than_half_is_not() {
    assert_eq!(share(1, 15, 30), Some(1));
    assert_eq!(share(-1, 15, 30), Some(-1));
    assert_eq!(share(1, 14, 30), Some(0));
    assert_eq!(share(3, 15, 30), Some(2));
    assert_eq!((share(7, 0, 30), share(7, 30, 30)), (Some(0), Some(7)));
}

#[test]
fn what_no_amount_can_say_is_none() {
    assert_eq!((share(7, 3, 0), part(7, 1, 3, 0)), (None, None));
    assert_eq!((share(i64::MAX, 30, 30), share(i64::MAX, 31, 30)), (Some(i64::MAX), None));
    assert_eq!((share(i64::MIN, 30, 30), share(i64::MIN, 31, 30)), (Some(i64::MIN), None));
}

#[test]
fn every_cut_of_every_short_cycle_sums_to_the_amount() {
    for of_days in 1..=31 {
        for full_minor in 0..=130 {
            let mut sum = 0;
            for day in 0..of_days {
                let part = part(full_minor, day, day + 1, of_days).expect("a day of a cycle has a price");
                assert!((0..=full_minor).contains(&part), "{full_minor} on day {day} of {of_days}");
                sum += part;
            }
            assert_eq!(sum, full_minor, "{full_minor} over {of_days}");
        }
    }
}

proptest! {
    #[test]
    fn a_share_is_what_exact_decimals_say(full in -1_000_000_000_000_000i64..1_000_000_000_000_000, of in 1u32..400, cut in 0u32..400) {
        let days = cut.min(of);
        let exact = Decimal::from(full) * Decimal::from(days) / Decimal::from(of);
        let rounded = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        let share = share(full, days, of).expect("no more days than the cycle has");
        prop_assert_eq!(Decimal::from(share), rounded);
        prop_assert!(share.abs() <= full.abs());
    }

    #[test]
    fn however_a_cycle_is_cut_its_parts_sum_to_the_amount(full in any::<i64>(), of in 1u32..400, cuts in prop::collection::vec(0u32..400, 0..6)) {
        let mut cuts: Vec<u32> = cuts.into_iter().map(|cut| cut.min(of)).chain([0, of]).collect();
        cuts.sort_unstable();
        let sum: i128 = cuts.windows(2).map(|cut| i128::from(part(full, cut[0], cut[1], of).expect("days of the cycle"))).sum();
        prop_assert_eq!(sum, i128::from(full));
    }
}
