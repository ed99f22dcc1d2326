//! The requests of the provider's pages, and the rules of a new intent.

use chrono::NaiveDate;
use domain::currency::Currency;
use domain::money::Money;

use super::events::{Events, Last, LastEvent, List};
use super::refund::{self, Ticket};
use super::{
    AdditionalInfo, Cancel, CardKind, Create, Created, Get, InstallmentsCost, Intent, Payment, Sandbox,
    VoucherKind,
};
use crate::call::{Call, Class, Idempotency};
use crate::calls::printed::{canonical, check};

const DEVICE: &str = "INGENICO_MOVE2500__ING-ARG-14886780";
const INTENT: &str = "7d8c70b6-2ac8-4c57-a441-c319088ca3ca";

fn in_argentina() -> Create {
    Create {
        device: DEVICE.to_owned(),
        amount: Money::new(1_500, Currency::ARS),
        description: None,
        payment: None,
        info: Some(AdditionalInfo {
            external_reference: Some("4561ads-das4das4-das4754-das456".to_owned()),
            print_on_terminal: Some(true),
            ticket_number: Some("S0392JED".to_owned()),
        }),
    }
}

fn in_brazil() -> Create {
    Create {
        device: DEVICE.to_owned(),
        amount: Money::new(1_400, Currency::BRL),
        description: Some("Your payment description".to_owned()),
        payment: Some(credit(Some(1))),
        info: Some(AdditionalInfo {
            external_reference: Some("4561ads-das4das4-das4754-das456".to_owned()),
            print_on_terminal: Some(true),
            ticket_number: None,
        }),
    }
}

fn credit(installments: Option<u32>) -> Payment {
    let cost = Some(InstallmentsCost::Seller);
    Payment { kind: CardKind::CreditCard, installments, installments_cost: cost, voucher_type: None }
}

#[test]
fn an_intent_is_made_as_the_pages_of_both_sites_print_it() {
    let command = r#"curl --location --request POST 'https://api.mercadopago.com/point/integration-api/devices/:deviceId/payment-intents' \
--header 'Authorization: Bearer ${ACCESS_TOKEN}' \
--data-raw '{
    "amount": 1500,
    "additional_info": {
        "external_reference": "4561ads-das4das4-das4754-das456",
        "print_on_terminal": true,
        "ticket_number": "S0392JED"
    }
}'"#;
    check(command, &[(":deviceId", DEVICE)], &in_argentina());
    let command = r#"curl --location --request POST 'https://api.mercadopago.com/point/integration-api/devices/:deviceId/payment-intents' \
--header 'Authorization: Bearer ${ACCESS_TOKEN}' \
--data-raw '{
    "amount": 1400,
    "description": "Your payment description",
    "payment": {
        "type": "credit_card",
        "installments": 1, 
        "installments_cost": "seller"
    },
    "additional_info": {
        "external_reference": "4561ads-das4das4-das4754-das456",
        "print_on_terminal": true
    }
}'"#;
    check(command, &[(":deviceId", DEVICE)], &in_brazil());
    assert_eq!(in_brazil().idempotency(), Idempotency::Once, "a second one would charge again");
}

#[test]
fn an_intent_is_cancelled_and_read_as_the_page_prints_it() {
    let cancel = r#"curl --location --request DELETE 'https://api.mercadopago.com/point/integration-api/devices/:deviceId/payment-intents/:paymentIntentId' \
--header 'Authorization: Bearer ${ACCESS_TOKEN}' \
"#;
    let call = Cancel { device: DEVICE.to_owned(), id: INTENT.to_owned() };
    check(cancel, &[(":deviceId", DEVICE), (":paymentIntentId", INTENT)], &call);
    assert_eq!(call.answers(), [409], "that a terminal holds it is an answer");
    let get = r#"curl --location --request GET 'https://api.mercadopago.com/point/integration-api/payment-intents/:paymentIntentID' \
--header 'Authorization: Bearer ${ACCESS_TOKEN}'"#;
    let call = Get { id: INTENT.to_owned() };
    check(get, &[(":paymentIntentID", INTENT)], &call);
    assert_eq!(call.class(), Class::InPersonRead);
}

