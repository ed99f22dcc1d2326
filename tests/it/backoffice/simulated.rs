//! The same verbs against the simulator: a charge in every generation, from asking to the payment.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;
use simulator::{Options, Running, Simulator};
use tokio::runtime::Runtime;

use crate::bin::{Desk, Ran, list, text};

/// A till beside a simulator.
pub(super) struct Till {
    pub(super) desk: Desk,
    address: SocketAddr,
    base: String,
    pub(super) token: String,
    pub(super) seller: String,
    _running: Running,
    // The last to go: the simulator runs on it.
    _runtime: Runtime,
}

impl Till {
    pub(super) fn open() -> Self {
        // Another test of this process may have installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let runtime = Runtime::new().expect("a runtime");
        let running = runtime.block_on(Simulator::start(Options::new(7))).expect("the simulator starts");
        let [seller] = running.sellers().try_into().unwrap_or_else(|_| panic!("one seller was expected"));
        let desk = Desk::new();
        desk.write(
            "shop.toml",
            format!("[sellers]\n\"{}\" = {{ site = \"{}\" }}\n", seller.seller, seller.site),
        );
        Self {
            desk,
            address: running.address(),
            base: running.base(),
            token: seller.token,
            seller: seller.seller.to_string(),
            _running: running,
            _runtime: runtime,
        }
    }

    fn run(&self, line: &str) -> Ran {
        self.run_with(line, &[])
    }

    /// Runs a verb with variables of its own.
    pub(super) fn run_with(&self, line: &str, more: &[(&str, &str)]) -> Ran {
        let words: Vec<_> = "--config shop.toml --format json".split(' ').chain(line.split(' ')).collect();
        let mut variables =
            vec![("CONCILIAR__CLIENT__BASE", self.base.as_str()), ("CONCILIAR_TOKEN", &self.token)];
        variables.extend(more);
        self.desk.run_with(&words, &variables, "")
    }

    #[track_caller]
    fn told(&self, line: &str) -> Value {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{line}: {error}: {}", ran.out))
    }

    /// Switches charges on phones on; the answer is empty.
    #[track_caller]
    fn enable(&self) {
        let ran = self.run(&format!("integrator enable --seller {}", self.seller));
        assert_eq!(ran.code, 0, "{}", ran.err);
    }

