//! Bodies of refusals as they come, and as they should not come.

use reqwest::Method;

use super::*;

fn read(body: &str) -> Refusal {
    let endpoint = Endpoint { method: Method::POST, template: "/v1/payments" };
    refusal(endpoint, 400, body.as_bytes(), None, Some(&AccessToken::new("APP_USR-secret")))
}

fn check(body: &str, code: &str, error: Option<&str>, message: &str, causes: usize) {
    let read = read(body);
    let told = (read.code.as_str(), read.error.as_deref(), read.message.as_str(), read.causes.len());
    assert_eq!(told, (code, error, message, causes), "{body}");
}

#[test]
fn the_first_cause_names_the_code_whether_digits_or_text() {
    let body = |code| {
        format!(
            r#"{{"message":"no money","error":"bad_request","status":400,"cause":[{{"code":{code},"description":"d","data":null}},{{"code":1}}]}}"#
        )
    };
    check(&body("2031"), "2031", Some("bad_request"), "no money", 2);
    check(&body("\"2031\""), "2031", Some("bad_request"), "no money", 2);
}

#[test]
fn without_a_cause_the_word_of_the_error_names_the_code() {
    check(
        r#"{"message":"gone","error":"invalid_grant","status":400,"cause":[]}"#,
        "invalid_grant",
        Some("invalid_grant"),
        "gone",
        0,
    );
    check(r#"{"error":"invalid_client"}"#, "invalid_client", Some("invalid_client"), "", 0);
}

#[test]
fn orders_list_their_errors_otherwise() {
    check(
        r#"{"errors":[{"code":"unsupported_properties","message":"notification_url","details":["x"]}]}"#,
        "unsupported_properties",
        None,
        "notification_url",
        1,
    );
}

#[test]
fn one_cause_that_is_no_list_is_read_too() {
    check(r#"{"cause":{"code":8,"description":"name"}}"#, "8", None, "name", 1);
}

#[test]
fn other_shapes_leave_only_the_status() {
    let odd = [r#"["a","b"]"#, r#"{"cause":"text"}"#, r#"{"cause":[1,["2031"]],"message":{}}"#, "\u{1}"];
    for body in ["", "<html>502</html>", "[]", "null"].into_iter().chain(odd) {
        check(body, "", None, "", 0);
    }
}

#[test]
fn the_token_is_never_repeated_and_long_texts_are_cut() {
    let body = format!(
        r#"{{"message":"bad APP_USR-secret {}","cause":[{{"code":"APP_USR-secret","description":"APP_USR-secret"}}]}}"#,
        "x".repeat(300)
    );
    let read = read(&body);
    assert!(!format!("{read:?} {read}").contains("secret"), "{read:?}");
    assert_eq!(read.message.chars().count(), 200);
}

#[test]
fn a_refusal_names_call_code_words_and_advice() {
    let body = r#"{"message":"Collector without money","cause":[{"code":2031,"description":""}]}"#;
    assert_eq!(
        read(body).to_string(),
        "POST /v1/payments with 400, code 2031 (Collector without money): the seller has too little available money, \
         wait for a release or add some"
    );
    assert_eq!(read("").to_string(), "POST /v1/payments with 400");
}

#[test]
fn the_reason_is_the_first_cause_else_a_quoted_card_code_else_the_status() {
    let quoted =
        r#"{"message":"Original message: 'cc_rejected_other_reason', try later","status":400,"cause":[]}"#;
    let described = r#"{"message":"no","cause":[{"code":"","description":"cc_rejected_high_risk"}]}"#;
    for (body, reason) in [
        (r#"{"message":"cc_rejected_blacklist","cause":[{"code":2018},{"code":1}]}"#, "2018"),
        (r#"{"error":"bad_request","cause":{"code":"8"}}"#, "8"),
        (quoted, "cc_rejected_other_reason"),
        (described, "cc_rejected_high_risk"),
        (r#"{"message":"no","error":"bad_request","cause":[]}"#, "400"),
        ("", "400"),
    ] {
        assert_eq!(read(body).reason_code(), reason, "{body}");
    }
}
