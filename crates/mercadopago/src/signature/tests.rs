//! Signatures made by `openssl dgst -sha256 -hmac test-secret`, not by the code under test.

use super::*;

const SECRET: &[u8] = b"test-secret";
const REQUEST: &[u8] = b"2066ca19-c6f1-498a-be75-1923005edd06";
/// 2025-03-20T21:20:38.683Z.
const MILLISECONDS: &str = "1742505638683";
/// 2024-01-10T17:33:30Z.
const SECONDS: &str = "1704908010";

const OF_A_NUMBER: &str = "b52df37d9895a745fabd2adb4cf3c2db507b472c520ace32f9d4cdac966d9d09";
const OF_AN_ORDER: &str = "9b10a4de21055ae4ee2e980e25decd6ced40cb12432e3ad11c01e3d94a84716e";
const OF_AN_ORDER_IN_LOWER_CASE: &str = "d568551a3929afe312cfd5771e3fe9365a9ee7fbccd97712645be11c30059a51";
const WITHOUT_REQUEST: &str = "a9169cce8d061b7fdc681944c4ace922f52dbe87cdc87e7ebad98b6d1997f159";
const OF_A_TIME_ALONE: &str = "2fd69226daacb8ae0a8d45feb01fb01a0440163f386940df57e4e7bcea6972de";

const ORDER: &str = "ORD01JQ4S4KY8HWQ6NA5PXB65B3D3";

fn at(text: &str) -> Instant {
    text.parse().expect("the instant is written right")
}

fn any_age() -> Tolerance {
    Tolerance { now: at("2026-01-01T00:00:00Z"), most: None }
}

fn try_header(header: &[u8], request_id: Option<&[u8]>, subject: Option<&str>) -> Result<(), Unproven> {
    verify(&Signed { header, request_id, subject }, [SECRET], &any_age())
}

fn header(timestamp: &str, hash: &str) -> Vec<u8> {
    format!("ts={timestamp},v1={hash}").into_bytes()
}

#[test]
fn the_known_signatures_hold() {
    for (subject, request_id, timestamp, hash) in [
        (Some("999999999"), Some(REQUEST), MILLISECONDS, OF_A_NUMBER),
        (Some(ORDER), Some(REQUEST), MILLISECONDS, OF_AN_ORDER),
        (Some("ord01jq4s4ky8hwq6na5pxb65b3d3"), Some(REQUEST), MILLISECONDS, OF_AN_ORDER_IN_LOWER_CASE),
        (Some("999999999"), None, SECONDS, WITHOUT_REQUEST),
        (None, None, SECONDS, OF_A_TIME_ALONE),
    ] {
        let signed = sign(SECRET, subject, request_id, timestamp);
        assert_eq!(signed, format!("ts={timestamp},v1={hash}"), "{subject:?}");
        assert_eq!(try_header(signed.as_bytes(), request_id, subject), Ok(()), "{subject:?}");
    }
}

#[test]
fn an_id_is_signed_as_it_came_or_in_lower_case() {
    let lower = header(MILLISECONDS, OF_AN_ORDER_IN_LOWER_CASE);
    assert_eq!(try_header(&lower, Some(REQUEST), Some(ORDER)), Ok(()));
    let upper = header(MILLISECONDS, OF_AN_ORDER);
    assert_eq!(try_header(&upper, Some(REQUEST), Some(&ORDER.to_lowercase())), Err(Unproven::Mismatch));
}

#[test]
fn blanks_the_case_of_names_and_unknown_parts_do_not_matter() {
    for text in [
        format!(" ts = {SECONDS} , v1 = {WITHOUT_REQUEST} "),
        format!("V1={WITHOUT_REQUEST},TS={SECONDS}"),
        format!("v2=abc,nothing,ts={SECONDS},v1={WITHOUT_REQUEST},x=="),
        format!("ts={SECONDS},v1={}", WITHOUT_REQUEST.to_uppercase()),
        format!("ts={SECONDS},v1={WITHOUT_REQUEST},ts=1,v1=00"),
        format!("ts=,ts={SECONDS},v1={WITHOUT_REQUEST}"),
    ] {
        assert_eq!(try_header(text.as_bytes(), Some(b" "), Some(" 999999999 ")), Ok(()), "{text}");
    }
}

#[test]
fn a_header_that_lacks_a_part_says_which() {
    let full = |hash: &str| format!("ts={SECONDS},v1={hash}");
    for (text, expected) in [
        (String::new(), Unproven::MalformedHeader),
        ("nothing".to_owned(), Unproven::MalformedHeader),
        ("a=b".to_owned(), Unproven::MissingTimestamp),
        (format!("v1={WITHOUT_REQUEST}"), Unproven::MissingTimestamp),
        (format!("ts= ,v1={WITHOUT_REQUEST}"), Unproven::MissingTimestamp),
        (format!("ts={SECONDS}"), Unproven::MissingHash),
        (format!("ts={SECONDS},v2={WITHOUT_REQUEST}"), Unproven::MissingHash),
        (full(""), Unproven::MissingHash),
        (format!("ts=-5,v1={WITHOUT_REQUEST}"), Unproven::MalformedHeader),
        (format!("ts=1e9,v1={WITHOUT_REQUEST}"), Unproven::MalformedHeader),
        (format!("ts=99999999999999999999,v1={WITHOUT_REQUEST}"), Unproven::MalformedHeader),
        (format!("ts=9223372036854775807,v1={WITHOUT_REQUEST}"), Unproven::MalformedHeader),
        (full(&WITHOUT_REQUEST[..63]), Unproven::MalformedHeader),
        (full(&format!("{WITHOUT_REQUEST}0")), Unproven::MalformedHeader),
        (full(&"é".repeat(32)), Unproven::MalformedHeader),
        (full(&"é".repeat(64)), Unproven::MalformedHeader),
        (full(&format!("{}zz", &WITHOUT_REQUEST[..62])), Unproven::MalformedHeader),
        (format!("{}{}", full(WITHOUT_REQUEST), " ".repeat(MOST_HEADER_BYTES)), Unproven::MalformedHeader),
    ] {
        assert_eq!(try_header(text.as_bytes(), None, Some("999999999")), Err(expected), "{text}");
    }
    let mut bytes = full(WITHOUT_REQUEST).into_bytes();
    bytes.push(0xff);
    assert_eq!(try_header(&bytes, None, Some("999999999")), Err(Unproven::MalformedHeader));
}

