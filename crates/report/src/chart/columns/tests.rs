use domain::currency::Currency;

use super::{Paint, Part, Stack, pieces, stacked};
use crate::chart::Caption;

const CAPTION: Caption<'static> = Caption { id: "x", title: "Columns", description: "a: 1" };

fn part(label: &str, paint: Paint) -> Part {
    Part { label: label.to_owned(), paint }
}

fn stack(label: &str, amounts: &[i128]) -> Stack {
    Stack { label: label.to_owned(), amounts: amounts.to_vec() }
}

#[test]
fn what_adds_is_stacked_above_zero_and_what_takes_away_below() {
    let got: Vec<_> = pieces(&stack("a", &[500, -100, 0, 250, -50])).collect();
    assert_eq!(got, [(0, 500, 0), (0, -100, 1), (500, 750, 3), (-100, -150, 4)]);
}

#[test]
fn movements_of_three_months_with_a_legend() {
    let parts = [part("New <b>", Paint::Up(0)), part("Churn", Paint::Down(1))];
    let stacks =
        [stack("2026-01", &[10_000, 0]), stack("2026-02", &[5_000, -2_500]), stack("2026-03", &[0, -7_500])];
    let svg = stacked(&parts, &stacks, Currency::ARS, CAPTION).expect("three columns can be drawn");
    assert!(svg.contains("var(--up)") && svg.contains("var(--down)") && !svg.contains("<b>"), "{svg}");
    insta::assert_snapshot!(svg);
}

#[test]
fn one_part_has_no_legend_and_the_largest_amounts_can_be_drawn() {
    let parts = [part("Charges", Paint::Plain)];
    let svg = stacked(&parts, &[stack("d", &[i128::from(i64::MAX) * 3])], Currency::CLP, CAPTION);
    assert!(!svg.expect("one column").contains("Charges"));
    stacked(&parts, &[], Currency::CLP, CAPTION).expect("no column");
}