#[test]
fn a_call_to_a_virtual_terminal_differs_by_its_header_alone() {
    let (plain, sandbox) = (in_argentina(), Sandbox(in_argentina()));
    assert_eq!((plain.headers(), sandbox.headers()), (vec![], vec![("x-test-scope", "sandbox".to_owned())]));
    assert_eq!((plain.path(), plain.body()), (sandbox.path(), sandbox.body()));
    let get = Sandbox(Get { id: INTENT.to_owned() });
    assert_eq!((get.class(), get.method().as_str()), (Class::InPersonRead, "GET"));
}

#[test]
fn amounts_outside_the_limits_of_their_site_are_not_sent() {
    let cases = [
        (Currency::ARS, 499, "5.00", "4000000.00", "4.99"),
        (Currency::ARS, 400_000_001, "5.00", "4000000.00", "4000000.01"),
        (Currency::BRL, 99, "1.00", "70000.00", "0.99"),
        (Currency::BRL, 7_000_001, "1.00", "70000.00", "70000.01"),
        (Currency::MXN, 499, "5.00", "350000.00", "4.99"),
        (Currency::MXN, 35_000_001, "5.00", "350000.00", "350000.01"),
    ];
    for (currency, minor, least, most, actual) in cases {
        let intent = Create { amount: Money::new(minor, currency), info: None, ..in_argentina() };
        let complaint = intent.check().expect_err(actual);
        let told = format!("amount must be between {least} and {most}, not {actual}");
        assert_eq!(format!("{} {}", complaint.field, complaint.problem), told);
        assert!(complaint.rule.ends_with("/integrate-with-pdv/payment-processing"), "{}", complaint.rule);
    }
    for (currency, minor) in
        [(Currency::ARS, 500), (Currency::ARS, 400_000_000), (Currency::BRL, 100), (Currency::CLP, 1)]
    {
        let intent = Create { amount: Money::new(minor, currency), info: None, ..in_argentina() };
        assert_eq!(intent.check(), Ok(()), "{minor} {currency}");
    }
}

#[test]
fn fields_of_one_site_and_of_one_kind_of_card_go_nowhere_else() {
    let paid = |payment| Create { payment: Some(payment), ..in_brazil() };
    let debit = Payment { kind: CardKind::DebitCard, installments_cost: None, ..credit(None) };
    let ticket = AdditionalInfo { ticket_number: Some("S0392JED".to_owned()), ..AdditionalInfo::default() };
    let broken = [
        (
            Create { description: Some("x".to_owned()), ..in_argentina() },
            "description goes only with site MLB",
        ),
        (Create { payment: Some(credit(None)), ..in_argentina() }, "payment goes only with site MLB"),
        (
            Create { info: Some(ticket), ..in_brazil() },
            "additional_info.ticket_number goes only with site MLA",
        ),
        (
            paid(Payment { installments: Some(2), ..debit.clone() }),
            "payment.installments goes only with credit_card",
        ),
        (
            paid(Payment { kind: CardKind::DebitCard, ..credit(None) }),
            "payment.installments_cost goes only with credit_card",
        ),
        (
            paid(Payment { voucher_type: Some(VoucherKind::Alelo), ..debit.clone() }),
            "payment.voucher_type goes only with voucher_card",
        ),
        (paid(credit(Some(0))), "payment.installments must be between 1 and 72, not 0"),
        (paid(credit(Some(3))), "payment.installments must be between 1 and 2, not 3"),
        (Create { device: String::new(), ..in_brazil() }, "device_id is missing"),
    ];
    for (intent, complaint) in broken {
        let invalid = intent.check().expect_err(complaint);
        assert_eq!(format!("{} {}", invalid.field, invalid.problem), complaint);
    }
    let voucher = Payment { kind: CardKind::VoucherCard, voucher_type: Some(VoucherKind::Sodexo), ..debit };
    assert_eq!(paid(voucher).check(), Ok(()));
}

