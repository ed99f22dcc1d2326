//! What works with SQLite works with PostgreSQL, to the byte.

use std::process::Command;

use super::{hint, line};
use crate::bin::{Desk, OCTOBER, Ran, list};
use crate::close::files;
use crate::schema::Schema;

const ROLES: &str = include_str!("../../../config/postgres-roles.sql");
const PAYMENT: &str = include_str!("../../fixtures/payment/simple_fee.json");
/// The clock of runs that are compared: a report names the instant at which its facts were recorded.
const AT: &str = "2026-11-02T12:00:00Z";

/// Reports that hold no instant of this run.
const REPORTS: [&str; 17] = [
    "balances",
    "payments",
    "refunds",
    "intents",
    "rejections",
    "statement",
    "journal",
    "inbox",
    "deadlines",
    "subscriptions",
    "mrr",
    "churn",
    "collection",
    "cohorts",
    "ageing",
    "forecast",
    "deferred",
];

/// Runs a verb on both databases; everything that it tells must be the same.
#[track_caller]
fn both(desk: &Desk, postgres: &str, args: &[&str]) -> Ran {
    let run = |db: &str| desk.run(&[&["--at", AT, "--db", db], args].concat());
    let (on_sqlite, on_postgres) = (run("sqlite:conciliar.db"), run(postgres));
    assert_eq!(on_postgres.err, on_sqlite.err, "{args:?}");
    assert!(on_postgres.out == on_sqlite.out, "{args:?} prints something else");
    assert_eq!(on_postgres.code, on_sqlite.code, "{args:?}");
    on_postgres
}

#[test]
fn october_closes_to_the_same_bytes_on_both_databases() {
    let (desk, schema) = (Desk::new(), Schema::new());
    let close = |db: &str, out: &str| desk.run(&["--at", AT, "--db", db, "close", OCTOBER, "--out", out]);
    let (on_sqlite, on_postgres) = (close("sqlite:conciliar.db", "sqlite"), close(&schema.url(), "postgres"));
    assert_eq!((on_sqlite.code, on_postgres.code), (0, 0), "{}", on_postgres.err);
    assert_eq!(on_postgres.err.replace("in postgres\n", "in sqlite\n"), on_sqlite.err);
    assert!(on_postgres.out == on_sqlite.out, "the summaries differ");
    let (on_sqlite, on_postgres) = (files(&desk.path("sqlite")), files(&desk.path("postgres")));
    assert_eq!(on_postgres.keys().collect::<Vec<_>>(), on_sqlite.keys().collect::<Vec<_>>());
    assert_eq!(on_postgres.len(), 35);
    for (name, bytes) in &on_sqlite {
        assert!(bytes == &on_postgres[name], "{name} differs between the databases");
    }
    let settlement = format!("{OCTOBER}/settlement-report-1122334455-2026-11-01.csv");
    let release = format!("{OCTOBER}/release-report-1122334455-2026-11-01.csv");
    for report in REPORTS {
        for format in ["json", "csv", "text"] {
            both(&desk, &schema.url(), &["report", report, "--format", format]);
        }
    }
    both(&desk, &schema.url(), &["report", "journal", "--format", "hledger"]);
    both(&desk, &schema.url(), &["report", "balances", "--as-of", "2026-10-15"]);
    both(&desk, &schema.url(), &["report", "balances", "--known-at", "2026-11-01"]);
    both(&desk, &schema.url(), &["reconcile", "settlement", &settlement, "--format", "json"]);
    both(&desk, &schema.url(), &["reconcile", "release", &release, "--format", "json"]);
    both(&desk, &schema.url(), &["replay", "--format", "json"]);
    both(&desk, &schema.url(), &["replay", "--as-of", "2026-10-15"]);
    both(&desk, &schema.url(), &["replay", "--stream", "payment/1122334455/129000000009"]);
    both(&desk, &schema.url(), &["inbox", "list", "--limit", "2000", "--format", "json"]);
    both(&desk, &schema.url(), &["inbox", "list", "--verdict", "undecodable"]);
    let verified = both(&desk, &schema.url(), &["replay", "--verify", "--format", "json"]);
    assert_eq!(verified.code, 0, "{}", verified.out);
}

