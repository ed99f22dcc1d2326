//! Every error message of the command line that can be provoked, in one place where it can be read and judged.

use std::fmt::Write;

use crate::bin::Desk;

/// Commands that must fail, in the order of the gallery.
const FAILING: &[&str] = &[
    "--db books.db migrate",
    "--db sqlite: migrate",
    "--db mysql://clerk:SECRET@localhost/books migrate",
    "--db postgres://clerk:SECRET@localhost:port/books migrate",
    "--db postgres//clerk:SECRET@localhost/books migrate",
    "--db postgres:/clerk:SECRET@localhost migrate",
    "--db clerk:SECRET@localhost/books migrate",
    "--db postgres://clerk:#SECRET@localhost/books migrate",
    "--db postgres://clerk@localhost/books?pass=SECRET migrate",
    "--db postgres://localhost/books migrate",
    "--db postgres://clerk:SECRET@db.example/books?sslmode=prefer migrate",
    "--db postgres://clerk:SECRET@127.0.0.1:1/books migrate",
    "--db postgres://clerk:SECRET@127.0.0.1:1/books report balances",
    "--db postgres://clerk@127.0.0.1:1/books?password=SECRET report balances",
    "--db sqlite:no/such/folder/books.db migrate",
    "--db sqlite:notes.txt migrate",
    "--db sqlite:notes.txt report balances",
    "--db sqlite:missing.db report balances",
    "--db sqlite:missing.db replay --verify",
    "--db sqlite:missing.db inbox list",
    "--db sqlite:missing.db reconcile settlement good.csv",
    "--config missing.toml migrate",
    "--config notes.txt migrate",
    "--config unknown-key.toml migrate",
    "--config unknown-section.toml migrate",
    "--config bad-zone.toml migrate",
    "--config bad-language.toml migrate",
    "--config empty-batch.toml migrate",
    "--config no-shards.toml migrate",
    "--config odd-shards.toml migrate",
    "--config many-shards.toml migrate",
    "--config large-prefetch.toml migrate",
    "--config bad-charge.toml migrate",
    "--config seller-without-site.toml migrate",
    "--at yesterday migrate",
    "--at 2026-02-30 migrate",
    "report balances --as-of 31/10/2026",
    "report balances --known-at soon",
    "report balances --format html",
    "report balances --format hledger",
    "report payments --format hledger",
    "report inbox --format html",
    "report journal --format html",
    "report weather",
    "report balances --strict",
    "report coverage --as-of 2026-10-31",
    "report coverage --format html",
    "poll --once",
    "poll --once --only weather",
    "poll --once --listen 127.0.0.1:0",
    "close",
    "close missing",
    "close notes.txt",
    "close empty",
    "close folder --out folder/out",
    "close folder --from 2026-10-31 --to 2026-10-01",
    "close folder --from yesterday",
    "close folder --as-of soon",
    "close folder --format hledger",
    "close folder --out notes.txt",
    "ingest",
    "ingest missing.ndjson",
    "ingest notes.txt",
    "ingest folder",
    "ingest folder.json",
    "ingest --publish folder/payment.json",
    "ingest --publish --strict folder/payment.json",
    "ingest --publish --broker amqp://clerk:SECRET@queues.example folder/payment.json",
    "ingest --publish --broker amqp://clerk:SECRET@127.0.0.1:1 --config impatient.toml folder/payment.json",
    "migrate --broker http://queues.example",
    "migrate --broker queues.example",
    "migrate --broker amqps://clerk:SECRET@queues.example?heartbeat=1",
    "migrate --quiet --broker amqp://clerk:SECRET@127.0.0.1:1",
    "serve",
    "serve --embedded",
    "serve --embedded --config written-secret.toml",
    "serve --embedded --config absent-secret.toml",
    "serve --embedded --config same-secret.toml",
    "serve --embedded --config late-answer.toml",
    "serve --embedded --listen nowhere --config shop.toml",
    "work",
    "work --shards some",
    "work --shards 0,8 --broker amqp://clerk:SECRET@127.0.0.1:1",
    "work --listen nowhere --broker amqp://clerk:SECRET@127.0.0.1:1",
    "work --db sqlite:no/such/folder/books.db --broker amqp://clerk:SECRET@127.0.0.1:1",
    "reconcile bank good.csv",
    "reconcile settlement missing.csv",
    "reconcile settlement notes.txt",
    "reconcile settlement empty.csv",
    "reconcile settlement good.csv",
    "reconcile release good.csv --format hledger",
    "reconcile release good.csv --as-of soon",
    "replay --verify --stream payment/1/2",
    "replay --stream payment",
    "replay --stream parcel/1/2",
    "replay --stream payment/1/2",
    "replay --format csv",
    "inbox list --verdict lost",
    "inbox list --format csv",
    "inbox show nothing",
    "inbox retry nothing",
    "inbox retry LARGE",
    "auth",
    "auth login",
    "auth login --seller me",
    "auth login --seller 1122334455",
    "auth login --seller 1122334455 --application 77",
    "auth refresh --seller 1122334455",
    "auth forget --seller 1122334455",
    "auth import --seller 1122334455 --token SECRET",
    "auth import --seller 1122334455 --token env:CONCILIAR_NEVER_SET",
    "auth import --seller 1122334455 --token file:empty.csv",
    "auth status --format html",
    "auth key --file notes.txt --id a",
    "auth key --file vault.keys --id a/b",
    "device list",
    "device list --token-file missing",
    "device list --token-file notes.txt",
    "device list --token-file token.txt --format csv",
    "device list --token-file token.txt --generation point-order --store 7",
    "device mode PAX_1 pdv --token-file token.txt --generation point-order",
    "integrator enable --token-file token.txt",
    "integrator webhook shop.example --token-file token.txt",
    "intent create",
    "intent create --device PAX_1 --amount 24 --token-file token.txt",
    "intent create --device PAX_1 --amount 24 --token-file token.txt --site XXX",
    "intent create --device PAX_1 --amount much --token-file token.txt --site MLA",
    "intent create --device PAX_1 --amount 4.99 --generation payment-intent --token-file token.txt --site MLA",
    "intent create --device PAX_1 --amount 24 --notify https://shop.example",
    "intent create --pos TILL4 --amount 24 --token-file token.txt --site MLA",
    "intent create --device PAX_1 --amount 24 --generation point-order --token-file token.txt --site MLA",
    "intent get 1 --qr",
    "intent cancel",
    "intent cancel 1 --generation payment-intent --token-file token.txt",
    "payment search --by approved",
    "payment search --from soon --to 2026-10-31 --token-file token.txt",
    "payment get 1 --token-file token.txt --config nowhere.toml",
    "test-user create --site XXX --token-file token.txt",
    "test-user create --site MLA --out notes.txt --token-file token.txt",
    "completions cobol",
];

