//! Gross, charges and net of every money case, and what else describes a payment.

use domain::ids::{PaymentId, SellerId};
use domain::payment::ChargeKind::{
    Coupon, Financing, Marketplace, Other, Processing, Shipping, TransactionTax, Withholding,
};
use domain::payment::{ChargeKind, Operation, Profile, Said, Standing};
use domain::stream::StreamId;

use super::{at, described, description, fixture, listed, small_with, told};

const SIRTAC: &str = "tax_withholding_sirtac/buenos_aires";
const DEBITS: &str = "tax_withholding_collector/debitos_creditos";

fn check(body: &str, code: &str, gross: i64, charges: &[(&str, ChargeKind, &str, i64)], net: i64) {
    let described = description(body);
    let terms = &described.terms;
    assert_eq!((terms.currency.code(), terms.gross_minor, terms.net_minor), (code, gross, net));
    assert_eq!(listed(&terms.charges), charges);
    assert_eq!(terms.remainder_minor(), 0, "gross less charges is net");
}

#[test]
fn a_fee_and_a_withholding_reduce_the_net() {
    let charges = [
        ("91000000101-001", Processing, "mercadopago_fee", 39_572),
        ("91000000101-002", Withholding, SIRTAC, 15_600),
    ];
    check(fixture!("full_card"), "ARS", 520_000, &charges, 464_828);
}

#[test]
fn a_single_fee_reduces_the_net() {
    let charges = [("91000000103-001", Processing, "mercadopago_fee", 246_000)];
    check(fixture!("simple_fee"), "ARS", 6_000_000, &charges, 5_754_000);
}

#[test]
fn financing_paid_by_the_payer_is_not_the_collectors() {
    let charges = [("91000000104-001", Processing, "mercadopago_fee", 508)];
    check(fixture!("instalments_paid_by_payer"), "BRL", 10_200, &charges, 9_692);
}

#[test]
fn the_commission_of_a_marketplace_is_a_charge_of_its_own_kind() {
    let charges = [
        ("91000000105-001", Marketplace, "third_payment", 250),
        ("91000000105-002", Processing, "mercadopago_fee", 322),
    ];
    check(fixture!("marketplace"), "BRL", 2_958, &charges, 2_386);
}

#[test]
fn shipping_that_only_the_finer_list_shows_is_counted() {
    let charges = [
        ("91000000106-001", Processing, "ml_sale_fee", 1_262),
        ("91000000106-002", Shipping, "shp_fulfillment", 800),
    ];
    check(fixture!("market_sale_with_shipping"), "BRL", 6_630, &charges, 4_568);
}

#[test]
fn a_coupon_that_somebody_else_pays_does_not_reduce_the_net() {
    let charges = [
        ("91000000107-001", Processing, "ml_sale_fee", 4_423),
        ("91000000107-002", Shipping, "shp_cross_docking", 2_345),
    ];
    check(fixture!("coupon_of_third_party"), "BRL", 26_020, &charges, 19_252);
}

#[test]
fn the_coarser_list_serves_where_the_finer_is_empty() {
    let charges = [("mercadopago_fee#0", Processing, "mercadopago_fee", 62)];
    check(fixture!("fees_only"), "ARS", 1_234, &charges, 1_172);
    let absent = fixture!("fees_only").replace("\"charges_details\": [],", "");
    check(&absent, "ARS", 1_234, &charges, 1_172);
    let null = fixture!("fees_only").replace("\"charges_details\": [],", "\"charges_details\": null,");
    check(&null, "ARS", 1_234, &charges, 1_172);
}

#[test]
fn the_net_keeps_its_first_value_after_a_refund() {
    let charges = [
        ("91000000102-001", Processing, "mercadopago_fee", 39_572),
        ("91000000102-002", Withholding, SIRTAC, 15_600),
    ];
    check(fixture!("partial_refund_with_charges"), "ARS", 520_000, &charges, 464_828);
}

#[test]
fn the_tax_on_debits_and_credits_is_no_withholding() {
    let charges = [
        ("91000000111-001", Processing, "mercadopago_fee", 60),
        ("91000000111-002", TransactionTax, DEBITS, 20),
    ];
    check(fixture!("subscription_charge"), "ARS", 1_000, &charges, 920);
}

