use super::*;
use crate::config::Config;

fn limits(file: &str, variables: &[(&str, &str)]) -> Result<BTreeMap<Currency, i64>, String> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::read(Some(("test", file)), variables);
    config.map(|config| config.rules().approval_above).map_err(|error| crate::look::chain(&error))
}

#[test]
fn nothing_waits_unless_it_is_configured() {
    assert_eq!(limits("", &[]), Ok(BTreeMap::new()));
}

#[test]
fn limits_are_exact_amounts_of_their_currencies() {
    let file = "[approval]\nabove = { ARS = \"100000.00\", CLP = \"50000\", BRL = \"0\" }\n";
    let expect = [(Currency::ARS, 10_000_000), (Currency::CLP, 50_000), (Currency::BRL, 0)];
    assert_eq!(limits(file, &[]), Ok(expect.into()));
}

#[test]
fn a_variable_wins_over_the_file_with_a_whole_number_or_with_decimals() {
    let file = "[approval]\nabove = { ARS = \"100000.00\" }\n";
    for (value, minor) in [("250", 25_000), ("250.50", 25_050)] {
        let read = limits(file, &[("CONCILIAR__APPROVAL__ABOVE__ARS", value)]);
        assert_eq!(read, Ok([(Currency::ARS, minor)].into()));
    }
}

#[test]
fn a_limit_that_is_none_is_an_error_that_names_it() {
    let refused = |above: &str| limits(&format!("[approval]\nabove = {{ {above} }}\n"), &[]);
    let check = |above: &str, expected: &str| assert_eq!(refused(above), Err(expected.to_owned()));
    check("PESO = \"1\"", "approval.above.PESO names no currency; write one of ISO 4217, such as ARS");
    check(
        "ARS = \"many\"",
        "approval.above.ARS is no amount; write it as text, such as \"100000.00\": `many` is not a decimal amount",
    );
    check(
        "ARS = \"1,000.00\"",
        "approval.above.ARS is no amount; write it as text, such as \"100000.00\": `1,000.00` is not a decimal amount",
    );
    check(
        "CLP = \"0.5\"",
        "approval.above.CLP is no amount; write it as text, such as \"100000.00\": \
         `0.5` has more decimals than CLP allows (0)",
    );
    check("ARS = \"-0.01\"", "approval.above.ARS must not be below zero; with \"0\" every order waits");
    let float = refused("ARS = 100000.5").expect_err("a number with a point is no text");
    assert!(float.starts_with("the configuration does not fit"), "{float}");
}
