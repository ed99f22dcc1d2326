//! Files as deliveries: names, order, lines of every kind, pages and reports.

use std::io::Cursor;

use mercadopago::observe::DeliveryKind;
use sha2::{Digest, Sha256};
use store::inbox::Body;
use tempfile::TempDir;

use super::*;
use crate::config::Config;
use crate::item::{Broken, Kind, derived_key, hex};

const LINE: &str = r#"{"kind":"resource","topic":"payment","received_at":"2026-10-01T04:02:06Z","key":"k1","body":{"id":1}}"#;
const HEADER: &str = "DATE,SOURCE_ID,EXTERNAL_REFERENCE,RECORD_TYPE,DESCRIPTION,NET_CREDIT_AMOUNT,\
NET_DEBIT_AMOUNT,GROSS_AMOUNT,MP_FEE_AMOUNT,FINANCING_FEE_AMOUNT,SHIPPING_FEE_AMOUNT,TAXES_AMOUNT,\
COUPON_AMOUNT,INSTALLMENTS,PAYMENT_METHOD,PAYMENT_METHOD_TYPE,TAXES_DISAGGREGATED,TRANSACTION_APPROVAL_DATE,\
CURRENCY,BALANCE_AMOUNT";

fn reading() -> Reading {
    let sellers = Config::read(None, []).expect("the defaults are a configuration").sellers;
    Reading { sellers, now: "2026-11-01T12:00:00Z".parse().expect("a literal instant") }
}

