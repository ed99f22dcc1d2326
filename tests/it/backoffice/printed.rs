//! Every request that the provider's pages on charges in person print, as the client puts it on the wire, and as the
//! simulator takes it. The token stands in the header also where a page prints it in the address.

use std::sync::Arc;

use client::call::Call;
use client::calls::payment_intent::{AdditionalInfo, CardKind, InstallmentsCost, Payment};
use client::calls::{device, integrator, payment_intent, point_order, test_user};
use client::client::Client;
use client::vault::Fixed;
use domain::currency::Currency;
use domain::ids::SellerId;
use domain::money::Money;
use engine::config::Config;
use mercadopago::request::point_order::CardKind as PhoneCard;
use serde_json::Value;
use simulator::{Options, Simulator};
use tokio::runtime::Runtime;

use super::stand_in::{StandIn, TOKEN};

const TERMINAL: &str = "INGENICO_MOVE2500__ING-ARG-14886780";
const INTENT: &str = "7d8c70b6-2ac8-4c57-a441-c319088ca3ca";
const PHONES: &str = "/point/services/integrations/v1";
const TERMINALS: &str = "/point/integration-api";

fn client(base: &str, token: &str) -> Client {
    // Another test of this process may have installed it.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let variables = [("CONCILIAR__CLIENT__BASE".to_owned(), base.to_owned())];
    let config = Config::read(None, variables).expect("a configuration");
    Client::new(config.client.options(), Arc::new(Fixed::new(token))).expect("a client")
}

/// Fails unless the call is on the wire what the page prints.
#[track_caller]
fn is_sent<C: Call>(call: &C, method: &str, target: &str, body: &str) {
    let provider = StandIn::answering(200, "{}");
    let [(_, base), _] = provider.variables();
    let client = client(base, TOKEN);
    let runtime = Runtime::new().expect("a runtime");
    let sent = runtime.block_on(client.send(&SellerId::from("1"), call));
    assert!(sent.is_ok(), "{method} {target}: {}", sent.expect_err("it failed"));
    let taken = provider.only();
    assert_eq!((taken.method.as_str(), taken.target.as_str()), (method, target));
    assert_eq!(taken.header("authorization"), format!("Bearer {TOKEN}"), "{method} {target}");
    let json = |text: &str| match text {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}")),
    };
    assert_eq!(json(&taken.body), json(body), "{method} {target}");
}

fn cup() -> point_order::Create {
    point_order::Create {
        amount: Money::new(10_000, Currency::ARS),
        description: "taza".to_owned(),
        device_name: "dispositivo".to_owned(),
        card: PhoneCard::CreditCard,
        external_reference: None,
        disable_back_button: None,
        notification_url: None,
        payer_email: None,
    }
}

