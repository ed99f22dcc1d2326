//! The requests of the provider's pages, and lists of all three generations.

use mercadopago::request::device::OperatingMode;

use super::{
    DeviceList, Devices, ForgetPhone, Page, PhoneList, Phones, SetMode, SetTerminalMode, TerminalList,
    Terminals,
};
use crate::call::Call;
use crate::calls::printed::{canonical, check};

#[test]
fn devices_are_listed_and_deleted_as_the_pages_print_it() {
    let phones = r#"curl -X GET \
-H "Content-Type: application/json" \
-H 'Authorization: Bearer ACCESS_TOKEN' \
'https://api.mercadopago.com/point/services/integrations/v1/devices'"#;
    check(phones, &[], &Phones);
    let forget = r#"curl -X DELETE \
-H "Content-Type: application/json" \
-H 'Authorization: Bearer ACCESS_TOKEN' \
'https://api.mercadopago.com/point/services/integrations/v1/devices/:DEVICE_NAME'"#;
    check(forget, &[(":DEVICE_NAME", "counter")], &ForgetPhone { name: "counter".to_owned() });
    let devices = r#"curl --location --request GET 'https://api.mercadopago.com/point/integration-api/devices' \
--header 'Authorization: Bearer ${ACCESS_TOKEN}' \
"#;
    check(devices, &[], &Devices::default());
}

#[test]
fn a_part_of_a_list_is_asked_for() {
    let page = Page {
        store_id: Some("12354567".to_owned()),
        pos_id: Some("23545678".to_owned()),
        limit: Some(50),
        offset: Some(0),
    };
    let query: Vec<_> = Terminals { page: page.clone() }.query();
    let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(query.join("&"), "store_id=12354567&pos_id=23545678&limit=50&offset=0");
    assert_eq!(Devices { page: page.clone() }.query(), Terminals { page: page.clone() }.query());
    for limit in [0, 51] {
        let page = Page { limit: Some(limit), ..page.clone() };
        assert_eq!(Terminals { page }.check().expect_err("a limit").field, "limit");
    }
}

#[test]
fn the_mode_of_a_terminal_is_set_in_two_generations() {
    let device = "INGENICO_MOVE2500__ING-ARG-14886780".to_owned();
    let set = SetMode { device: device.clone(), mode: OperatingMode::Pdv };
    assert_eq!(
        (set.method().as_str(), set.path()),
        ("PATCH", format!("/point/integration-api/devices/{device}"))
    );
    let body = |call: &dyn Fn() -> Option<Vec<u8>>| {
        canonical(&String::from_utf8(call().expect("a body")).expect("JSON"))
    };
    assert_eq!(body(&|| set.body()), r#"{"operating_mode":"PDV"}"#);
    let set = SetTerminalMode { terminal: device.clone(), mode: OperatingMode::Standalone };
    assert_eq!((set.method().as_str(), set.path().as_str()), ("PATCH", "/terminals/v1/setup"));
    let sent = format!(r#"{{"terminals":[{{"id":"{device}","operating_mode":"STANDALONE"}}]}}"#);
    assert_eq!(body(&|| set.body()), sent);
}

#[test]
fn lists_of_every_generation_are_read() {
    let phones = include_str!("../../../../../tests/fixtures/device/first_generation.json");
    let phones: PhoneList = serde_json::from_str(phones).expect("phones");
    let held = |index: usize| phones.devices[index].status.payment_attempt.as_ref().map(ToString::to_string);
    assert_eq!((held(0), held(1)), (Some("7001".to_owned()), None));
    let devices = include_str!("../../../../../tests/fixtures/device/second_generation.json");
    let devices: DeviceList = serde_json::from_str(devices).expect("devices");
    assert_eq!(devices.devices[0].operating_mode.as_deref(), Some("PDV"));
    assert_eq!(devices.devices[1].operating_mode, None);
    assert_eq!(devices.paging.map(|paging| paging.total), Some(2));
    let oldest =
        r#"{"devices":[{"id":"GERTEC_MP35P__8701012051261234"},{"id":"INGENICO_MOVE2500__87010121123456"}]}"#;
    let oldest: DeviceList = serde_json::from_str(oldest).expect("devices");
    assert_eq!((oldest.devices.len(), oldest.paging), (2, None));
    let terminals = include_str!("../../../../../tests/fixtures/device/terminals.json");
    let terminals: TerminalList = serde_json::from_str(terminals).expect("terminals");
    assert_eq!(terminals.data.terminals[0].id, "NEWLAND_N950__N950NCB801293324");
}
