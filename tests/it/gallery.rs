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
    "report balances --from 2026-10-01",
    "report mrr --from 2026-10-01 --to 2026-09-30",
    "report mrr --days 30",
    "report forecast --days 0",
    "report forecast --format html",
    "report payments --by class",
    "report rejections --by weather",
    "report rejections --by code --rules notes.txt",
    "report rejections --rules missing.toml",
    "report rejections --rules notes.txt",
    "report rejections --within 3",
    "report double-charges --within 0",
    "report double-charges --format html",
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
    "relay",
    "relay --to http://shop.example/SECRET",
    "relay --to ftp://shop.example/SECRET",
    "relay --to https://clerk:SECRET@shop.example/",
    "relay --to ://SECRET",
    "relay --to folder --once",
    "relay --to letters.ndjson --token-file token.txt",
    "relay --to https://shop.example/ --token-file missing",
    "relay --to https://shop.example/ --token-file notes.txt",
    "relay --to letters.ndjson --once --listen 127.0.0.1:0",
    "relay --to letters.ndjson --skip dunning/1/2/3/retrying",
    "relay --to letters.ndjson --seller 7",
    "relay --provider --skip dunning/1/2/3/retrying",
    "relay --provider --token-file token.txt",
    "relay --provider --seller 7,8 --token-file token.txt",
    "relay --provider --once --format csv",
    "sweep --days many",
    "sweep --days 4000000000",
    "sweep --format hledger",
    "sweep --config mute.toml",
    "reconcile bank good.csv",
    "reconcile settlement missing.csv",
    "reconcile settlement notes.txt",
    "reconcile settlement empty.csv",
    "reconcile settlement good.csv",
    "reconcile release good.csv --format hledger",
    "reconcile release good.csv --as-of soon",
    "reconcile settlement good.csv --from 2026-10-01",
    "reconcile subscriptions good.csv",
    "reconcile subscriptions --from 2026-10-31 --to 2026-10-01",
    "reconcile subscriptions --format html",
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
    "intent cancel 1 --generation payment-intent --actor ana --reason left --yes --token-file token.txt",
    "intent cancel 1 --actor ana --reason left --token-file token.txt",
    "intent cancel 1 --actor ana --reason left --yes --token-file token.txt",
    "payment search --by approved",
    "payment search --from soon --to 2026-10-31 --token-file token.txt",
    "payment get 1 --token-file token.txt --config nowhere.toml",
    "plan create --title Gym --amount 10 --back-url shop --actor ana --site MLA --seller 7 --token-file token.txt",
    "plan create --title Gym --amount 10 --back-url https://shop.example --seller 7 --token-file token.txt",
    "plan create --title Gym --amount 10 --back-url https://shop.example --actor ana --every fortnight",
    "plan create --title Gym --amount 10 --back-url https://shop.example --actor ana --proportional",
    "plan create --title Gym --amount 10 --back-url https://shop.example --actor ana --dry-run",
    "subscription create --payer payer@mail.example --actor ana",
    "subscription create --plan 1 --payer payer@mail.example --actor ana --amount 10",
    "subscription create --plan 1 --payer payer@mail.example --actor ana",
    "subscription create --plan 1 --payer nobody --actor ana --card-token-file token.txt --dry-run",
    "subscription create --plan 1 --payer payer@mail.example --actor ana --start 2026-12-01 --card-token-file token.txt",
    "subscription amount 1 10 --actor ana --site MLA",
    "subscription amount 1 much --actor ana --site MLA --dry-run",
    "subscription resume 1 --until soon --actor ana",
    "subscription card 1 --actor ana --card-token-file missing",
    "subscription card 1 --actor ana --card-token SECRET",
    "subscription secondary 1 visa --card-token-file token.txt --actor ana --dry-run",
    "subscription billing-day 1 29 --actor ana --dry-run",
    "subscription pause 1 --seller 7 --token-file token.txt --actor ana --config nowhere.toml",
    "subscription pause 1 --actor=",
    "subscription pause 1 --actor ana --key=",
    "subscription create --pending --payer payer@mail.example --title Gym --amount 10 --site MLA --reference 1 --back-url https://shop.example --start 2026-06-01 --end 2026-05-01 --actor ana --dry-run",
    "test-user create --site XXX --token-file token.txt",
    "payment create",
    "payment create form.json --actor ana --seller 1122334455 --site MLA",
    "payment create form.json --actor ana --seller 1122334455 --site MLA --yes --token-file token.txt",
    "payment create form.json --actor ana --seller 1122334455 --yes --token-file token.txt",
    "payment create missing.json --actor ana --yes",
    "payment create notes.txt --actor ana --yes",
    "payment create strange.json --actor ana --yes",
    "payment create two-payers.json --actor ana --yes",
    "payment create form.json --actor ana --reference 1 --format csv --yes",
    "payment create form.json --actor ana --reason  --yes",
    "payment create form.json --actor ana --seller 1122334455 --site MLA --reference 1 --yes --token-file token.txt --config nowhere.toml",
    "payment create form.json --actor ana --seller 1122334455 --site MLA --yes --token-file token.txt --config no-payer-key.toml",
    "--config no-token-days.toml migrate",
    "test-user create --site MLA --out notes.txt --token-file token.txt",
    "completions cobol",
];