fn items_of(text: impl AsRef<[u8]>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut keep = |item| {
        items.push(item);
        Ok(())
    };
    read_lines(Cursor::new(text.as_ref()), "in.ndjson", &reading(), &mut keep).expect("memory can be read");
    items
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

fn write(folder: &TempDir, name: &str, text: &str) -> Source {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
    std::fs::write(&path, text).expect("the file can be written");
    let kind = kind_of(&path).unwrap_or(FileKind::Lines);
    Source { kind, name: name.to_owned(), path }
}

fn items_in(source: &Source) -> Vec<Item> {
    let mut items = Vec::new();
    let mut keep = |item| {
        items.push(item);
        Ok(())
    };
    read(source, &reading(), &mut keep).expect("the file can be read");
    items
}

fn row(day: u32, source: &str, net: &str) -> String {
    format!(
        "2026-10-{day:02}T01:00:00.000-03:00,{source},,release,payment,{net},0.00,{net},0.00,0.00,0.00,0.00,0.00,1,\
         visa,credit_card,[],2026-10-01T01:00:00.000-03:00,ARS,0.00"
    )
}

fn report(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

#[test]
fn the_seller_of_a_report_is_the_digits_before_its_date() {
    for (name, seller) in [
        ("release-report-1122334455-2026-11-01.csv", Some("1122334455")),
        ("reports/2026/settlement-report-USER-20359978-2026-11-01-093000.csv", Some("20359978")),
        ("release-report-2026-11-01.csv", None),
        ("1122334455.csv", None),
        ("release-report-1234-2026-11-01.csv", None),
        ("", None),
    ] {
        assert_eq!(reports::seller_of_name(name), seller, "{name}");
    }
}

#[test]
fn lines_come_before_bare_json_and_reports_last_each_by_name() {
    let folder = folder();
    for name in
        ["z.csv", "a.JSON", "b/2.ndjson", "b/1.jsonl", "c.ndjson", "README.md", "b/notes", "b/x.csv.gz"]
    {
        write(&folder, name, "");
    }
    let (found, passed) = discover(folder.path()).expect("the folder can be read");
    let names: Vec<_> = found.iter().map(|source| (source.kind, source.name.as_str())).collect();
    assert_eq!(
        names,
        [
            (FileKind::Lines, "b/1.jsonl"),
            (FileKind::Lines, "b/2.ndjson"),
            (FileKind::Lines, "c.ndjson"),
            (FileKind::Bare, "a.JSON"),
            (FileKind::Report, "z.csv"),
        ]
    );
    assert_eq!(passed, ["README.md", "b/notes", "b/x.csv.gz"]);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = discover(Path::new("/nowhere/at/all")).expect_err("there is no such folder");
    assert_eq!(error.to_string(), "`/nowhere/at/all` cannot be read");
}

#[test]
fn a_line_is_the_same_whatever_its_end() {
    let bom = format!("\u{feff}{LINE}\r\n\r\n  \n{}", LINE.replace("k1", "k2"));
    let items = items_of(bom);
    let seen: Vec<_> = items.iter().map(|i| (&*i.key.0, &*i.origin, i.kind, i.bytes())).collect();
    let resource = Kind::Message(DeliveryKind::Resource);
    assert_eq!(
        seen,
        [
            ("k1", "in.ndjson:1", resource, &br#"{"id":1}"#[..]),
            ("k2", "in.ndjson:4", resource, &br#"{"id":1}"#[..]),
        ]
    );
}

#[test]
fn an_empty_file_holds_nothing() {
    assert!(items_of("").is_empty());
    assert!(items_of("\n\r\n \n").is_empty());
}

#[test]
fn a_line_that_is_no_delivery_is_kept_with_its_place_and_the_rest_goes_on() {
    let cut = &LINE[..40];
    let unknown = LINE.replace("resource", "thing");
    let items = items_of(format!("{cut}\n{unknown}\n{LINE}\n"));
    assert_eq!(items.len(), 3);
    assert_eq!(items[0].kind, Kind::Broken(Broken::Line));
    assert_eq!(items[0].bytes(), cut.as_bytes());
    assert_eq!(items[0].key, derived_key(&[b"line", cut.as_bytes()]));
    assert!(items[0].problem.as_deref().is_some_and(|p| p.starts_with("in.ndjson:1: not a delivery: EOF")));
    assert_eq!(
        items[1].problem.as_deref(),
        Some("in.ndjson:2: kind `thing` is neither `notification` nor `resource`")
    );
    assert_eq!((&*items[2].key.0, items[2].problem.as_deref()), ("k1", None));
}

#[test]
fn a_line_of_the_limit_is_kept_and_one_byte_more_is_only_hashed() {
    let (whole, over) = (vec![b'x'; LIMIT_BYTES], vec![b'y'; LIMIT_BYTES + 1]);
    let text = [LINE.as_bytes(), b"\n", &whole, b"\n", &over, b"\n", LINE.as_bytes()].concat();
    let items = items_of(text);
    assert_eq!(items.len(), 4);
    assert_eq!((items[1].kind, items[1].bytes().len()), (Kind::Broken(Broken::Line), LIMIT_BYTES));
    assert_eq!(items[2].kind, Kind::Broken(Broken::TooLarge));
    let Body::TooLarge { sha256, offset, length } = &items[2].body else { panic!("the line is not kept") };
    assert_eq!(&**sha256, hex(&Sha256::digest(&over)));
    assert_eq!(*offset, (LINE.len() + 1 + LIMIT_BYTES + 1) as u64, "where the line starts");
    assert_eq!(*length, (LIMIT_BYTES + 2) as u64, "with its end");
    assert_eq!((&*items[3].key.0, &*items[3].origin), ("k1", "in.ndjson:4"));
}

#[test]
fn a_line_without_a_key_is_named_by_its_content() {
    let line = |body: &str| LINE.replace(r#""key":"k1","#, "").replace(r#"{"id":1}"#, body);
    let items = items_of(format!("{}\n{}\n{}", line("{\"id\":1}"), line("{\"id\":1}"), line("{\"id\":2}")));
    assert_eq!(items[0].key, items[1].key);
    assert_ne!(items[0].key, items[2].key);
}

#[test]
fn a_page_of_search_results_is_a_delivery_for_each_result() {
    let folder = folder();
    let one = |id: u32| {
        format!(
            r#"{{"id":{id},"collector_id":7,"currency_id":"ARS","status":"approved","status_detail":"accredited","transaction_amount":52.00,"payment_method_id":"visa"}}"#
        )
    };
    let page =
        format!(r#"{{"paging":{{"total":2,"limit":30,"offset":0}},"results":[{},{}]}}"#, one(1), one(2));
    let items = items_in(&write(&folder, "search.json", &page));
    let seen: Vec<_> = items.iter().map(|i| (i.kind, &*i.topic, i.bytes().to_vec())).collect();
    let resource = Kind::Message(DeliveryKind::Resource);
    assert_eq!(
        seen,
        [(resource, "payment", one(1).into_bytes()), (resource, "payment", one(2).into_bytes())]
    );
    let alone = items_in(&write(&folder, "one.json", &one(2)));
    assert_eq!(alone[0].key, items[1].key, "the same body has the same key on its own");
}

#[test]
fn a_file_that_the_provider_does_not_send_is_kept_with_the_reason() {
    let folder = folder();
    for (name, text) in [("odd.json", r#"{"colour":"green"}"#), ("odd.csv", "a,b\n1,2\n")] {
        let items = items_in(&write(&folder, name, text));
        assert_eq!(items.len(), 1, "{name}");
        assert_eq!(
            (items[0].kind, items[0].bytes()),
            (Kind::Broken(Broken::Shape), text.as_bytes()),
            "{name}"
        );
        assert!(items[0].problem.as_deref().is_some_and(|p| p.starts_with(&format!("{name}: "))), "{name}");
    }
}

#[test]
fn a_row_has_one_key_in_every_file_that_holds_it() {
    let folder = folder();
    let rows: Vec<_> = (1..=6).map(|day| row(day, &format!("10{day}"), "10.00")).collect();
    let twin = row(3, "103", "10.00");
    let first = [&rows[..4], std::slice::from_ref(&twin)].concat();
    let first = items_in(&write(&folder, "release-report-1122334455-2026-10-05.csv", &report(&first)));
    let second = [&rows[2..3], std::slice::from_ref(&twin), &rows[3..]].concat();
    let second = items_in(&write(&folder, "release-report-1122334455-2026-10-07.csv", &report(&second)));
    assert!(
        first.iter().chain(&second).all(|i| i.kind == Kind::Row && i.seller.as_deref() == Some("1122334455"))
    );
    let keys = |items: &[Item]| items.iter().map(|i| i.key.clone()).collect::<Vec<_>>();
    let (first, second) = (keys(&first), keys(&second));
    assert_ne!(first[2], first[4], "two equal rows in one file are two rows");
    assert_eq!(first[2..5], [second[0].clone(), second[2].clone(), second[1].clone()]);
    assert!(second[3..].iter().all(|key| !first.contains(key)), "later days are new");
}

#[test]
fn a_row_that_cannot_be_read_does_not_stop_the_report() {
    let folder = folder();
    let text = report(&[row(1, "101", "10.00"), row(2, "102", "ten"), row(3, "103", "10.00")]);
    let items = items_in(&write(&folder, "release-report-1122334455-2026-10-05.csv", &text));
    let kinds: Vec<_> = items.iter().map(|i| (i.kind, &*i.origin)).collect();
    let name = |line: u32| format!("release-report-1122334455-2026-10-05.csv:{line}");
    assert_eq!(
        kinds,
        [
            (Kind::Row, name(2).as_str()),
            (Kind::Broken(Broken::Row), name(3).as_str()),
            (Kind::Row, name(4).as_str()),
        ]
    );
}

#[test]
fn a_downloaded_report_gives_the_same_rows_as_its_file() {
    let folder = folder();
    let text = report(&[row(1, "101", "10.00"), row(2, "102", "ten")]);
    let ingested = items_in(&write(&folder, "release-report-1122334455-2026-10-05.csv", &text));
    let read = |text: &str| {
        let mut items = Vec::new();
        let mut keep = |item| {
            items.push(item);
            Ok(())
        };
        let seller = "1122334455".into();
        read_download("r.csv", text.as_bytes(), &seller, &reading(), &mut keep).expect("memory can be read");
        items
    };
    let downloaded = read(&text);
    assert_eq!(downloaded.len(), 2);
    for (one, other) in downloaded.iter().zip(&ingested) {
        assert_eq!((one.kind, &one.key, &one.seller), (other.kind, &other.key, &other.seller));
        assert_eq!(one.channel, mercadopago::observe::Channel::Response);
    }
    let odd = read("PK\u{3}\u{4}");
    assert_eq!(odd.iter().map(|item| item.kind).collect::<Vec<_>>(), [Kind::Broken(Broken::Shape)]);
}
