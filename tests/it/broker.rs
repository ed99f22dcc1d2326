//! What an operator does with RabbitMQ before the first delivery, on a node of these tests' own: certificates, permissions
//! and definitions.

use std::process::Command;
use std::sync::OnceLock;

use broker::address::{Address, Addresses};
use broker::check::{Finding, check};
use broker::connection::Broker;
use broker::topology::Topology;
use xtask::services::rabbit::Rabbit;

/// What the repository offers to import.
const DEFINITIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/rabbitmq.json");

/// In front of the names of the test with the certificate.
const TLS: &str = "tls.";
/// In front of those of the test with the permissions.
const STRICT: &str = "strict.";

/// One for all tests of this file; it ends with their process.
fn node() -> &'static Rabbit {
    static NODE: OnceLock<Rabbit> = OnceLock::new();
    NODE.get_or_init(|| Rabbit::start_with_tls().expect("RabbitMQ starts"))
}

/// The queues of a test, as the definitions have them when nothing is in front of their names.
fn topology(prefix: &str) -> Topology {
    Topology { prefix: prefix.to_owned(), shards: 8 }
}

async fn checked(url: &str, prefix: &str) -> Vec<Finding> {
    check(&Addresses::parse(url).expect("the address of a node"), topology(prefix)).await
}

async fn declare(url: &str, prefix: &str) {
    let address = Address::parse(url).expect("the address of a node");
    let broker = Broker::connect(&address, topology(prefix), "test").await.expect("the node answers");
    broker.declare().await.expect("nothing differs");
    broker.close().await.expect("the connection is open");
}

/// What is wrong, and what mends it.
fn wrong(findings: Vec<Finding>) -> Vec<(String, String)> {
    let wrong = findings.into_iter().filter(|finding| !finding.ok);
    wrong.map(|finding| (finding.what, finding.mend.expect("each says what mends it"))).collect()
}

/// The words of a command after its program, as a shell reads them.
fn words(line: &str) -> Vec<String> {
    let arguments = line.strip_prefix("rabbitmqctl ").expect("it is for rabbitmqctl");
    let told = Command::new("sh").args(["-c", &format!("printf '%s\\n' {arguments}")]).output();
    let told = String::from_utf8(told.expect("sh starts").stdout).expect("words are text");
    told.lines().map(str::to_owned).collect()
}

/// What the node says of its queues, exchanges and bindings, without those of the other tests.
fn declared() -> Vec<String> {
    let lists = [
        &["list_queues", "name", "type", "durable", "arguments"][..],
        &["list_exchanges", "name", "type", "durable", "arguments"],
        &["list_bindings"],
    ];
    let told = lists.map(|list| node().ctl(list).expect("the node lists them")).concat();
    told.lines()
        .filter(|row| ![TLS, STRICT].iter().any(|others| row.contains(others)))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_trusted_when_its_authority_is_named() {
    let tls = node().tls().expect("the node speaks TLS");
    let trusting = format!("{}?cacertfile={}", tls.url(), tls.authority().display());
    declare(&trusting, TLS).await;
    assert_eq!(wrong(checked(&trusting, TLS).await), []);

    let [(what, mend)] = wrong(checked(&tls.url(), TLS).await).try_into().expect("one finding");
    assert_eq!(what, "could not connect to the broker: invalid peer certificate: UnknownIssuer");
    assert_eq!(
        mend,
        "name the authority of the broker's certificate: add ?cacertfile=FILE to the amqps:// address"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permissions_that_the_check_asks_for_are_enough() {
    let guest = node().url();
    declare(&guest, STRICT).await;
    node().ctl(&["add_user", "clerk", "secret"]).expect("a user is added");
    node().ctl(&["set_permissions", "-p", "/", "clerk", "^$", "^$", "^$"]).expect("it may nothing");
    let clerk = guest.replace("guest:guest", "clerk:secret");

    let found = wrong(checked(&clerk, STRICT).await);
    // Two exchanges, ten queues, and publishing to two exchanges.
    assert_eq!(found.len(), 14, "{found:#?}");
    let (_, mend) = &found[0];
    assert!(
        found.iter().all(|(what, other)| what.contains("403 ACCESS_REFUSED") && other == mend),
        "{found:#?}"
    );
    let mend = words(mend);
    node().ctl(&mend.iter().map(String::as_str).collect::<Vec<_>>()).expect("the command is one");
    assert_eq!(wrong(checked(&clerk, STRICT).await), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_definitions_are_what_the_program_declares() {
    assert_eq!(wrong(checked(&node().url(), "").await).len(), 13, "the node has none of them");
    node().ctl(&["import_definitions", DEFINITIONS]).expect("the definitions are imported");
    assert_eq!(wrong(checked(&node().url(), "").await), []);
    let imported = declared();
    declare(&node().url(), "").await;
    assert_eq!(declared(), imported);
}
