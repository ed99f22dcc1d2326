//! Money is exact: every text either becomes the very amount it says or an error that says why not.

use proptest::prelude::*;

use super::*;

fn check(text: &str, currency: Currency, expect: Result<i64, &str>) {
    let got = parse_minor(text, currency).map_err(|e| e.to_string());
    assert_eq!(got, expect.map_err(str::to_owned), "parsing {text:?} as {currency}");
}

#[test]
fn decimal_text_becomes_minor_units_exactly() {
    let ars = Currency::ARS;
    check("10", ars, Ok(1000));
    check("10.1", ars, Ok(1010));
    check("10.10", ars, Ok(1010));
    check("10.1000", ars, Ok(1010));
    check("-0.07", ars, Ok(-7));
    check("1e2", ars, Ok(10_000));
    check("1.5E3", ars, Ok(150_000));
    check("1234e-2", ars, Ok(1234));
    check("0", ars, Ok(0));
    check("0e99", ars, Ok(0));
    check("90071992547409.93", ars, Ok(9_007_199_254_740_993));
    check("-92233720368547758.08", ars, Ok(i64::MIN));
    check("1500", Currency::CLP, Ok(1500));
    check("1500.0", Currency::CLP, Ok(1500));
}

#[test]
fn what_is_not_an_exact_amount_is_an_error() {
    let ars = Currency::ARS;
    check("10.105", ars, Err("`10.105` has more decimals than ARS allows (2)"));
    check("1.5", Currency::CLP, Err("`1.5` has more decimals than CLP allows (0)"));
    check("1,5", ars, Err("`1,5` is not a decimal amount"));
    check("", ars, Err("`` is not a decimal amount"));
    check(".5", ars, Err("`.5` is not a decimal amount"));
    check("5.", ars, Err("`5.` is not a decimal amount"));
    check("--5", ars, Err("`--5` is not a decimal amount"));
    check("1e", ars, Err("`1e` is not a decimal amount"));
    check("NaN", ars, Err("`NaN` is not a decimal amount"));
    check("92233720368547758.08", ars, Err("amount out of range"));
    check("1e999999999", ars, Err("amount out of range"));
}

#[test]
fn the_tax_split_sums_to_the_amount_and_rounds_half_up() {
    let vat = Decimal::from(21);
    assert_eq!(split_tax(121_000, vat), Ok((100_000, 21_000)));
    assert_eq!(split_tax(6050, vat), Ok((5000, 1050)));
    assert_eq!(split_tax(1, vat), Ok((1, 0)));
    assert_eq!(split_tax(-6050, vat), Ok((-5000, -1050)));
    assert_eq!(split_tax(100, Decimal::ZERO), Ok((100, 0)));
    assert!(split_tax(100, Decimal::from(-5)).is_err());
}

proptest! {
    #[test]
    fn printing_and_parsing_are_inverse(minor in any::<i64>(), zero_decimals in any::<bool>()) {
        let currency = if zero_decimals { Currency::CLP } else { Currency::BRL };
        prop_assert_eq!(parse_minor(&format_minor(minor, currency), currency), Ok(minor));
    }
}
