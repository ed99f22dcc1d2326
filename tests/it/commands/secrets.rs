//! No address that is written wrongly gives its password away.

use crate::bin::Desk;

/// Addresses of a database, each with a slip of the pen.
const DATABASES: [&str; 10] = [
    "postgres//clerk:SECRET@127.0.0.1/books",
    "postgres:/clerk:SECRET@127.0.0.1/books",
    "postgres:clerk:SECRET@127.0.0.1/books",
    "Postgres://clerk:SECRET@127.0.0.1/books",
    "clerk:SECRET@127.0.0.1/books",
    "SECRET@127.0.0.1/books",
    "host=127.0.0.1 user=clerk password=SECRET",
    "postgres:///clerk:SECRET@127.0.0.1/books",
    "postgres://clerk:#SECRET@127.0.0.1/books",
    "postgres://clerk@127.0.0.1:1/books?pwd=SECRET",
];

/// Addresses of a broker, likewise.
const BROKERS: [&str; 7] = [
    "amqp//clerk:SECRET@127.0.0.1/",
    "amqp:/clerk:SECRET@127.0.0.1",
    "amqp:clerk:SECRET@127.0.0.1",
    "clerk:SECRET@127.0.0.1",
    "SECRET@127.0.0.1",
    "amqp://clerk:#SECRET@127.0.0.1:1/",
    "amqp://clerk@127.0.0.1:1?password=SECRET",
];

#[track_caller]
fn check(desk: &Desk, args: &[&str], variables: &[(&str, &str)]) {
    let loud = [variables, &[("CONCILIAR_LOG", "warn")]].concat();
    let ran = desk.run_with(args, &loud, "");
    assert!(
        matches!(ran.code, 1 | 2),
        "{args:?} {variables:?} ended with {}: {}{}",
        ran.code,
        ran.out,
        ran.err
    );
    for told in [&ran.out, &ran.err] {
        assert!(!told.contains("SECRET"), "{args:?} {variables:?}: {told}");
    }
}

#[test]
fn an_address_of_a_database_keeps_its_password() {
    let desk = Desk::new();
    for address in DATABASES {
        for verb in [&["doctor"][..], &["migrate"], &["report", "balances"]] {
            check(&desk, &[&["--db", address], verb].concat(), &[]);
            check(&desk, verb, &[("CONCILIAR_DB", address)]);
        }
    }
}

#[test]
fn an_address_of_a_broker_keeps_its_password() {
    let desk = Desk::new();
    for address in BROKERS {
        for verb in [&["doctor"][..], &["migrate"], &["work"]] {
            check(&desk, &[&["--broker", address], verb].concat(), &[]);
            check(&desk, verb, &[("CONCILIAR_BROKER", address)]);
        }
    }
}
