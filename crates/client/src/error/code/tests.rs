//! The table of codes: every listed one has its name, its advice, and comes back from its text.

use std::collections::BTreeSet;

use super::ErrorCode::*;
use super::*;

/// Codes of the reference pages for creating, changing and refunding a payment, and of the older table.
#[test]
fn every_documented_code_has_its_name() {
    let table: [(&str, ErrorCode); 49] = [
        ("8", UnknownParameter),
        ("1004", UpdateRefused1004),
        ("2018", ActionInvalidForState),
        ("2078", CaptureRefused2078),
        ("2079", CaptureRefused2079),
        ("4", CallerNotAuthorized),
        ("3002", ActionNotAuthorized),
        ("2000", PaymentNotFound),
        ("23", BadDateFormat),
        ("2001", SameRequestJustSent),
        ("2006", CardTokenNotFound),
        ("3008", CardTokenUnknown),
        ("2060", PayerIsCollector),
        ("2062", InvalidCardToken),
        ("3003", InvalidCardTokenId),
        ("3006", InvalidCardTokenParameter),
        ("2067", InvalidIdentification),
        ("2072", InvalidTransactionAmount),
        ("2077", DeferredCaptureUnsupported),
        ("2123", InvalidOperators),
        ("2131", MethodNotInferred),
        ("4021", NotificationUrlTooLong),
        ("9062", SearchWindowTooLong),
        ("2063", RefundInvalidForState),
        ("2085", InvalidGatewayOperation),
        ("2017", InvalidAmountForUpdate),
        ("2022", TooManyRefunds),
        ("2025", OperationNotRefundable),
        ("2027", MethodNotRefundable),
        ("2029", PaymentWithoutMovements),
        ("2030", CollectorLacksMoney),
        ("2031", CollectorLacksAvailableMoney),
        ("2024", TooOldToRefund),
        ("15016", PaymentTooOld),
        ("2032", RefundNotFound),
        ("2084", RefundUnsupported),
        ("3024", PartialRefundUnsupported),
        ("4040", RefundAmountNotPositive),
        ("4041", RefundAmountNotNumeric),
        ("4292", IdempotencyKeyMissing),
        ("4211", ChargeDetailMissing),
        ("4248", ChargeNotFound),
        ("4291", ChargeIdMissing),
        ("4293", ChargesInvalidForState),
        ("4294", ChargeNotRefundable),
        ("4295", PartialChargeRefundForbidden),
        ("4296", ChargeAlreadyRefunded),
        ("4297", InvalidChargeId),
        ("invalid_grant", InvalidGrant),
    ];
    for (text, name) in table {
        assert_eq!(ErrorCode::of(text), name, "{text}");
    }
}

#[test]
fn the_families_of_card_and_body_codes_are_listed_without_a_gap() {
    for code in (3000..=3032).chain(4000..=4007).chain([4012]) {
        let text = code.to_string();
        assert!(!matches!(ErrorCode::of(&text), Unknown(_)), "{text} has no name");
    }
}

#[test]
fn every_listed_code_has_advice_and_comes_back_from_its_text() {
    let texts: BTreeSet<&str> = ErrorCode::LISTED.iter().map(ErrorCode::as_str).collect();
    assert_eq!(texts.len(), ErrorCode::LISTED.len(), "no text names two codes");
    for code in ErrorCode::LISTED {
        assert_eq!(&ErrorCode::of(code.as_str()), code);
        let advice = code.advice().expect("a listed code has advice");
        assert!(advice.len() > 10 && !advice.ends_with('.'), "{advice}");
    }
}

#[test]
fn a_code_that_is_not_listed_is_kept_as_it_came() {
    let code = ErrorCode::of("99999");
    assert_eq!(code, Unknown("99999".to_owned()));
    assert_eq!((code.as_str(), code.advice()), ("99999", None));
}

/// Codes with which the provider refuses refunds, captures and cancellations: a person reads what to do about each.
#[test]
fn every_refusal_of_an_order_comes_with_advice() {
    let refunds = [
        "2063", "2085", "2017", "2022", "2025", "2027", "2029", "2030", "2031", "2024", "15016", "2032",
        "2084", "3024", "4040", "4041", "4292", "2000", "4211", "4248", "4291", "4293", "4294", "4295",
        "4296", "4297",
    ];
    let updates = ["8", "1004", "2018", "2078", "2079", "4", "3002", "2000"];
    for code in refunds.into_iter().chain(updates) {
        let advice = ErrorCode::of(code).advice().unwrap_or_default();
        assert!(advice.len() > 10, "{code}: `{advice}`");
    }
}
