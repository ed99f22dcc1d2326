use super::{Shares, percent, shares};
use crate::chart::Caption;

const CAPTION: Caption<'static> = Caption { id: "x", title: "Grid", description: "a: 1" };

#[test]
fn shares_are_whole_percent_with_halves_up() {
    assert_eq!([percent(1, 3), percent(2, 3), percent(1, 200), percent(0, 0)], [33, 67, 1, 0]);
    assert_eq!(percent(u64::MAX, u64::MAX), 100);
}

#[test]
fn a_younger_row_is_shorter() {
    let rows = [
        Shares { label: "2026-01 (4)".to_owned(), cells: vec![(4, 4), (3, 4), (1, 4)] },
        Shares { label: "2026-02 <i>".to_owned(), cells: vec![(2, 2)] },
    ];
    let svg = shares(&rows, "Months", CAPTION).expect("two rows can be drawn");
    assert_eq!(svg.matches(" %").count(), 4, "{svg}");
    insta::assert_snapshot!(svg);
    shares(&[], "Months", CAPTION).expect("an empty grid can be drawn");
}