#[test]
fn events_are_asked_for_in_windows_of_thirty_days() {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let list = |from, to| List { from: day(from), to: day(to) };
    let month = list("2026-10-01", "2026-10-31");
    let query: Vec<_> = month.query().iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(query.join("&"), "startDate=2026-10-01&endDate=2026-10-31");
    assert_eq!(month.check(), Ok(()));
    let complaint = list("2026-10-01", "2026-11-01").check().expect_err("31 days").to_string();
    assert!(complaint.starts_with("endDate must be between 2026-10-01 and 2026-10-31, not 2026-11-01"));
    assert!(list("2026-10-02", "2026-10-01").check().is_err());
    assert_eq!(
        Last { id: INTENT.to_owned() }.path(),
        format!("/point/integration-api/payment-intents/{INTENT}/events")
    );
}

#[test]
fn a_refund_is_asked_of_the_terminal_that_took_the_payment() {
    let print = vec![Ticket::SellerTicket, Ticket::BuyerTicket];
    let create = refund::Create { device: DEVICE.to_owned(), payment: "16123456789".to_owned(), print };
    assert_eq!(create.path(), format!("/point/integration-api/devices/{DEVICE}/refund"));
    let body = String::from_utf8(create.body().expect("a body")).expect("JSON");
    let sent = r#"{"additional_info":{"print_on_terminal":["SELLER_TICKET","BUYER_TICKET"]},"payment_id":"16123456789"}"#;
    assert_eq!(canonical(&body), sent);
    let quiet = refund::Create { print: Vec::new(), ..create.clone() };
    assert_eq!(quiet.body(), Some(br#"{"payment_id":"16123456789"}"#.to_vec()));
    for payment in ["", "PAY01J6"] {
        let wrong = refund::Create { payment: payment.to_owned(), ..create.clone() };
        assert_eq!(wrong.check().expect_err(payment).field, "payment_id");
    }
    let cancel = refund::Cancel { device: DEVICE.to_owned(), id: "r1".to_owned() };
    assert_eq!((cancel.method().as_str(), cancel.path()), ("DELETE", format!("{}/r1", create.path())));
    assert_eq!(refund::Get { id: "r1".to_owned() }.path(), "/point/integration-api/refund/r1");
}

#[test]
fn answers_are_read_whichever_way_ids_are_written() {
    let created = include_str!("../../../../../tests/fixtures/payment_intent/created_in_argentina.json");
    let created: Created = serde_json::from_str(created).expect("an intent");
    assert_eq!((created.id.as_str(), created.device_id.as_deref()), (INTENT, Some(DEVICE)));
    let finished = include_str!("../../../../../tests/fixtures/payment_intent/finished_in_brazil.json");
    let finished: Intent = serde_json::from_str(finished).expect("an intent");
    let payment = finished.payment.and_then(|payment| payment.id).map(|id| id.to_string());
    assert_eq!((finished.state.as_str(), payment), ("FINISHED", Some("16123456789".to_owned())));
    let numbered = r#"{"id":"a","state":"OPEN","amount":250,"payment":{"id":16499678033}}"#;
    let numbered: Intent = serde_json::from_str(numbered).expect("an intent");
    assert_eq!(numbered.amount.map(|amount| amount.to_string()), Some("250".to_owned()));
    let events = include_str!("../../../../../tests/fixtures/payment_intent/event.json");
    let events: Events = serde_json::from_str(&format!(r#"{{"events":[{events}]}}"#)).expect("events");
    assert_eq!(events.events[0].status, "ABANDONED");
    let last: LastEvent = serde_json::from_str(r#"{"status":"FINISHED"}"#).expect("an event");
    assert_eq!((last.status.as_str(), last.created_on), ("FINISHED", None));
}
