//! Lists of taxes, as documented and as seen.

use domain::currency::Currency;

use super::*;

fn check(text: &str, expect: Result<&[(&str, &str, i64)], TaxesError>) {
    let expect = expect.map(|parts| {
        let part = |&(entity, detail, amount_minor): &(&str, &str, i64)| TaxPart {
            entity: entity.into(),
            detail: detail.into(),
            amount_minor,
        };
        parts.iter().map(part).collect::<Vec<_>>()
    });
    assert_eq!(parse(text, Currency::ARS), expect, "{text}");
}

#[test]
fn json_and_the_unquoted_form_of_it_are_the_same_list() {
    let expect: &[_] =
        &[("sirtac", "tax_withholding", -3025), ("debitos_creditos", "tax_withholding_collector", -726)];
    check(
        r#"[{"financial_entity":"sirtac","amount":-30.25,"detail":"tax_withholding"},{"financial_entity":"debitos_creditos","amount":"-7.26","detail":"tax_withholding_collector"}]"#,
        Ok(expect),
    );
    check(
        "[{financial_entity:sirtac, amount:-30.25, detail:tax_withholding}, {financial_entity:debitos_creditos,amount:-7.26,detail:tax_withholding_collector}]",
        Ok(expect),
    );
    check("", Ok(&[]));
    check("[]", Ok(&[]));
    check("[{amount:-1}]", Ok(&[("", "", -100)]));
}

#[test]
fn what_is_neither_is_an_error() {
    check("none", Err(TaxesError::NotAList));
    check("[{financial_entity:x, amount:-1}", Err(TaxesError::NotAList));
    check("[{financial_entity, amount:-1}]", Err(TaxesError::NotAList));
    check("[{amount:-1}{amount:-2}]", Err(TaxesError::NotAList));
    check("[{financial_entity:x}]", Err(TaxesError::NoAmount));
    check(r#"[{"financial_entity":"x"}]"#, Err(TaxesError::NoAmount));
    let error = parse("[{amount:-1.005}]", Currency::ARS).expect_err("half a cent is no amount");
    assert_eq!(error.to_string(), "a tax has no readable amount");
}

#[test]
fn the_sum_is_exact_or_an_error() {
    let part = |amount_minor| TaxPart { entity: "".into(), detail: "".into(), amount_minor };
    assert_eq!(sum_minor(&[part(-3025), part(-726)]), Ok(-3751));
    assert_eq!(sum_minor(&[part(i64::MIN), part(-1)]), Err(TaxesError::OutOfRange));
}
