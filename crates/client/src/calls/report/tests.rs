//! Reports of both kinds are configured, asked for, found and downloaded below their own path.

use mercadopago::request::report::{Column, Frequency, Recipient, ReportConfig};

use super::config::{StartSchedule, StopSchedule};
use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn config() -> ReportConfig {
    ReportConfig {
        file_name_prefix: "conciliar".to_owned(),
        columns: vec![Column { key: "SOURCE_ID".to_owned() }],
        frequency: Frequency { hour: 3, kind: "daily".to_owned(), value: 1 },
        separator: None,
        display_timezone: None,
        report_translation: None,
        header_language: Some("en".to_owned()),
        notification_email_list: Vec::new(),
        refund_detailed: None,
        coupon_detailed: None,
        include_withdraw: None,
        shipping_detail: None,
        show_chargeback_cancel: None,
        show_fee_prevision: None,
        include_withdrawal_at_end: None,
        execute_after_withdrawal: None,
        check_available_balance: None,
        compensate_detail: None,
        unite_reserve: None,
    }
}

/// The field that a change of the configuration breaks a rule of.
fn refused(kind: Kind, change: fn(&mut ReportConfig)) -> Option<&'static str> {
    let mut config = config();
    change(&mut config);
    config::Create { kind, config }.check().err().map(|invalid| invalid.field)
}

#[test]
fn each_endpoint_has_its_method_and_path_for_either_kind() {
    fn check(call: &impl Call, method: Method, path: &str) {
        assert_eq!((call.method(), call.path()), (method, path.to_owned()));
    }
    for (kind, root) in
        [(Kind::Settlement, "/v1/account/settlement_report"), (Kind::Release, "/v1/account/release_report")]
    {
        let (begin, end) = (at("2026-01-01T00:00:00Z"), at("2026-01-31T00:00:00Z"));
        check(&config::Create { kind, config: config() }, Method::POST, &format!("{root}/config"));
        check(&config::Get { kind }, Method::GET, &format!("{root}/config"));
        check(&config::Update { kind, config: config() }, Method::PUT, &format!("{root}/config"));
        check(&Create { kind, begin, end }, Method::POST, root);
        check(&GetTask { kind, id: "7".to_owned() }, Method::GET, &format!("{root}/task/7"));
        check(&List { kind }, Method::GET, &format!("{root}/list"));
        let search =
            Search { kind, file_name: None, created_from: None, created: None, page: Wanted::first(20) };
        check(&search, Method::GET, &format!("{root}/search"));
        let download = Download { kind, file_name: "a b.csv".to_owned() };
        check(&download, Method::GET, &format!("{root}/a%20b.csv"));
        check(&StartSchedule { kind }, Method::POST, &format!("{root}/schedule"));
        check(&StopSchedule { kind }, Method::DELETE, &format!("{root}/schedule"));
    }
}

#[test]
fn a_period_is_sent_in_whole_seconds_of_utc() {
    let call = Create {
        kind: Kind::Release,
        begin: at("2026-01-01T03:00:00.75Z"),
        end: at("2026-01-31T02:59:59.999Z"),
    };
    assert_eq!(call.check(), Ok(()));
    let expect = br#"{"begin_date":"2026-01-01T03:00:00Z","end_date":"2026-01-31T02:59:59Z"}"#;
    assert_eq!(call.body().as_deref(), Some(expect.as_slice()));
}

#[test]
fn a_period_is_at_least_a_day_and_at_most_sixty() {
    let begin = at("2026-01-01T00:00:00Z");
    for (seconds, fits) in [
        (86_400, true),
        (86_399, true),
        (86_398, false),
        (0, false),
        (-5, false),
        (60 * 86_400, true),
        (60 * 86_400 + 1, false),
    ] {
        let call = Create { kind: Kind::Settlement, begin, end: begin + TimeDelta::seconds(seconds) };
        assert_eq!(call.check().is_ok(), fits, "{seconds}");
    }
}

#[test]
fn a_203_is_no_file() {
    let task = r#"{"id":7,"status":"pending","file_name":null}"#;
    let accepted = Asked::read(202, task.as_bytes()).expect("an answer");
    assert!(matches!(accepted, Asked::Accepted(Task { ref id, .. }) if id.as_str() == "7"), "{accepted:?}");
    assert_eq!(Asked::read(203, b"not yet").expect("an answer"), Asked::Declined);
}

