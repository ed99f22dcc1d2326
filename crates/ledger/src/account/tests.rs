use std::collections::BTreeSet;

use super::*;

#[test]
fn every_account_has_a_label_in_each_of_three_languages() {
    for lang in [Lang::En, Lang::Es, Lang::Pt] {
        let labels: BTreeSet<_> = Account::ALL.iter().map(|account| account.label(lang)).collect();
        assert_eq!(labels.len(), Account::ALL.len(), "a label is missing its own words in {lang:?}");
        assert!(labels.iter().all(|label| !label.trim().is_empty()), "a label is blank in {lang:?}");
    }
    assert_eq!(Account::Pending.label(Lang::En), "Provider: pending release");
    assert_eq!(Account::Sales.label(Lang::Es), "Ventas");
    assert_eq!(Account::Exchange.label(Lang::Pt), "Variação cambial");
}

#[test]
fn the_label_file_names_no_account_that_the_chart_lacks() {
    let written: toml::Table =
        toml::from_str(include_str!("../../../../config/accounts.toml")).expect("the label file is TOML");
    let written: BTreeSet<String> = written.keys().cloned().collect();
    let chart: BTreeSet<String> = Account::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(written, chart);
}

#[test]
fn codes_go_out_and_come_back_in_ascending_order() {
    let codes: Vec<u16> = Account::ALL.iter().map(|account| account.code()).collect();
    assert_eq!(
        codes,
        [
            1110, 1120, 1121, 1122, 1123, 1130, 1181, 1182, 1183, 1190, 2110, 2120, 2130, 2140, 2150, 2210,
            4100, 4110, 4190, 4200, 5110, 5120, 5130, 5140, 5150, 5160, 5190, 7100, 7110, 7200
        ]
    );
    assert!(Account::ALL.is_sorted());
    for &account in Account::ALL {
        assert_eq!(Account::from_code(account.code()), Some(account));
    }
    assert_eq!(Account::from_code(1111), None);
}

#[test]
fn an_account_is_written_as_its_code_and_an_unknown_code_is_refused() {
    assert_eq!(serde_json::to_string(&Account::OutputVat).expect("a number serialises"), "2110");
    assert_eq!(
        serde_json::from_str::<Account>("5140").expect("5140 is in the chart"),
        Account::TransactionTaxes
    );
    let refused = serde_json::from_str::<Account>("9999").expect_err("9999 is not in the chart");
    assert!(refused.to_string().starts_with("the chart has no account 9999"), "{refused}");
}

#[test]
fn class_and_side_follow_the_chart_and_refunds_are_the_contra_account() {
    let first_digit = |account: Account| account.code() / 1000;
    for &account in Account::ALL {
        let (class, side) = match first_digit(account) {
            1 => (Class::Asset, Side::Debit),
            2 => (Class::Liability, Side::Credit),
            4 if account == Account::Refunds => (Class::Income, Side::Debit),
            4 | 7 => (Class::Income, Side::Credit),
            5 => (Class::Expense, Side::Debit),
            digit => panic!("no class starts with {digit}"),
        };
        assert_eq!((account.class(), account.normal()), (class, side), "{account}");
    }
}
