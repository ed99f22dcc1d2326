use super::*;

#[track_caller]
fn check(part: i128, whole: i128, places: u32, expect: Option<&str>) {
    assert_eq!(Ratio { part, whole }.percent(places).as_deref(), expect);
}

#[test]
fn percent_is_rounded_half_up_and_keeps_its_places() {
    check(1, 3, 2, Some("33.33"));
    check(2, 3, 2, Some("66.67"));
    check(1, 8, 1, Some("12.5"));
    check(1, 8, 0, Some("13"));
    check(5, 1000, 0, Some("1"));
    check(-1, 8, 0, Some("-13"));
    check(1, 1, 2, Some("100.00"));
    check(0, 7, 2, Some("0.00"));
    check(3, 2, 2, Some("150.00"));
}

#[test]
fn there_is_no_part_of_nothing() {
    check(0, 0, 2, None);
    check(5, 0, 2, None);
}

#[test]
fn a_number_too_long_to_print_is_no_percent() {
    check(i128::MAX, 3, 2, None);
}