    /// Something done by its administration, or without a token.
    #[track_caller]
    pub(super) fn admin(&self, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("the simulator listens");
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: simulator\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes()).expect("it is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it is answered");
        assert!(answer.starts_with("HTTP/1.1 2"), "{path}: {answer}");
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }

    /// The terminal that works by itself, and the one that waits for people.
    fn terminals(&self) -> (String, String) {
        let (id, till) = (&self.seller, "SMARTPOS");
        (format!("PAX_A910__{till}{id}"), format!("NEWLAND_N950__N950NCB{id}"))
    }

    pub(super) fn wait(&self, seconds: u32) {
        self.admin("/admin/advance", &format!(r#"{{"by_seconds":{seconds}}}"#));
    }
}

#[test]
fn the_terminals_of_every_generation_are_listed_and_set() {
    let till = Till::open();
    let (scripted, by_hand) = till.terminals();
    let devices = till.told("device list");
    let ids: Vec<_> = list(&devices, "devices").iter().map(|device| text(device, "id")).collect();
    assert!(ids.contains(&scripted.as_str()) && ids.contains(&by_hand.as_str()), "{devices}");
    let terminals = till.told("device list --generation order");
    assert_eq!(list(&terminals["data"], "terminals").len(), ids.len(), "{terminals}");
    till.enable();
    let phones = till.told("device list --generation point-order");
    assert_eq!(list(&phones, "devices").len(), ids.len(), "{phones}");
    let mode = till.told(&format!("device mode {by_hand} standalone"));
    assert_eq!(text(&mode, "operating_mode"), "STANDALONE");
}

#[test]
fn an_order_is_paid_on_a_terminal_and_its_payment_is_read() {
    let till = Till::open();
    let (scripted, _) = till.terminals();
    let made =
        till.told(&format!("intent create --device {scripted} --amount 24.00 --reference till-4-0001"));
    assert_eq!((text(&made, "status"), text(&made, "external_reference")), ("created", "till-4-0001"));
    till.wait(60);
    let order = till.told(&format!("intent get {}", text(&made, "id")));
    assert_eq!(text(&order, "status"), "processed", "{order}");
    let payment = text(&order["transactions"]["payments"][0], "reference_id").to_owned();
    let payment = till.told(&format!("payment get {payment}"));
    assert_eq!(text(&payment, "status"), "approved", "{payment}");
    let found = till.told("payment search --status approved");
    assert_eq!(list(&found, "results").len(), 1, "{found}");
}

#[test]
fn intents_of_older_generations_are_paid_too() {
    let till = Till::open();
    let (scripted, _) = till.terminals();
    let line =
        format!("intent create --generation payment-intent --device {scripted} --amount 15.00 --ticket T1");
    let intent = till.told(&line);
    till.wait(60);
    let read = till.told(&format!("intent get {} --generation payment-intent", text(&intent, "id")));
    assert_eq!((text(&read, "state"), &read["amount"]), ("FINISHED", &1500.into()), "{read}");

    let line =
        format!("intent create --generation instore --device {scripted} --amount 10.14 --description bread");
    let intent = till.told(&line);
    till.wait(60);
    let read = till.told(&format!("intent get {} --generation instore", text(&intent, "id")));
    assert_eq!(text(&read, "status"), "CLOSED", "{read}");

    till.enable();
    let line = "intent create --generation point-order --device dispositivo --amount 100 --description taza --card credit";
    let order = till.told(line);
    till.wait(60);
    let read = till
        .told(&format!("intent get {} --generation point-order", order["id"].to_string().trim_matches('"')));
    assert_eq!((text(&read, "status"), text(&read, "payment_status")), ("CLOSED", "approved"), "{read}");
}

#[test]
fn what_nobody_took_is_cancelled_and_what_a_terminal_holds_is_not() {
    let till = Till::open();
    let (_, by_hand) = till.terminals();
    let free = |line: &str, id: &str| {
        till.run(&format!("{} --actor ana --reason left --yes --send", line.replace("ID", id)))
    };
    let order = text(&till.told(&format!("intent create --device {by_hand} --amount 24")), "id").to_owned();
    assert_eq!(free("intent cancel ID", &order).code, 0);
    let order = text(&till.told(&format!("intent create --device {by_hand} --amount 24")), "id").to_owned();
    till.admin(&format!("/admin/devices/{by_hand}/take"), "");
    let held = free("intent cancel ID", &order);
    assert!(held.code == 1 && held.err.contains("--at-terminal"), "{}{}", held.out, held.err);
    let asked = free("intent cancel ID --at-terminal", &order);
    assert_eq!(asked.code, 3, "a request is no cancellation: {}{}", asked.out, asked.err);
    till.admin(&format!("/admin/devices/{by_hand}/cancel"), "");

    let line = format!("intent create --generation payment-intent --device {by_hand} --amount 15.00");
    let intent = text(&till.told(&line), "id").to_owned();
    let cancel = format!("intent cancel ID --generation payment-intent --device {by_hand}");
    till.admin(&format!("/admin/devices/{by_hand}/take"), "");
    assert_eq!(free(&cancel, &intent).code, 1);
    till.admin(&format!("/admin/devices/{by_hand}/cancel"), "");
    let intent = text(&till.told(&line), "id").to_owned();
    assert_eq!(free(&cancel, &intent).code, 0);
    let line =
        format!("intent create --generation instore --device {by_hand} --amount 15.00 --description bread");
    let intent = text(&till.told(&line), "id").to_owned();
    assert_eq!(free("intent cancel ID --generation instore", &intent).code, 0);
}

#[test]
fn a_busy_terminal_and_a_second_order_under_one_key_are_told_apart() {
    let till = Till::open();
    let (_, by_hand) = till.terminals();
    let line = format!("intent create --device {by_hand} --amount 24 --reference till-4 --key till-4");
    let first = till.told(&line);
    assert_eq!(till.told(&line)["id"], first["id"], "the same key again makes nothing new");
    let busy = till.run(&format!("intent create --device {by_hand} --amount 24"));
    assert!(busy.code == 1 && busy.err.contains("something else is under way there"), "{}", busy.err);
}