#[test]
fn files_are_found_by_name_origin_and_time() {
    let search = Search {
        kind: Kind::Settlement,
        file_name: Some("a.csv".to_owned()),
        created_from: Some("manual".to_owned()),
        created: Some((at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"))),
        page: Wanted { offset: 10, limit: 500 },
    };
    assert_eq!(search.check(), Ok(()));
    let query: Vec<String> =
        search.query().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let expect = [
        "file_name=a.csv",
        "created_from=manual",
        "range=date_created",
        "range_begin_date=2026-01-01T00:00:00.000Z",
        "range_end_date=2026-01-02T00:00:00.000Z",
        "offset=10",
        "limit=500",
    ];
    assert_eq!(query, expect);
    let refused = |search: Search| search.check().err().map(|invalid| invalid.field);
    let too_many = Wanted { offset: 0, limit: 501 };
    assert_eq!(refused(Search { page: too_many, ..search.clone() }), Some("limit"));
    assert_eq!(refused(Search { created_from: Some("panel".to_owned()), ..search }), Some("created_from"));
}

#[test]
fn a_configuration_is_sent_with_what_is_set_only() {
    let call = config::Create { kind: Kind::Settlement, config: config() };
    let body = String::from_utf8(call.body().expect("a body")).expect("text");
    let expect = r#"{"file_name_prefix":"conciliar","columns":[{"key":"SOURCE_ID"}],"frequency":{"hour":3,"type":"daily","value":1},"header_language":"en"}"#;
    assert_eq!(body, expect);
}

#[test]
fn configurations_that_the_provider_would_refuse_are_not_sent() {
    let settlement = |change| refused(Kind::Settlement, change);
    assert_eq!(settlement(|_| ()), None);
    assert_eq!(settlement(|c| c.file_name_prefix.clear()), Some("file_name_prefix"));
    assert_eq!(settlement(|c| c.columns.clear()), Some("columns"));
    assert_eq!(settlement(|c| c.columns.push(Column { key: String::new() })), Some("columns.key"));
    assert_eq!(settlement(|c| c.header_language = Some("de".to_owned())), Some("header_language"));
    assert_eq!(settlement(|c| c.report_translation = Some("EN".to_owned())), Some("report_translation"));
    assert_eq!(settlement(|c| c.frequency.hour = 24), Some("frequency.hour"));
    assert_eq!(settlement(|c| c.frequency.kind = "hourly".to_owned()), Some("frequency.type"));
    let frequency = |kind: &str, value| Frequency { hour: 0, kind: kind.to_owned(), value };
    for (kind, value, fits) in
        [("weekly", 7, true), ("weekly", 8, false), ("monthly", 31, true), ("monthly", 32, false)]
    {
        let config = ReportConfig { frequency: frequency(kind, value), ..config() };
        let call = config::Update { kind: Kind::Settlement, config };
        assert_eq!(call.check().is_ok(), fits, "{kind} {value}");
    }
    let nobody = |c: &mut ReportConfig| c.notification_email_list.push(Recipient { email: "x".to_owned() });
    assert_eq!(settlement(nobody), Some("notification_email_list"));
}

#[test]
fn keys_of_the_other_report_are_not_sent() {
    let check = |change: fn(&mut ReportConfig), owner: Kind, name: &'static str| {
        for kind in [Kind::Settlement, Kind::Release] {
            assert_eq!(refused(kind, change), (kind != owner).then_some(name), "{name} of {kind:?}");
        }
    };
    check(|c| c.shipping_detail = Some(true), Kind::Settlement, "shipping_detail");
    check(|c| c.show_chargeback_cancel = Some(true), Kind::Settlement, "show_chargeback_cancel");
    check(|c| c.show_fee_prevision = Some(false), Kind::Settlement, "show_fee_prevision");
    check(|c| c.include_withdrawal_at_end = Some(true), Kind::Release, "include_withdrawal_at_end");
    check(|c| c.execute_after_withdrawal = Some(true), Kind::Release, "execute_after_withdrawal");
    check(|c| c.check_available_balance = Some(true), Kind::Release, "check_available_balance");
    check(|c| c.compensate_detail = Some(true), Kind::Release, "compensate_detail");
    check(|c| c.unite_reserve = Some(true), Kind::Release, "unite_reserve");
}
