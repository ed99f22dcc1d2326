//! What the provider's pages show of intents, and the rules of a new one.

use domain::currency::Currency;
use domain::money::Money;
use mercadopago::number::Number;
use mercadopago::request::instore_intent::CashOut as CashOutSettings;

use super::{
    Cancel, CashOut, Create, Device, Enabler, Get, Intent, Item, PaymentMode, Place, Purchase, QrMode,
    Ticket, UnitMeasure,
};
use crate::call::{Call, Idempotency};
use crate::calls::printed::canonical;

fn pesos(minor: i64) -> Money {
    Money::new(minor, Currency::ARS)
}

fn on_terminal() -> Create {
    Create {
        place: Place::Terminal("PAX_A910__SMARTPOS1234345545".to_owned()),
        description: "abc".to_owned(),
        external_reference: "123132342341".to_owned(),
        purchase: Purchase::Amount(pesos(1_014)),
        cash_out: None,
        sponsor: None,
        enabler: Some(Enabler {
            device_payment_mode: Some(PaymentMode::Card),
            print_on_terminal: vec![Ticket::SellerTicket],
            ticket_number: Some("Ticket001".to_owned()),
            qr_payment_mode: Vec::new(),
        }),
        integrator: None,
    }
}

fn bread() -> Item {
    Item {
        sku_number: None,
        title: "bread".to_owned(),
        quantity: 2,
        unit_measure: UnitMeasure::Unit,
        unit_price: pesos(125),
        total: pesos(250),
    }
}

fn by_qr() -> Create {
    let configuration = Some(CashOutSettings {
        fixed_amount: Some(true),
        agency_type: "AGTEC".to_owned(),
        bank_service_code: "1".to_owned(),
    });
    Create {
        place: Place::QrOfPos("till 4".to_owned()),
        purchase: Purchase::Items(vec![bread()]),
        cash_out: Some(CashOut { amount: pesos(5_000), configuration }),
        sponsor: Some(Number::from(446_566_691)),
        enabler: Some(Enabler {
            qr_payment_mode: vec![QrMode::Static, QrMode::Dynamic],
            ..Enabler::default()
        }),
        integrator: Some("dev_1234567890".to_owned()),
        ..on_terminal()
    }
}

fn body(intent: &Create) -> String {
    canonical(&String::from_utf8(intent.body().expect("a body")).expect("JSON"))
}

#[test]
fn an_intent_is_made_with_what_the_page_shows_of_it() {
    // The part of the page's notification that mirrors what was asked for.
    let mirrored = r#"{
        "enabler_configuration": {
            "ticket_number": "Ticket001",
            "device_payment_mode": "CARD",
            "print_on_terminal": [
                "SELLER_TICKET"
            ]
        },
        "external_reference": "123132342341",
        "description": "abc",
        "operations": [
            {
                "amount": "10.14",
                "type": "PURCHASE"
            }
        ]
    }"#;
    assert_eq!(body(&on_terminal()), canonical(mirrored));
    assert_eq!(on_terminal().check(), Ok(()));
    assert_eq!(on_terminal().idempotency(), Idempotency::Once, "a second one would charge again");
}

#[test]
fn an_intent_by_qr_may_have_items_and_cash() {
    let sent = r#"{"description":"abc","enabler_configuration":{"qr_payment_mode":["STATIC","DYNAMIC"]},"external_reference":"123132342341","operations":[{"items":[{"quantity":2,"title":"bread","total_amount":"2.50","unit_measure":"UNIT","unit_price":"1.25"}],"type":"PURCHASE"},{"additional_configuration":{"agency_type":"AGTEC","bank_service_code":"1","fixed_amount":true},"amount":"50.00","type":"CASH_OUT"}],"sponsor":{"id":446566691}}"#;
    assert_eq!(body(&by_qr()), sent);
    assert_eq!(by_qr().check(), Ok(()));
    assert_eq!(by_qr().headers(), [("x-integrator-id", "dev_1234567890".to_owned())]);
}

#[test]
fn places_of_payment_have_paths_of_their_own() {
    let intents = "/instore-api/integrations/v1/intents";
    let made = |place| Create { place, ..on_terminal() }.path();
    assert_eq!(made(Place::Terminal("A__1".to_owned())), format!("{intents}/point/A__1"));
    assert_eq!(made(Place::TerminalOfPos("till 4".to_owned())), format!("{intents}/point/pos/till%204"));
    assert_eq!(made(Place::QrOfPos("till 4".to_owned())), format!("{intents}/qr/pos/till%204"));
    let id = "1234567-12345-12345678-1234567890".to_owned();
    let get = |device| Get { id: id.clone(), device }.path();
    assert_eq!(get(Device::Point), format!("{intents}/{id}/point"));
    assert_eq!(get(Device::Qr), format!("{intents}/{id}/qr"));
    assert_eq!(Cancel::Point { id: id.clone() }.path(), format!("{intents}/{id}/point"));
    let by_qr = Cancel::Qr { id: id.clone(), pos: "till 4".to_owned() };
    assert_eq!(
        (by_qr.method().as_str(), by_qr.path()),
        ("DELETE", format!("{intents}/{id}/qr/pos/till%204"))
    );
}