#[test]
fn single_deliveries_are_the_same_on_both_databases() {
    let (desk, schema) = (Desk::new(), Schema::new());
    desk.write("hint.ndjson", hint());
    desk.write("payment.ndjson", line("resource", "fetch-1", r#","caused_by":"hint-1""#, PAYMENT));
    desk.write("other.ndjson", line("resource", "fetch-1", "", super::VOUCHER));
    desk.write("voucher.json", super::VOUCHER);
    let url = schema.url();
    let missing = desk.run(&["report", "balances", "--db", &url]);
    assert_eq!(missing.code, 1, "there is nothing to report from yet");
    assert!(missing.err.contains("`conciliar migrate` creates it"), "{}", missing.err);
    desk.done(&["migrate"]);
    desk.done(&["migrate", "--db", &url]);
    for args in [
        &["ingest", "hint.ndjson"][..],
        &["ingest", "payment.ndjson", "voucher.json"],
        &["ingest", "payment.ndjson"],
        &["ingest", "other.ndjson", "--strict"],
        &["sweep"],
        &["sweep"],
        &["inbox", "show", "hint-1"],
        &["inbox", "show", "nothing"],
        &["inbox", "retry", "fetch-1"],
        &["inbox", "retry", "nothing"],
        &["inbox", "list", "--format", "json"],
        &["inbox", "list", "--limit", "1"],
        &["report", "payments", "--format", "json"],
        &["report", "balances", "--format", "json"],
        &["replay", "--stream", "payment/1/2"],
        &["replay", "--verify"],
    ] {
        both(&desk, &url, args);
    }
}

#[test]
fn the_doctor_and_migrate_know_postgres_and_hide_its_password() {
    let (desk, schema) = (Desk::new(), Schema::new());
    let url = schema.url().replacen("postgres@", "postgres:geheim@", 1);
    assert!(url.contains("geheim"), "the address of the tests names the user postgres and no password");
    let missing = desk.run(&["doctor", "--db", &url]);
    assert_eq!(missing.code, 1, "{}", missing.out);
    assert!(missing.out.contains("try: conciliar migrate --db \"$CONCILIAR_DB\"\n"), "{}", missing.out);
    let migrated = desk.run(&["migrate", "--db", &url]);
    assert_eq!(migrated.code, 0, "{}", migrated.err);
    let well = desk.run(&["doctor", "--db", &url]);
    assert_eq!(well.code, 0, "{}", well.out);
    assert!(well.out.contains("ok    store: PostgreSQL 1"), "{}", well.out);
    assert!(well.out.contains(", schema version 7\n"), "{}", well.out);
    for ran in [missing, migrated, well] {
        assert!(!ran.out.contains("geheim") && !ran.err.contains("geheim"), "{}{}", ran.out, ran.err);
    }
    let listed = desk.json(&["inbox", "list", "--db", &url]);
    assert_eq!(list(&listed, "deliveries").len(), 0);
}

/// The role that `config/postgres-roles.sql` makes for writers, under a name of the test's own, dropped with it.
struct Writer<'s> {
    schema: &'s Schema,
    name: String,
}

impl<'s> Writer<'s> {
    fn new(schema: &'s Schema) -> Self {
        let prefix = format!("{}_", schema.name());
        schema.execute(format!(
            "SET search_path = {}; {}",
            schema.name(),
            ROLES.replace("conciliar_", &prefix)
        ));
        Self { schema, name: format!("{prefix}writer") }
    }

    fn url(&self) -> String {
        format!("{}%20-c%20role%3D{}", self.schema.url(), self.name)
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        let (writer, reader) = (&self.name, self.name.replace("writer", "reader"));
        self.schema.execute(format!("DROP OWNED BY {writer}, {reader}; DROP ROLE {writer}, {reader}"));
    }
}

#[test]
fn the_doctor_names_every_right_that_a_writer_lacks() {
    let (desk, schema) = (Desk::new(), Schema::new());
    desk.done(&["migrate", "--db", &schema.url()]);
    let writer = Writer::new(&schema);
    let (name, books) = (&writer.name, schema.name());
    let well = desk.done(&["doctor", "--db", &writer.url()]);
    assert!(well.contains(&format!("ok    store: its role {name} may write\n")), "{well}");
    let rights = [
        format!("INSERT ON {books}.attempts"),
        format!("UPDATE (balance_minor) ON {books}.balances"),
        format!("DELETE ON {books}.bodies"),
    ];
    for right in &rights {
        schema.execute(format!("REVOKE {right} FROM {name}"));
    }
    let ran = desk.run(&["doctor", "--db", &writer.url()]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let told = format!("FAIL  store: its role {name} has no right to {}\n", rights.join("; "));
    assert!(ran.out.contains(&told), "{}", ran.out);
    let line = ran.out.lines().find_map(|line| line.split_once("try: psql ")).expect("it says what to try").1;
    let pasted =
        Command::new("sh").args(["-c", &format!("printf '%s\\n' {line}")]).output().expect("a shell");
    let words = String::from_utf8(pasted.stdout).expect("text");
    let words: Vec<&str> = words.lines().collect();
    let [server, "-c", grants] = words[..] else { panic!("{line} is {words:?}") };
    assert!(server.starts_with("postgres://postgres@"), "{server}");
    schema.execute(grants.to_owned());
    let mended = desk.run(&["doctor", "--db", &writer.url()]);
    assert_eq!(mended.code, 0, "{}", mended.out);
}
