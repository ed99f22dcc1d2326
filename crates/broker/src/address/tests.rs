//! What is accepted, what is refused, and that no password shows.

use std::collections::BTreeSet;

use super::{Address, AddressError, Addresses};

fn check(text: &str, expect: &str) {
    let address = Address::parse(text).expect("an address");
    assert_eq!(address.to_string(), expect, "{text}");
    assert_eq!(format!("{address:?}"), format!("Address({expect})"));
}

fn refused(text: &str, expect: &str) {
    assert_eq!(Address::parse(text).expect_err("no address").to_string(), expect, "{text}");
}

#[test]
fn the_parts_of_an_address_are_read() {
    check("amqp://guest:guest@127.0.0.1:5672", "amqp://guest:***@127.0.0.1:5672/");
    check("amqp://localhost", "amqp://guest:***@localhost:5672/");
    check("amqp://127.8.9.1/", "amqp://guest:***@127.8.9.1:5672/");
    check("amqp://[::1]:5673/%2F", "amqp://guest:***@[::1]:5673/");
    check("amqps://ana:s%40crt@mq.example/shop", "amqps://ana:***@mq.example:5671/shop");
    check("amqps://ana:x@[2001:db8::1]/a%2Fb", "amqps://ana:***@[2001:db8::1]:5671/a/b");
    let trusting = Address::parse("amqps://mq.example?cacertfile=/etc/ca.pem").expect("an address");
    assert_eq!(trusting.ca_file().expect("a file").to_str(), Some("/etc/ca.pem"));
    assert_eq!(trusting.vhost(), "/");
}

#[test]
fn escaped_passwords_reach_the_broker_unescaped() {
    let address = Address::parse("amqps://an%3Aa:s%40c%2Frt@mq.example").expect("an address");
    assert_eq!(address.user(), "an:a");
    assert_eq!(address.uri().authority.userinfo.password, "s@c/rt");
}

#[test]
fn plain_text_leaves_this_machine_under_no_name() {
    let hosts = [
        "mq.example",
        "10.0.0.7",
        "127.0.0.1.example.com",
        "0.0.0.0",
        "[2001:db8::1]",
        "localhost.example",
        "2130706433",
    ];
    for host in hosts {
        refused(
            &format!("amqp://ana:secret@{host}"),
            &format!("amqp:// is plain text and allowed to this machine only; use amqps://{host}:5672"),
        );
    }
}

#[test]
fn what_is_no_address_is_refused_without_repeating_it() {
    let form = "not an address of the form amqps://user:password@host:port/vhost";
    refused("", form);
    refused("localhost:secret@x", "`localhost` is not the scheme of a broker; amqp and amqps are");
    refused("amqp:///", form);
    refused("amqps://ana:secret@mq.example:99999", form);
    refused("amqps:ana:secret", form);
    refused("https://mq.example", "`https` is not the scheme of a broker; amqp and amqps are");
    refused("amqps://mq.example?heartbeat=1", "unknown parameter `heartbeat`; `cacertfile` is known");
    assert_eq!(Address::parse("amqp://localhost?cacertfile=a"), Err(AddressError::Unused));
}

#[test]
fn a_cluster_has_an_address_for_each_node() {
    let nodes = Addresses::parse("amqps://ana:x%2Cy@a.example, amqps://ana:x@b.example/").expect("addresses");
    let expect = "amqps://ana:***@a.example:5671/,amqps://ana:***@b.example:5671/";
    assert_eq!(nodes.to_string(), expect);
    assert_eq!(format!("{nodes:?}"), format!("Addresses({expect})"));
    let one = Addresses::from(Address::parse("amqp://localhost").expect("an address"));
    assert_eq!(one.to_string(), "amqp://guest:***@localhost:5672/");
}

#[test]
fn the_address_that_is_none_is_told_by_its_place() {
    let check = |text: &str, expect: &str| {
        assert_eq!(Addresses::parse(text).expect_err("not addresses").to_string(), expect, "{text}");
    };
    let form = "not an address of the form amqps://user:password@host:port/vhost";
    check("", form);
    check("amqp://localhost,", &format!("address 2 of 2: {form}"));
    check(
        "amqp://localhost,ana:secret,amqp://[::1]",
        "address 2 of 3: `ana` is not the scheme of a broker; amqp and amqps are",
    );
}

#[test]
fn every_node_has_its_turn_and_any_may_be_first() {
    let nodes = Addresses::parse("amqp://127.0.0.1,amqp://127.0.0.2,amqp://127.0.0.3").expect("addresses");
    let turns: BTreeSet<Vec<&str>> = (0..200).map(|_| nodes.in_turn().map(Address::host).collect()).collect();
    let (a, b, c) = ("127.0.0.1", "127.0.0.2", "127.0.0.3");
    assert_eq!(turns, BTreeSet::from([vec![a, b, c], vec![b, c, a], vec![c, a, b]]));
}