/// Fails unless the rule is named that the intent breaks.
#[track_caller]
fn breaks(intent: &Create, complaint: &str) {
    let invalid = intent.check().expect_err(complaint);
    assert_eq!(format!("{} {}", invalid.field, invalid.problem), complaint);
    assert!(invalid.rule.starts_with("https://"), "{}", invalid.rule);
}

fn amount(minor: i64, currency: Currency) -> Purchase {
    Purchase::Amount(Money::new(minor, currency))
}

#[test]
fn an_intent_that_breaks_a_rule_is_not_sent() {
    let plain = |purchase| Create { purchase, enabler: None, ..on_terminal() };
    let ticket =
        |ticket: &str| Some(Enabler { ticket_number: Some(ticket.to_owned()), ..Enabler::default() });
    let static_qr = Some(Enabler { qr_payment_mode: vec![QrMode::Static], ..Enabler::default() });
    let broken = [
        (
            plain(amount(499, Currency::ARS)),
            "operations.amount must be between 5.00 and 4000000.00, not 4.99",
        ),
        (
            plain(amount(7_000_001, Currency::BRL)),
            "operations.amount must be between 1.00 and 70000.00, not 70000.01",
        ),
        (plain(amount(0, Currency::MXN)), "operations.amount must be more than zero, not 0.00"),
        (plain(Purchase::Items(vec![bread()])), "operations.items goes only with a QR code"),
        (Create { purchase: Purchase::Items(Vec::new()), ..by_qr() }, "operations.items is missing"),
        (
            Create { purchase: amount(0, Currency::ARS), ..by_qr() },
            "operations.amount must be more than zero, not 0.00",
        ),
        (Create { description: String::new(), ..on_terminal() }, "description is missing"),
        (
            Create { description: "x".repeat(256), ..on_terminal() },
            "description has 256 characters, at most 255 are allowed",
        ),
        (
            Create { external_reference: "x".repeat(101), ..on_terminal() },
            "external_reference has 101 characters, at most 100 are allowed",
        ),
        (Create { place: Place::TerminalOfPos(String::new()), ..on_terminal() }, "external_id is missing"),
        (Create { place: Place::Terminal(String::new()), ..on_terminal() }, "device_id is missing"),
        (Create { sponsor: Some(Number::from(1)), ..on_terminal() }, "sponsor goes only with a QR code"),
        (
            Create { enabler: static_qr, ..on_terminal() },
            "enabler_configuration.qr_payment_mode goes only with a QR code",
        ),
        (
            Create { enabler: on_terminal().enabler, ..by_qr() },
            "enabler_configuration goes only with a terminal",
        ),
        (Create { enabler: ticket(""), ..on_terminal() }, "enabler_configuration.ticket_number is missing"),
        (
            Create { enabler: ticket("T1"), purchase: amount(1_000, Currency::BRL), ..on_terminal() },
            "enabler_configuration.ticket_number goes only with site MLA",
        ),
        (Create { cash_out: by_qr().cash_out, ..on_terminal() }, "operations.type goes only with a QR code"),
    ];
    broken.iter().for_each(|(intent, complaint)| breaks(intent, complaint));
}

#[test]
fn cash_and_items_that_break_a_rule_are_not_sent() {
    let item = |item| Create { purchase: Purchase::Items(vec![item]), ..by_qr() };
    let cash = |cash_out| Create { cash_out: Some(cash_out), ..by_qr() };
    let agency = |kind: &str| CashOutSettings {
        fixed_amount: None,
        agency_type: kind.to_owned(),
        bank_service_code: "1".to_owned(),
    };
    let broken = [
        (
            cash(CashOut { amount: pesos(0), configuration: None }),
            "operations.amount must be more than zero, not 0.00",
        ),
        (
            cash(CashOut { amount: Money::new(100, Currency::BRL), configuration: None }),
            "operations.amount may hold nothing but the currency of the purchase",
        ),
        (
            cash(CashOut { amount: pesos(100), configuration: Some(agency("AGX")) }),
            "operations.additional_configuration.agency_type must be one of AGTEC, AGTOT, AGPSS, not `AGX`",
        ),
        (item(Item { title: String::new(), ..bread() }), "operations.items.title is missing"),
        (
            item(Item { quantity: 0, ..bread() }),
            "operations.items.quantity must be between 1 and 1000000, not 0",
        ),
        (
            item(Item { sku_number: Some("x".repeat(101)), ..bread() }),
            "operations.items.sku_number has 101 characters, at most 100 are allowed",
        ),
        (
            item(Item { unit_price: Money::new(1, Currency::BRL), ..bread() }),
            "operations.items.total_amount may hold nothing but the currency of the first item",
        ),
    ];
    broken.iter().for_each(|(intent, complaint)| breaks(intent, complaint));
}

#[test]
fn an_answer_is_read_with_what_it_came_to() {
    let closed = include_str!("../../../../../tests/fixtures/instore_intent/closed_by_qr_with_cash.json");
    let closed: Intent = serde_json::from_str(closed).expect("an intent");
    assert_eq!(closed.status.as_deref(), Some("CLOSED"));
    let results: Vec<_> = closed.operations.iter().flat_map(|operation| &operation.results).collect();
    let told: Vec<_> = results.iter().map(|result| (result.source.as_str(), result.id.as_str())).collect();
    assert_eq!(told, [("PAYMENT", "57837458321"), ("PAYOUT", "57837458322")]);
}