/// Orders that must fail, in the order of their gallery. The books know payment 91000000103, of which 10.00 are ordered
/// back already, and 91000000104, which is not paid yet. PAID and UNPAID stand for them.
const FAILING_ORDERS: &[&str] = &[
    "refund",
    "refund PAID --actor ana",
    "refund PAID --reason broken --yes",
    "refund PAID --actor= --reason broken --yes",
    "refund PAID --actor ana --reason= --yes",
    "refund PAID --actor ana --reason broken --key= --yes",
    "refund PAID --actor ana --reason broken",
    "refund PAID --actor ana --reason broken --yes --format csv",
    "refund 5.7E+10 --actor ana --reason broken --yes",
    "refund 999 --actor ana --reason broken --yes",
    "refund 999 --actor ana --reason broken --amount 1 --yes",
    "refund PAID --actor ana --reason broken --amount much --yes",
    "refund PAID --actor ana --reason broken --amount -1 --yes",
    "refund PAID --actor ana --reason broken --amount 0.00 --yes",
    "refund PAID --actor ana --reason broken --amount 1.005 --yes",
    "refund PAID --actor ana --reason broken --amount 1.500 --yes",
    "refund PAID --actor ana --reason broken --amount 1 --currency PESO --yes",
    "refund PAID --actor ana --reason broken --amount 1 --currency BRL --yes",
    "refund PAID --actor ana --reason broken --currency ARS --yes",
    "refund PAID --actor ana --reason broken --amount 100000 --yes",
    "refund PAID --actor ana --reason broken --amount 100000 --dry-run",
    "refund PAID --actor ana --reason broken --key return-1 --amount 11 --yes",
    "refund PAID --actor ana --reason broken --seller 7 --yes",
    "refund PAID --actor ana --reason broken --yes --config nobody.toml",
    "refund PAID --actor ana --reason broken --dry-run --db sqlite:missing.db",
    "refund PAID --actor ana --reason broken --yes --db sqlite:missing.db",
    "refund PAID --actor ana --reason broken --yes --at 2030-01-01",
    "refund PAID --actor ana --reason broken --key return-2 --yes --send",
    "refund UNPAID --actor ana --reason broken --yes",
    "refund --batch missing.csv --actor ana --reason recall --yes",
    "refund --batch empty.csv --actor ana --reason recall --yes",
    "refund --batch refunds.csv --actor ana --yes",
    "refund --batch refunds.csv --actor ana --reason recall",
    "refund --batch refunds.csv --actor ana --reason recall --yes --format html",
    "refund --batch refunds.csv --actor ana --reason recall --yes --amount 3",
    "refund --batch twice.csv --actor ana --reason recall --yes",
    "refund --batch typed.csv --actor ana --reason recall --yes",
    "refund --batch large.ndjson --actor ana --reason recall --yes",
    "payment cancel PAID --actor ana --reason twice --yes",
    "payment cancel PAID --actor ana --yes",
    "payment cancel 999 --actor ana --reason twice --yes",
    "payment capture PAID --actor ana --reason shipped --yes",
    "payment capture UNPAID --actor ana --reason shipped --amount 0 --yes",
    "approve PAID --yes",
    "approve PAID --actor eva",
    "approve PAID --actor eva --yes",
    "approve PAID --actor eva --order return-1 --yes",
    "approve PAID --actor eva --order nothing --yes",
    "approve 999 --actor eva --yes",
    "decline PAID --actor eva",
    "decline PAID --actor eva --reason no",
    "decline PAID --actor eva --reason no --format csv",
    "report orders --stage lost",
    "report orders --open --stage held",
    "report refunds --open",
    "report orders --format html",
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
        ("mute.toml", "[[dunning.steps]]\nname = \"farewell\"\non = \"ended\"\n"),
        ("nowhere.toml", "[client]\nbase = \"http://127.0.0.1:1\"\nretries = 0\n"),
        (
            "form.json",
            r#"{"token":"SECRET-CARD","payment_method_id":"visa","transaction_amount":"10","installments":1,"payer":{"email":"payer@mail.example"}}"#,
        ),
        ("strange.json", r#"{"token":"t","colour":"red"}"#),
        (
            "two-payers.json",
            r#"{"amount":"10","paymentMethodId":"pix","cardholderEmail":"a@b.example","payer":{}}"#,
        ),
        ("no-payer-key.toml", "[guard]\npayer_key = \"env:ABSENT_PAYER_KEY\"\n"),
        ("no-token-days.toml", "[guard]\ncard_token_days = 0\n"),
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

#[test]
fn every_order_that_is_not_taken_says_why() {
    let desk = desk();
    let paid = include_str!("../fixtures/payment/simple_fee.json");
    desk.write("paid.json", paid);
    let waits = r#"{"id":91000000104,"collector_id":20359978,"currency_id":"ARS","status":"pending","status_detail":"pending_waiting_payment","transaction_amount":10,"date_created":"2026-04-01T12:00:00.000-03:00","date_last_updated":"2026-04-01T12:00:00.000-03:00"}"#;
    desk.write("unpaid.json", waits);
    desk.write("nobody.toml", "");
    desk.write("seller.toml", "[client]\nbase = \"http://127.0.0.1:1\"\nretries = 0\n[sellers]\n\"20359978\" = { site = \"MLA\" }\n");
    desk.write("refunds.csv", "payment,amount\n1,2\n");
    desk.write("twice.csv", "payment,amount,Amount\n1,2,3\n");
    desk.write("typed.csv", "payment;amout\n1;2\n");
    desk.done(&["ingest", "--strict", "paid.json", "unpaid.json"]);
    let (id, at) = ("91000000103", ["--at", "2026-04-02T12:00:00Z", "--config", "seller.toml"]);
    let ordered = [
        "refund", id, "--amount", "10", "--actor", "ana", "--reason", "broken", "--key", "return-1", "--yes",
    ];
    desk.done(&[&at[..], &ordered].concat());
    let mut gallery = String::new();
    for command in FAILING_ORDERS {
        let words = command.split(' ').map(|word| match word {
            "PAID" => id,
            "UNPAID" => "91000000104",
            word => word,
        });
        let mut args: Vec<&str> = words.collect();
        for option in at.chunks(2).filter(|option| !command.contains(option[0])) {
            args.extend(option);
        }
        let ran = desk.run(&args);
        assert!(matches!(ran.code, 1 | 2), "`{command}` ended with {}: {}{}", ran.code, ran.out, ran.err);
        // What was ordered and could not be sent is told before the failure.
        assert_eq!(ran.out.is_empty(), !command.ends_with("--send"), "`{command}`: {}", ran.out);
        writeln!(gallery, "conciliar {command} ({})\n  {}", ran.code, first_lines(&ran.err))
            .expect("text takes text");
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
