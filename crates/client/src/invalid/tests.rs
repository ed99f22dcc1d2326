//! Every problem says what is wrong and where the rule stands.

use super::*;

const FIELD: Field = Field::new("amount", "https://example.com/rules");

#[test]
fn an_error_names_field_problem_and_rule() {
    let error = FIELD.at_most(2, "abc").expect_err("too long");
    assert_eq!(
        error.to_string(),
        "amount has 3 characters, at most 2 are allowed (rule: https://example.com/rules)"
    );
}

#[test]
fn texts_are_counted_in_characters_and_ranges_include_their_ends() {
    assert_eq!(FIELD.at_most(2, "ñé"), Ok(()));
    assert_eq!(FIELD.at_least(3, "ñé"), Err(FIELD.is(Problem::TooShort { least: 3, actual: 2 })));
    assert_eq!(FIELD.filled(" \t"), Err(FIELD.is(Problem::Missing)));
    for (day, fits) in [(0, false), (1, true), (28, true), (29, false)] {
        assert_eq!(FIELD.within(1, 28, day).is_ok(), fits, "{day}");
    }
}

#[test]
fn an_amount_is_positive_and_has_no_more_decimals_than_its_currency() {
    for (text, currency, fits) in [
        ("0.01", Currency::ARS, true),
        ("10.00", Currency::ARS, true),
        ("0", Currency::ARS, false),
        ("0.00", Currency::ARS, false),
        ("-1", Currency::ARS, false),
        ("1.005", Currency::ARS, false),
        ("1500", Currency::CLP, true),
        ("1500.5", Currency::CLP, false),
        ("99999999999999999999", Currency::ARS, false),
    ] {
        let amount = Number::parse(text).expect("a number");
        assert_eq!(FIELD.positive(&amount, currency).is_ok(), fits, "{text} {currency}");
    }
}

#[test]
fn every_problem_reads_on_from_the_field() {
    let (least, most, actual) = ("1".to_owned(), "28".to_owned(), "29".to_owned());
    for (problem, text) in [
        (Problem::Missing, "is missing"),
        (Problem::Without("b"), "goes only with b"),
        (Problem::Beside("b"), "does not go with b"),
        (Problem::NotPositive("0".to_owned()), "must be more than zero, not 0"),
        (Problem::NotAnAmount(MoneyError::OutOfRange), "is not an amount: amount out of range"),
        (Problem::TooShort { least: 43, actual: 1 }, "has 1 characters, at least 43 are needed"),
        (Problem::Outside { least, most, actual }, "must be between 1 and 28, not 29"),
        (Problem::NotOneOf { known: "a, b", actual: "c".to_owned() }, "must be one of a, b, not `c`"),
        (Problem::IsNot { wanted: "an address", actual: "c".to_owned() }, "must be an address, not `c`"),
        (Problem::NoEmail, "must be an e-mail address such as payer@mail.example"),
        (Problem::NotAfter { begin: "a".to_owned(), actual: "b".to_owned() }, "must be after a, not b"),
        (Problem::BadCharacter, "holds a character that cannot be sent"),
    ] {
        assert_eq!(problem.to_string(), text);
    }
}