#[test]
fn a_signature_of_something_else_does_not_hold() {
    let right = header(MILLISECONDS, OF_A_NUMBER);
    let check = |header: &[u8], request_id: Option<&[u8]>, subject: Option<&str>| {
        assert_eq!(try_header(header, request_id, subject), Err(Unproven::Mismatch));
    };
    assert_eq!(try_header(&right, Some(REQUEST), Some("999999999")), Ok(()));
    check(&right, Some(REQUEST), Some("999999998"));
    check(&right, Some(REQUEST), None);
    check(&right, Some(b"other"), Some("999999999"));
    check(&right, None, Some("999999999"));
    check(&header("1742505638684", OF_A_NUMBER), Some(REQUEST), Some("999999999"));
    // The same moment, written otherwise.
    check(&header("01742505638683", OF_A_NUMBER), Some(REQUEST), Some("999999999"));
    for bit in 0..8 {
        let forged = format!("{:02x}{}", 0xb5_u8 ^ (1 << bit), &OF_A_NUMBER[2..]);
        check(&header(MILLISECONDS, &forged), Some(REQUEST), Some("999999999"));
    }
}

#[test]
fn two_parts_cannot_pass_for_one() {
    let request = String::from_utf8(REQUEST.to_vec()).expect("text");
    let both = format!("999999999;request-id:{request}");
    let header = header(MILLISECONDS, OF_A_NUMBER);
    assert_eq!(try_header(&header, None, Some(&both)), Err(Unproven::MalformedHeader));
    assert_eq!(try_header(&header, Some(b"a;b"), Some("999999999")), Err(Unproven::MalformedHeader));
}

#[test]
fn each_secret_in_force_is_tried_and_an_empty_one_never() {
    let with = |secrets: &[&[u8]], header: &str| {
        let signed = Signed { header: header.as_bytes(), request_id: None, subject: None };
        verify(&signed, secrets.iter().copied(), &any_age())
    };
    let right = format!("ts={SECONDS},v1={OF_A_TIME_ALONE}");
    assert_eq!(with(&[b"new", SECRET], &right), Ok(()));
    assert_eq!(with(&[SECRET, b"new"], &right), Ok(()));
    assert_eq!(with(&[b"new", b"old"], &right), Err(Unproven::Mismatch));
    assert_eq!(with(&[], &right), Err(Unproven::NoSecret));
    let with_nothing = sign(b"", None, None, SECONDS);
    assert_eq!(with(&[b""], &with_nothing), Err(Unproven::NoSecret));
    assert_eq!(with(&[b"", SECRET], &with_nothing), Err(Unproven::Mismatch));
}

#[test]
fn seconds_and_milliseconds_are_told_apart_by_their_size() {
    for (timestamp, signed_at) in [
        (SECONDS, "2024-01-10T17:33:30Z"),
        ("1704908010000", "2024-01-10T17:33:30Z"),
        ("0", "1970-01-01T00:00:00Z"),
    ] {
        assert_eq!(instant(timestamp), Ok(at(signed_at)), "{timestamp}");
    }
}

#[test]
fn a_signature_ages_to_the_second_either_way() {
    let header = sign(SECRET, None, None, SECONDS);
    let aged = |seconds: i64| {
        let now = at("2024-01-10T17:33:30Z") + TimeDelta::seconds(seconds);
        let tolerance = Tolerance { now, most: Some(TimeDelta::seconds(600)) };
        let signed = Signed { header: header.as_bytes(), request_id: None, subject: None };
        verify(&signed, [SECRET], &tolerance)
    };
    assert_eq!(aged(600), Ok(()));
    assert_eq!(aged(-600), Ok(()));
    assert_eq!(aged(601), Err(Unproven::OutOfTolerance { seconds: 601 }));
    assert_eq!(aged(-601), Err(Unproven::OutOfTolerance { seconds: -601 }));
}

#[test]
fn a_forged_signature_does_not_say_that_it_is_old_as_well() {
    let header = header(SECONDS, OF_A_NUMBER);
    let tolerance = Tolerance { now: at("2026-01-01T00:00:00Z"), most: Some(TimeDelta::seconds(1)) };
    let signed = Signed { header: &header, request_id: None, subject: None };
    assert_eq!(verify(&signed, [SECRET], &tolerance), Err(Unproven::Mismatch));
}
