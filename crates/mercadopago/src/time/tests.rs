//! Every form of time the provider writes, and texts that are none.

use super::{BadTime, instant, parse};
use crate::unreadable::Unreadable;

/// Text, its moment in UTC, whether it names its zone.
const TIMES: &[(&str, &str, bool)] = &[
    ("2021-08-22 19:24:14", "2021-08-22T23:24:14+00:00", false),
    ("2023-07-27 20:24:21.776642198-0400", "2023-07-28T00:24:21.776642+00:00", true),
    ("2015-03-25T10:04:58.396-04:00", "2015-03-25T14:04:58.396+00:00", true),
    ("2020-12-14T20:58:52Z", "2020-12-14T20:58:52+00:00", true),
    ("2024-01-11T15:23:53-03:00", "2024-01-11T18:23:53+00:00", true),
    ("2024-07-02T22:03:24-04:00", "2024-07-03T02:03:24+00:00", true),
    ("2024-09-02T22:04:01.880469Z", "2024-09-02T22:04:01.880469+00:00", true),
    ("2024-09-02T22:04:42.109320977Z", "2024-09-02T22:04:42.109320+00:00", true),
    ("2024-02-08T09:05:42.725-04:00", "2024-02-08T13:05:42.725+00:00", true),
    ("2024-01-01T10:00:00.000-04:00", "2024-01-01T14:00:00+00:00", true),
    ("2026-10-01T23:30:00-04:00", "2026-10-02T03:30:00+00:00", true),
    ("2024-02-29T00:00:00.5+05:30", "2024-02-28T18:30:00.500+00:00", true),
    ("2024-02-29", "2024-02-29T04:00:00+00:00", false),
    ("1720427447", "2024-07-08T08:30:47+00:00", true),
    ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999+00:00", true),
];

#[test]
fn every_form_of_time_is_read() {
    for (text, utc, zone_known) in TIMES {
        let time = parse(text).expect("the table holds times").expect("none of them is the year 1");
        assert_eq!((time.instant.to_rfc3339().as_str(), time.zone_known), (*utc, *zone_known), "{text}");
    }
}

#[test]
fn the_year_1_means_never() {
    for text in ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000-04:00", "0001-01-01"] {
        assert_eq!(parse(text), Ok(None), "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused_with_its_text() {
    for text in [
        "2022-07-23T23:03:5704:00",
        "",
        "yesterday",
        "2024-02-30T00:00:00Z",
        "2023-02-29",
        "2024-13-01T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T10:60:00Z",
        "2024-01-01T10:00:00.Z",
        "2024-01-01T10:00:00.1234567890Z",
        "2024-01-01T10:00:00-25:00",
        "2024-01-01T10:00:00-04:0",
        "2024-01-01T10:00:00 04:00",
        "2024-01-01T10:00",
        "2024/01/01 10:00:00",
        "PT16M",
        "P3D",
        "17204274471",
        "172042744x",
        "ñ024-01-01T10:00:00Z",
    ] {
        assert_eq!(parse(text), Err(BadTime { text: text.to_owned() }), "{text}");
    }
}

#[test]
fn a_long_text_is_cut_in_the_complaint() {
    let long = "é".repeat(100);
    assert_eq!(parse(&long), Err(BadTime { text: "é".repeat(40) }));
}

#[test]
fn a_field_without_time_has_none_and_a_bad_one_names_its_path() {
    assert_eq!(instant("date_approved", None), Ok(None));
    assert_eq!(instant("date_approved", Some("0001-01-01T00:00:00Z")), Ok(None));
    assert_eq!(
        instant("date_approved", Some("soon")),
        Err(Unreadable::BadTime { path: "date_approved", text: "soon".to_owned() })
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,40}") {
        let _read_or_refused = parse(&text);
    }

    #[test]
    fn near_times_are_read_or_refused(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,10})?[Z+-]?[0-9:]{0,5}") {
        let _read_or_refused = parse(&text);
    }
}
