//! Ranges hold the numbers that were added and no other, in whatever order, and are as few as can be.

use super::*;

/// All numbers of a world of twelve.
const ALL: std::ops::Range<u64> = 1..13;

#[test]
fn whatever_is_added_in_whatever_order_is_there_and_nothing_else() {
    // Every subset, in two orders.
    for subset in 0_u64..(1 << 12) {
        let is_in = |number: &u64| subset & (1 << (number - 1)) != 0;
        let added: Vec<u64> = ALL.filter(is_in).collect();
        let shuffled = added.iter().filter(|n| **n % 3 == 0).chain(added.iter().rev());
        let (mut over, mut other) = (Over::default(), Over::default());
        added.iter().for_each(|number| over.add(*number));
        shuffled.for_each(|number| other.add(*number));
        assert_eq!(over.ranges, other.ranges, "{added:?}");
        for number in ALL {
            assert_eq!(over.has(number), is_in(&number), "{added:?} {number}");
            let run = ALL.skip_while(|n| *n <= number).take_while(is_in).last().unwrap_or(number);
            assert_eq!(over.past(number), run, "{added:?} after {number}");
        }
        for to in 0..13 {
            let mut kept = Over { ranges: over.ranges.clone() };
            kept.forget(to);
            let left: Vec<u64> = ALL.filter(|number| kept.has(*number)).collect();
            let expect: Vec<u64> = added.iter().copied().filter(|number| *number > to).collect();
            assert_eq!(left, expect, "{added:?} up to {to}");
        }
    }
}

#[test]
fn a_gap_that_is_closed_leaves_one_range() {
    let mut over = Over::default();
    [1, 2, 4, 5, 3].into_iter().for_each(|number| over.add(number));
    assert_eq!(over.ranges, BTreeMap::from([(1, 5)]));
    assert_eq!((over.past(0), over.past(6)), (5, 6));
}