fn in_argentina(device: &str) -> payment_intent::Create {
    payment_intent::Create {
        device: device.to_owned(),
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

#[test]
fn phones_are_asked_as_the_page_prints_it() {
    let enable = integrator::Enable { user_id: "1384573578".to_owned() };
    is_sent(&enable, "POST", "/point/services/user/status/integrators", r#"{ "id": 1384573578 }"#);
    let order = r#"{"amount":100,"description":"taza","device_name":"dispositivo","cc_type":"credit_card"}"#;
    is_sent(&cup(), "POST", PHONES, order);
    let id = || "7001".to_owned();
    is_sent(&point_order::Get { id: id() }, "GET", &format!("{PHONES}/7001"), "");
    is_sent(&point_order::Delete { id: id() }, "DELETE", &format!("{PHONES}/7001"), "");
    let by_device = point_order::DeleteByDevice { device_name: "dispositivo".to_owned() };
    is_sent(&by_device, "DELETE", &format!("{PHONES}/attempt/device/dispositivo"), "");
    is_sent(&device::Phones, "GET", &format!("{PHONES}/devices"), "");
    let forget = device::ForgetPhone { name: "dispositivo".to_owned() };
    is_sent(&forget, "DELETE", &format!("{PHONES}/devices/dispositivo"), "");
}

#[test]
fn terminals_are_asked_as_the_page_prints_it() {
    for site in ["MLB", "MLA", "MLM"] {
        let user = test_user::Create { site: site.to_owned(), description: None };
        is_sent(&user, "POST", "/users/test_user", &format!(r#"{{"site_id":"{site}"}}"#));
    }
    let integrators = format!("{TERMINALS}/integrators");
    is_sent(&integrator::Show, "GET", &integrators, "");
    let address = "http://your.server.ip.address:8080/webhook";
    let body = format!(r#"{{ "webhook": "{address}" }}"#);
    is_sent(&integrator::SetWebhook { address: address.to_owned() }, "PATCH", &integrators, &body);
    is_sent(&integrator::Check, "POST", &format!("{integrators}/check"), "");
    is_sent(&device::Devices::default(), "GET", &format!("{TERMINALS}/devices"), "");
    let intents = format!("{TERMINALS}/devices/{TERMINAL}/payment-intents");
    let body = r#"{
        "amount": 1500,
        "additional_info": {
            "external_reference": "4561ads-das4das4-das4754-das456",
            "print_on_terminal": true,
            "ticket_number": "S0392JED"
        }
    }"#;
    is_sent(&in_argentina(TERMINAL), "POST", &intents, body);
    let cancel = payment_intent::Cancel { device: TERMINAL.to_owned(), id: INTENT.to_owned() };
    is_sent(&cancel, "DELETE", &format!("{intents}/{INTENT}"), "");
    let get = payment_intent::Get { id: INTENT.to_owned() };
    is_sent(&get, "GET", &format!("{TERMINALS}/payment-intents/{INTENT}"), "");
}

#[test]
fn a_terminal_in_brazil_is_asked_as_the_page_prints_it() {
    let body = r#"{
        "amount": 1400,
        "description": "Your payment description",
        "payment": { "type": "credit_card", "installments": 1, "installments_cost": "seller" },
        "additional_info": {
            "external_reference": "4561ads-das4das4-das4754-das456",
            "print_on_terminal": true
        }
    }"#;
    let info = in_argentina(TERMINAL).info.map(|info| AdditionalInfo { ticket_number: None, ..info });
    let intent = payment_intent::Create {
        amount: Money::new(1_400, Currency::BRL),
        description: Some("Your payment description".to_owned()),
        payment: Some(Payment {
            kind: CardKind::CreditCard,
            installments: Some(1),
            installments_cost: Some(InstallmentsCost::Seller),
            voucher_type: None,
        }),
        info,
        ..in_argentina(TERMINAL)
    };
    is_sent(&intent, "POST", &format!("{TERMINALS}/devices/{TERMINAL}/payment-intents"), body);
}

#[test]
fn the_simulator_takes_every_printed_request() {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        // The client installs the provider of cryptography, which the simulator needs too.
        let _first = client("http://127.0.0.1:1", TOKEN);
        let running = Simulator::start(Options::new(7)).await.expect("the simulator starts");
        let sellers = running.sellers();
        let client = client(&running.base(), &sellers[0].token);
        let seller = SellerId::from(sellers[0].seller.to_string());
        macro_rules! takes {
            ($call:expr) => {{
                let call = $call;
                let reply = client.send(&seller, &call).await;
                let reply = reply.unwrap_or_else(|error| panic!("{}: {error}", call.endpoint()));
                reply.read().unwrap_or_else(|error| panic!("{}: {error}", call.endpoint()))
            }};
        }
        takes!(integrator::Enable { user_id: seller.to_string() });
        let phones = takes!(device::Phones);
        assert!(phones.devices.iter().any(|phone| phone.name == "dispositivo"), "{phones:?}");
        let order = takes!(cup());
        assert_eq!(takes!(point_order::Get { id: order.id.to_string() }).status, "OPEN");
        takes!(point_order::Delete { id: order.id.to_string() });
        takes!(cup());
        takes!(point_order::DeleteByDevice { device_name: "dispositivo".to_owned() });
        takes!(test_user::Create { site: "MLA".to_owned(), description: None });
        assert!(!takes!(integrator::Show).is_valid_webhook);
        takes!(integrator::SetWebhook { address: "http://127.0.0.1:1/webhook".to_owned() });
        let device = takes!(device::Devices::default()).devices.swap_remove(0).id;
        let intent = takes!(in_argentina(&device));
        assert_eq!(takes!(payment_intent::Get { id: intent.id.clone() }).state, "OPEN");
        takes!(payment_intent::Cancel { device, id: intent.id });
        takes!(device::ForgetPhone { name: "dispositivo".to_owned() });
        running.stop().await;
    });
}