/// What the failing commands stumble over.
fn desk() -> Desk {
    let desk = Desk::new();
    for (name, text) in [
        ("notes.txt", "nothing but notes\n"),
        ("unknown-key.toml", "[reporting]\ntimezone = \"UTC\"\n"),
        ("unknown-section.toml", "[reports]\nlanguage = \"es\"\n"),
        ("bad-zone.toml", "[reporting]\ntime_zone = \"America/Springfield\"\n"),
        ("bad-language.toml", "[reporting]\nlanguage = \"fr\"\n"),
        ("empty-batch.toml", "[ingest]\nbatch = 0\n"),
        ("no-shards.toml", "[broker]\nshards = 0\n"),
        ("odd-shards.toml", "[store]\nshards = 3\n"),
        ("many-shards.toml", "[store]\nshards = 2000\n[broker]\nshards = 2000\n"),
        ("large-prefetch.toml", "[work]\nbatch = 30000\n"),
        ("impatient.toml", "[broker]\npatience_seconds = 0\n"),
        ("bad-charge.toml", "[policy.charges]\nprocessing = 9999\n"),
        ("token.txt", "APP_USR-SECRET\n"),
        ("nowhere.toml", "[client]\nbase = \"http://127.0.0.1:1\"\nretries = 0\n"),
        ("seller-without-site.toml", "[sellers]\n\"1122334455\" = {}\n"),
        ("written-secret.toml", "[sellers.1122334455]\nsite = \"MLA\"\nhooks.secrets = \"SECRET\"\n"),
        ("absent-secret.toml", "[sellers.1122334455]\nsite = \"MLA\"\nhooks.secrets = \"env:ABSENT\"\n"),
        (
            "same-secret.toml",
            "[sellers.1122334455.hooks]\nsecrets = \"file:notes.txt\"\npoint_token = \"file:notes.txt\"\n[sellers.1122334455]\nsite = \"MLA\"\n",
        ),
        ("late-answer.toml", "[serve]\nanswer_seconds = 22\n"),
        ("shop.toml", "[sellers.1122334455]\nsite = \"MLA\"\nhooks.secrets = \"file:notes.txt\"\n"),
        ("empty/README.md", "nothing to close\n"),
        ("folder/payment.json", include_str!("../fixtures/payment/simple_fee.json")),
        ("folder.json/README.md", "a folder that is called like a file\n"),
        ("empty.csv", ""),
        (
            "good.csv",
            "DATE,SOURCE_ID,RECORD_TYPE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT,CURRENCY,USER_ID\n",
        ),
    ] {
        desk.write(name, text);
    }
    desk.write("large.ndjson", "x".repeat((16 << 20) + 1));
    desk.done(&["migrate"]);
    desk
}

#[test]
fn every_error_message_reads_well() {
    let desk = desk();
    desk.done(&["ingest", "large.ndjson"]);
    let listed = desk.json(&["inbox", "list"]);
    let large = listed["deliveries"][0]["key"].as_str().expect("the large line has a key").to_owned();
    let mut gallery = String::new();
    for command in FAILING {
        let args: Vec<&str> =
            command.split(' ').map(|arg| if arg == "LARGE" { large.as_str() } else { arg }).collect();
        let ran = desk.run(&args);
        assert!(matches!(ran.code, 1 | 2), "`{command}` ended with {}: {}{}", ran.code, ran.out, ran.err);
        assert_eq!(ran.out, "", "`{command}` printed before it failed");
        assert!(!ran.err.contains("SECRET"), "`{command}` gives the password away: {}", ran.err);
        let message = ran.err.replace(&large, "LARGE");
        writeln!(gallery, "conciliar {command}\n  {}", first_lines(&message)).expect("text takes text");
    }
    insta::assert_snapshot!(gallery);
}

/// The message on one line; of clap's, what stands before the usage.
fn first_lines(message: &str) -> String {
    let told = message.split("\nUsage:").next().unwrap_or_default();
    let told = told.split("\nFor more information").next().unwrap_or_default();
    let lines: Vec<&str> = told.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ⏎ ")
}
