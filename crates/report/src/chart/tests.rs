use domain::currency::Currency;

use super::{Caption, amounts, bridge, counts, daily, levels};
use crate::samples::day;

const CAPTION: Caption<'static> = Caption { id: "x", title: "A <title>", description: "a & b" };

#[test]
fn the_bridge_draws_each_step_and_the_exact_sum() {
    let steps = [("gross".to_owned(), 121_000), ("fees & taxes".to_owned(), -6_051)];
    let svg = bridge(&steps, "net", Currency::ARS, CAPTION).expect("two steps can be drawn");
    insta::assert_snapshot!(svg);
}

#[test]
fn colours_are_names_of_the_page() {
    let svg = counts(&[("fraud".to_owned(), 3)], CAPTION).expect("one bar can be drawn");
    assert!(svg.contains("fill=\"var(--accent)\"") && !svg.contains("#04"), "{svg}");
    assert!(svg.contains("<title id=\"x-t\">A &lt;title&gt;</title>"), "{svg}");
    assert!(svg.contains("<desc id=\"x-d\">a &amp; b</desc>"), "{svg}");
}

#[test]
fn a_balance_below_zero_and_a_single_day_can_be_drawn() {
    let svg = daily(&[(day(1), -5), (day(2), 1_000)], Currency::CLP, CAPTION).expect("two days");
    assert!(svg.contains("03-01") && svg.contains("1000"), "{svg}");
    daily(&[(day(1), 0)], Currency::CLP, CAPTION).expect("one day");
}

#[test]
fn the_largest_amounts_do_not_overflow() {
    let steps = [("a".to_owned(), i64::MAX), ("b".to_owned(), i64::MAX)];
    let svg = bridge(&steps, "net", Currency::ARS, CAPTION).expect("large steps can be drawn");
    assert!(svg.contains("184467440737095516.14"), "{svg}");
    daily(&[(day(1), i64::MIN), (day(2), i64::MAX)], Currency::ARS, CAPTION).expect("two days");
}

#[test]
fn a_long_label_is_cut_aloud() {
    let svg = counts(&[("x".repeat(43), 1), ("y".repeat(42), 1)], CAPTION).expect("two bars");
    assert!(svg.contains(&format!("{}…", "x".repeat(41))) && !svg.contains(&"x".repeat(42)), "{svg}");
    assert!(svg.contains(&"y".repeat(42)), "{svg}");
}

#[test]
fn amounts_are_bars_with_their_exact_text() {
    let svg = amounts(&[("0-30".to_owned(), 12_345), (">90".to_owned(), 0)], Currency::ARS, CAPTION);
    let svg = svg.expect("two bars");
    assert!(svg.contains("123.45") && svg.contains("0.00") && svg.contains("&gt;90"), "{svg}");
}

#[test]
fn a_single_level_is_a_line_and_no_empty_picture() {
    let svg = levels(&[("2026-04".to_owned(), 10_000)], Currency::ARS, CAPTION).expect("one month");
    let line = svg.lines().find(|line| line.starts_with("<polyline") && line.contains("var(--accent)"));
    let line = line.expect("a line");
    let (_, points) = line.split_once("points=\"").expect("a line has points");
    assert_eq!(points.matches(',').count(), 2, "{line}");
    assert_eq!(svg.matches("2026-04").count(), 1, "{svg}");
}
