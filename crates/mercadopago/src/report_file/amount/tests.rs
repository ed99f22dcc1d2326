//! An amount is read exactly as it can only be meant, or not at all.

use domain::currency::Currency;
use proptest::prelude::*;

use super::*;

fn check(row: &[&str], currency: Currency, expect: Result<&[i64], &str>) {
    let got = mark(row.iter().copied()).map_err(|(at, why)| format!("{at}: {why}")).and_then(|mark| {
        row.iter()
            .map(|text| parse(text, mark, currency).map_err(|error| error.to_string()))
            .collect::<Result<Vec<i64>, String>>()
    });
    assert_eq!(got, expect.map(<[i64]>::to_vec).map_err(str::to_owned), "{row:?}");
}

#[test]
fn the_row_decides_which_mark_is_the_decimal_one() {
    let ars = Currency::ARS;
    check(&["1234.56", "-0.07", "0"], ars, Ok(&[123_456, -7, 0]));
    check(&["1.234,56", "-0,07", "0"], ars, Ok(&[123_456, -7, 0]));
    check(&["12,5"], ars, Ok(&[1250]));
    check(&["0.230"], ars, Ok(&[23]));
    check(&["1234,500"], ars, Ok(&[123_450]));
    check(&["2,410.13", "1,234"], ars, Ok(&[241_013, 123_400]));
    check(&["1.234.567", "1.234"], ars, Ok(&[123_456_700, 123_400]));
    check(&["1.234", "0,00"], ars, Ok(&[123_400, 0]));
    check(&["1500", "-100"], ars, Ok(&[150_000, -10_000]));
    check(&["1500.00"], Currency::CLP, Ok(&[1500]));
}

#[test]
fn what_can_be_meant_twice_is_an_error() {
    let ars = Currency::ARS;
    check(&["10", "1.234"], ars, Err("1: mark may be decimal or between thousands"));
    check(&["1,234"], Currency::CLP, Err("0: mark may be decimal or between thousands"));
    check(&["12,50", "-1.50"], ars, Err("1: decimal mark differs from the row's other amounts"));
    check(&["1.230", "0.00"], ars, Ok(&[123, 0]));
    check(&["1.234", "0.00"], ars, Err("`1.234` has more decimals than ARS allows (2)"));
}

#[test]
fn what_is_no_amount_is_an_error() {
    let ars = Currency::ARS;
    check(&["2E+15"], ars, Err("`2E+15` is not a decimal amount"));
    check(&["12,34,56"], ars, Err("`12,34,56` is not a decimal amount"));
    check(&["1.2.3,45"], ars, Err("`1.2.3,45` is not a decimal amount"));
    check(&["1,2.3,4"], ars, Err("`1,2.3,4` is not a decimal amount"));
    check(&["$ 5"], ars, Err("`$ 5` is not a decimal amount"));
    check(&["--5"], ars, Err("`--5` is not a decimal amount"));
    check(&["1500,50"], Currency::CLP, Err("`1500.50` has more decimals than CLP allows (0)"));
    check(&["999999999999999.99"], ars, Ok(&[99_999_999_999_999_999]));
    check(&["1000000000000000.00"], ars, Err("amount out of range"));
}

proptest! {
    #[test]
    fn any_amount_is_read_alike_in_every_form(minor in -99_999_999_999_999_999_i64..=99_999_999_999_999_999) {
        let plain = domain::money::format_minor(minor, Currency::ARS);
        let (whole, cents) = plain.split_once('.').expect("ARS is printed with cents");
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
        let groups: Vec<String> = digits.as_bytes().rchunks(3).rev()
            .map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        for text in [
            plain.clone(),
            format!("{whole},{cents}"),
            format!("{sign}{}.{cents}", groups.join(",")),
            format!("{sign}{},{cents}", groups.join(".")),
        ] {
            let mark = mark([text.as_str()].into_iter()).expect("two decimals decide the mark");
            prop_assert_eq!(parse(&text, mark, Currency::ARS), Ok(minor));
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,40}") {
        for mark in [Mark::Point, Mark::Comma] {
            let _unread = parse(&text, mark, Currency::CLP);
        }
        let _undecided = mark([text.as_str()].into_iter());
    }
}