#[test]
fn a_tax_is_told_by_its_entity_and_named_by_both_words_or_by_itself() {
    for (metadata, kind, name) in [
        (
            r#"{"mov_detail":"tax_withholding","mov_financial_entity":"debitos_creditos"}"#,
            TransactionTax,
            "tax_withholding/debitos_creditos",
        ),
        (r#"{"mov_financial_entity":"credit_debit"}"#, TransactionTax, "t"),
        (r#"{"mov_detail":"tax_withholding"}"#, Withholding, "t"),
        ("[]", Withholding, "t"),
    ] {
        let charge = format!(
            r#""charges_details":[{{"id":"1-1","type":"tax","name":"t","accounts":{{"from":"collector"}},"amounts":{{"original":1}},"metadata":{metadata}}}]"#
        );
        let described = description(&small_with(&charge));
        assert_eq!(listed(&described.terms.charges), [("1-1", kind, name, 100)], "{metadata}");
    }
}

#[test]
fn a_currency_without_cents_counts_whole_units() {
    let charges = [("91000000114-001", Processing, "mercadopago_fee", 430)];
    check(fixture!("account_money_peso_without_cents"), "CLP", 12_990, &charges, 12_560);
}

#[test]
fn before_the_approval_the_net_is_what_it_would_be() {
    check(fixture!("voucher_unpaid"), "ARS", 150_050, &[], 150_050);
}

#[test]
fn a_net_of_zero_counts_once_money_was_credited() {
    let terms = description(&small_with(r#""transaction_details":{"net_received_amount":0}"#)).terms;
    assert_eq!((terms.net_minor, terms.remainder_minor()), (0, 10_000));
}

#[test]
fn a_missing_net_is_gross_less_charges() {
    for details in ["null", "{}", r#"{"net_received_amount":null}"#] {
        let fields = format!(
            r#""transaction_details":{details},"fee_details":[{{"type":"mercadopago_fee","amount":7.5,"fee_payer":"collector"}}]"#
        );
        let terms = description(&small_with(&fields)).terms;
        assert_eq!((terms.gross_minor, terms.net_minor), (10_000, 9_250), "{details}");
    }
}

#[test]
fn a_net_that_does_not_add_up_is_kept_as_told() {
    let terms = description(&small_with(r#""transaction_details":{"net_received_amount":90}"#)).terms;
    assert_eq!((terms.net_minor, terms.remainder_minor()), (9_000, 1_000));
}

#[test]
fn every_charge_has_its_kind() {
    for (word, name, kind) in [
        ("fee", "mercadopago_fee", Processing),
        ("fee", "mp_processing_fee", Processing),
        ("fee", "a_new_fee", Processing),
        ("fee", "financing_fee", Financing),
        ("fee", "mp_financing_fee", Financing),
        ("fee", "mp_financing_1x_fee", Financing),
        ("fee", "third_payment", Marketplace),
        ("fee", "application_fee", Marketplace),
        ("fee", "marketplace_fee", Marketplace),
        ("shipping", "shp_fulfillment", Shipping),
        ("fee", "shp_cross_docking", Shipping),
        ("coupon", "coupon_code", Coupon),
        ("tax", "tax_withholding_iibb-cordoba", Withholding),
        ("tax", "tax_withholding_collector-debitos_creditos", TransactionTax),
        ("tax", "tax_credit_debit", TransactionTax),
        ("", "tax_withholding", Withholding),
        ("financing_fee", "", Financing),
        ("other", "surprise", Other),
    ] {
        let charge = format!(
            r#""charges_details":[{{"id":"1-1","type":"{word}","name":"{name}","accounts":{{"from":"collector"}},"amounts":{{"original":"2.50"}}}}]"#
        );
        let described = description(&small_with(&charge));
        assert_eq!(listed(&described.terms.charges), [("1-1", kind, name, 250)], "{word} {name}");
    }
}

#[test]
fn every_fee_of_the_coarser_list_has_its_kind() {
    for (word, kind) in [
        ("mercadopago_fee", Processing),
        ("coupon_fee", Coupon),
        ("discount_fee", Coupon),
        ("financing_fee", Financing),
        ("finance_fee", Financing),
        ("shipping_fee", Shipping),
        ("application_fee", Marketplace),
        ("surprise", Other),
    ] {
        let fee = format!(r#""fee_details":[{{"type":"{word}","amount":1,"fee_payer":"collector"}}]"#);
        let described = description(&small_with(&fee));
        assert_eq!(listed(&described.terms.charges), [(&*format!("{word}#0"), kind, word, 100)]);
    }
}

#[test]
fn charges_are_sorted_by_id_and_one_without_id_is_named_by_its_place() {
    let one = |id: &str, from: &str, amount: &str| {
        format!(
            r#"{{"id":{id},"name":"n","type":"fee","accounts":{{"from":{from}}},"amounts":{{"original":{amount}}}}}"#
        )
    };
    let charges = [
        one("\"9-2\"", "\"collector\"", "2"),
        one("\"9-1\"", "7", "1"),
        one("\"9-0\"", "\"payer\"", "null"),
        one("null", "\"7\"", "3"),
        one("\"9-3\"", "\"collector\"", "0"),
    ];
    let described = description(&small_with(&format!(r#""charges_details":[{}]"#, charges.join(","))));
    assert_eq!(
        listed(&described.terms.charges),
        [("9-1", Processing, "n", 100), ("9-2", Processing, "n", 200), ("n#3", Processing, "n", 300)]
    );
}

#[test]
fn a_payment_is_described_in_full() {
    let told = told(fixture!("full_card")).expect("the fixture is readable");
    assert_eq!(told.seller, SellerId::from("20359978"));
    assert!(!told.unclassified);
    assert_eq!(told.observed.len(), 1);
    assert_eq!(told.observed[0].stream, StreamId::payment(&told.seller, &PaymentId::from("91000000101")));
    let (described, refunded_minor, refunds) = described(&told);
    assert_eq!((refunded_minor, refunds), (0, &[][..]));
    assert_eq!((described.standing, described.known_words), (Standing::Approved, true));
    assert_eq!(
        described.said,
        Said {
            updated_at: Some(at("2026-03-02T14:15:34Z")),
            status: "approved".into(),
            detail: "accredited".into(),
        }
    );
    assert_eq!(
        described.profile,
        Profile {
            operation: Operation::Sale,
            reference: Some("order-91000000101".into()),
            method: "visa".into(),
            method_type: "credit_card".into(),
            installments: 3,
            device: None,
            preapproval: None,
            created_at: Some(at("2026-03-02T14:15:30Z")),
            approved_at: Some(at("2026-03-02T14:15:32Z")),
            expires_at: None,
            release_at: Some(at("2026-03-20T14:15:32Z")),
        }
    );
    assert!(described.returned.is_empty());
}

#[test]
fn nothing_of_the_payer_is_kept() {
    let told = told(fixture!("full_card")).expect("the fixture is readable");
    let kept = format!("{told:?}");
    for private in ["comprador", "APRO", "12345678", "440011223", "DNI", "424299", "7766", "203.0.113.7"] {
        assert!(!kept.contains(private), "{private}");
    }
}

#[test]
fn a_nested_collector_is_the_seller() {
    let told = told(fixture!("market_sale_with_shipping")).expect("the fixture is readable");
    assert_eq!(told.seller, SellerId::from("20359978"));
}

#[test]
fn a_subscription_is_named_in_either_place() {
    let profile = description(fixture!("subscription_charge")).profile;
    let id = Some("2c938084726fca480172750000000000".into());
    assert_eq!((profile.operation, profile.preapproval.clone()), (Operation::Subscription, id.clone()));
    let linked = fixture!("subscription_charge").replace("\"preapproval_id\"", "\"other\"");
    assert_eq!(description(&linked).profile.preapproval, id);
    let echoed = fixture!("subscription_charge").replace("\"subscription_id\"", "\"other\"");
    assert_eq!(description(&echoed).profile.preapproval, id);
}

#[test]
fn a_terminal_is_named_before_its_point_of_sale() {
    let device = |body: &str| description(body).profile.device;
    assert_eq!(device(fixture!("in_person")), Some("GERTEC-MP35P-8701012345".into()));
    assert_eq!(device(&fixture!("in_person").replace("serial_number", "x")), Some("4432".into()));
    assert_eq!(device(&small_with(r#""pos_id":"","point_of_interaction":[]"#)), None);
}

#[test]
fn a_voucher_has_its_expiry() {
    let described = description(fixture!("voucher_unpaid"));
    assert_eq!(described.standing, Standing::AwaitingPayer);
    let profile = described.profile;
    assert_eq!(profile.expires_at, Some(at("2026-03-10T02:59:59Z")));
    assert_eq!((profile.approved_at, profile.release_at), (None, None));
}

#[test]
fn every_operation_has_our_word_and_an_unknown_one_is_an_unclassified_sale() {
    for (word, operation, unclassified) in [
        ("regular_payment", Operation::Sale, false),
        ("pos_payment", Operation::Sale, false),
        ("cellphone_recharge", Operation::Sale, false),
        ("payment_addition", Operation::Sale, false),
        ("recurring_payment", Operation::Subscription, false),
        ("money_transfer", Operation::Transfer, false),
        ("investment", Operation::Transfer, false),
        ("money_exchange", Operation::Transfer, false),
        ("account_fund", Operation::TopUp, false),
        ("card_validation", Operation::CardValidation, false),
        ("barter", Operation::Sale, true),
    ] {
        let told = told(&small_with(&format!(r#""operation_type":"{word}""#))).expect("readable");
        assert_eq!(
            (described(&told).0.profile.operation, told.unclassified),
            (operation, unclassified),
            "{word}"
        );
    }
}

#[test]
fn null_fields_are_absent_ones() {
    let nulls = [
        "status_detail",
        "operation_type",
        "transaction_amount_refunded",
        "payment_method_id",
        "payment_type_id",
        "installments",
        "external_reference",
        "date_created",
        "date_approved",
        "date_last_updated",
        "date_of_expiration",
        "money_release_date",
        "charges_details",
        "fee_details",
        "refunds",
        "collector",
        "transaction_details",
        "pos_id",
        "metadata",
        "point_of_interaction",
    ];
    let body = r#"{"id":"1","collector_id":"7","currency_id":"ARS","status":"in_mediation","transaction_amount":"100.00"}"#;
    let fields: Vec<String> = nulls.iter().map(|name| format!("\"{name}\":null")).collect();
    let with_nulls = body.replacen('{', &format!("{{{},", fields.join(",")), 1);
    let read = told(body).expect("readable");
    assert_eq!(told(&with_nulls), Ok(read.clone()));
    let profile = &described(&read).0.profile;
    assert_eq!((profile.installments, &*profile.method, &profile.reference), (1, "", &None));
}

#[test]
fn numbers_and_texts_tell_the_same() {
    let numbers = r#"{"id":91,"collector_id":7,"currency_id":"ARS","status":"approved","status_detail":"accredited","transaction_amount":100.5,"installments":3,"external_reference":55,"transaction_details":{"net_received_amount":1.005e2}}"#;
    let texts = r#"{"id":"91","collector_id":"7","currency_id":"ARS","status":"approved","status_detail":"accredited","transaction_amount":"100.50","installments":"3","external_reference":"55","transaction_details":{"net_received_amount":"100.500"}}"#;
    let read = told(numbers).expect("readable");
    assert_eq!(told(texts), Ok(read.clone()));
    let described = described(&read).0;
    assert_eq!((described.terms.gross_minor, described.terms.net_minor), (10_050, 10_050));
}

#[test]
fn ids_longer_than_any_integer_are_kept_as_written() {
    let body =
        small_with("").replace("{,", "{").replace("\"id\":1,", "\"id\":123456789012345678901234567890,");
    let told = told(&body).expect("readable");
    assert_eq!(told.observed[0].stream.key(), "7/123456789012345678901234567890");
}
