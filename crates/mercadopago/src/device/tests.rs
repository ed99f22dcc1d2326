//! The three generations of terminal lists.

use super::{Device, list, observe};
use crate::observe::{Channel, Delivery, DeliveryKind, Told};
use crate::unreadable::Unreadable;

const FIRST: &[u8] = include_bytes!("../../../../tests/fixtures/device/first_generation.json");
const SECOND: &[u8] = include_bytes!("../../../../tests/fixtures/device/second_generation.json");
const TERMINALS: &[u8] = include_bytes!("../../../../tests/fixtures/device/terminals.json");

fn device(id: &str) -> Device {
    Device { id: id.into(), name: None, operating_mode: None, pos_id: None, store_id: None, holds: None }
}

fn delivery(seller: Option<&'static str>, body: &'static [u8]) -> Delivery<'static> {
    Delivery {
        kind: DeliveryKind::Resource,
        topic: "device",
        channel: Channel::Response,
        seller,
        site: None,
        received_at: "2026-01-02T03:04:05Z".parse().expect("a time"),
        verified: false,
        body,
    }
}

#[test]
fn the_first_generation_names_its_terminals_and_what_they_hold() {
    let counter = Device { name: Some("counter".into()), holds: Some("7001".into()), ..device("42") };
    let terrace = Device { name: Some("terrace".into()), ..device("43") };
    assert_eq!(list(FIRST), Ok(vec![counter, terrace]));
}

#[test]
fn the_second_generation_may_show_only_an_id() {
    let full = Device {
        operating_mode: Some("PDV".into()),
        pos_id: Some("47792476".into()),
        store_id: Some("47792478".into()),
        ..device("PAX_A910__SMARTPOS1234345545")
    };
    assert_eq!(list(SECOND), Ok(vec![full, device("GERTEC_MP35P__8701012051261234")]));
}

#[test]
fn the_current_generation_wraps_its_terminals() {
    let terminals = list(TERMINALS).expect("a list of terminals");
    assert_eq!(terminals.len(), 1);
    assert_eq!(terminals[0].operating_mode.as_deref(), Some("STANDALONE"));
}

#[test]
fn a_list_tells_nothing_about_any_stream() {
    let told = Told { seller: "9".into(), observed: Vec::new(), unclassified: false };
    assert_eq!(observe(&delivery(Some("9"), SECOND)), Ok(told));
}

#[test]
fn what_is_no_list_or_nobodys_is_not_read() {
    assert_eq!(observe(&delivery(Some("9"), b"{}")), Err(Unreadable::Missing { path: "devices" }));
    assert_eq!(
        observe(&delivery(Some("9"), br#"{"devices":[{"name":"x"}]}"#)),
        Err(Unreadable::Missing { path: "devices[].id" })
    );
    assert_eq!(observe(&delivery(None, SECOND)), Err(Unreadable::Missing { path: "collector_id" }));
}
