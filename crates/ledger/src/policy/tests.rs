use super::*;

#[derive(Deserialize)]
struct File {
    policy: Policy,
}

fn read(text: &str) -> Result<Policy, String> {
    toml::from_str::<File>(text).map(|file| file.policy).map_err(|e| e.message().to_owned())
}

#[test]
fn an_empty_table_is_the_default_policy() {
    let policy = read("[policy]").expect("every key has a default");
    assert_eq!(policy, Policy::default());
    assert_eq!((policy.version(), policy.recognition()), (1, Recognition::Payment));
    assert_eq!(policy.vat_percent("123"), Decimal::ZERO);
}

#[test]
fn the_default_accounts_of_charges_are_the_customary_ones() {
    let expected = [
        (ChargeKind::Processing, 5110),
        (ChargeKind::Financing, 5120),
        (ChargeKind::Shipping, 5130),
        (ChargeKind::Marketplace, 5110),
        (ChargeKind::Coupon, 4190),
        (ChargeKind::Withholding, 1182),
        (ChargeKind::TransactionTax, 5140),
        (ChargeKind::Other, 1190),
    ];
    for (kind, code) in expected {
        assert_eq!(Policy::default().charges().of(kind).code(), code, "{kind:?}");
    }
}

#[test]
fn every_choice_can_be_written() {
    let policy = read(
        r#"
        [policy]
        version = 3
        recognition = "order"
        vat_percent = { 123 = "21", 456 = "10.5" }
        charges = { processing = 5130, coupon = 4100, other = 5190 }
        "#,
    )
    .expect("the table is well written");
    assert_eq!((policy.version(), policy.recognition()), (3, Recognition::Order));
    assert_eq!(policy.vat_percent("123"), Decimal::from(21));
    assert_eq!(policy.vat_percent("456"), Decimal::new(105, 1));
    assert_eq!(policy.vat_percent("789"), Decimal::ZERO);
    assert_eq!(policy.charges().of(ChargeKind::Processing), Account::Shipping);
    assert_eq!(policy.charges().of(ChargeKind::Coupon), Account::Sales);
    assert_eq!(policy.charges().of(ChargeKind::Other), Account::Differences);
    assert_eq!(policy.charges().of(ChargeKind::Withholding), Account::Withholdings);
}

#[test]
fn what_is_written_wrongly_is_refused_in_words() {
    let refused = [
        ("[policy]\nvat = 1", "unknown field `vat`"),
        ("[policy.charges]\nfees = 5110", "unknown field `fees`"),
        ("[policy.charges]\nother = 9999", "the chart has no account 9999"),
        ("[policy.charges]\nother = 1121", "charges cannot be booked on account 1121"),
        ("[policy.vat_percent]\n123 = 21.0", "invalid type: floating point `21.0`, expected a string"),
        (
            "[policy.vat_percent]\n123 = \"a fifth\"",
            "the VAT rate `a fifth` of seller 123 is not a decimal number",
        ),
        ("[policy.vat_percent]\n123 = \"-1\"", "the VAT rate -1 of seller 123 is not between 0 and 100"),
        (
            "[policy.vat_percent]\n123 = \"100.01\"",
            "the VAT rate 100.01 of seller 123 is not between 0 and 100",
        ),
        ("[policy]\nrecognition = \"cash\"", "unknown variant `cash`"),
    ];
    for (text, expected) in refused {
        let message = read(text).expect_err(text);
        assert!(message.starts_with(expected), "{text}: {message}");
    }
}

#[test]
fn the_book_gives_each_entry_the_policy_of_its_own_version() {
    let order = |version| {
        Policy::new(version, Recognition::Order, BTreeMap::new(), ChargeAccounts::default())
            .expect("no rates")
    };
    let mut book = PolicyBook::new(order(2));
    book.add(Policy::default()).expect("version 1 is free");
    book.add(Policy::default()).expect("the same policy again changes nothing");
    assert_eq!(book.current(), &order(2));
    assert_eq!(book.version(1), Some(&Policy::default()));
    assert_eq!(book.version(2), Some(&order(2)));
    assert_eq!(book.version(3), None);
    assert_eq!(book.add(order(1)), Err(InvalidPolicy::VersionTaken { version: 1 }));
    assert_eq!(book.version(1), Some(&Policy::default()));
}
