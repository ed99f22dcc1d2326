use chrono::DateTime;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::Deserialize;

use super::{Instant, canonical, read, read_some};

#[derive(Deserialize)]
struct One {
    #[serde(deserialize_with = "read")]
    at: Instant,
}

#[derive(Deserialize)]
struct Perhaps {
    #[serde(default, deserialize_with = "read_some")]
    at: Option<Instant>,
}

fn check(text: &str) {
    let json = serde_json::json!({ "at": text }).to_string();
    let ours = serde_json::from_str::<One>(&json).map(|one| one.at).map_err(|e| e.to_string());
    let chronos = serde_json::from_str::<std::collections::BTreeMap<String, Instant>>(&json);
    assert_eq!(ours, chronos.map(|map| map["at"]).map_err(|e| e.to_string()), "{text}");
}

#[test]
fn every_instant_that_chrono_writes_is_read_without_it_and_is_the_same() {
    // The years that are written with four digits.
    let (first, last) = (-62_167_219_200_i64, 253_402_300_799_i64);
    let nanos = prop_oneof![Just(0), (0..1000_u32).prop_map(|ms| ms * 1_000_000), 0..1_000_000_000_u32];
    let mut runner = TestRunner::new(Config { cases: 20_000, ..Config::default() });
    let outcome = runner.run(&(first..=last, nanos), |(seconds, nanos)| {
        let at = DateTime::from_timestamp(seconds, nanos).expect("inside the years of chrono");
        let text = serde_json::to_value(at).expect("instants are text");
        prop_assert_eq!(canonical(text.as_str().expect("instants are text")), Some(at));
        Ok(())
    });
    outcome.expect("the property holds");
}

#[test]
fn every_text_is_read_or_refused_as_chrono_does() {
    let near = "[0-9]{4}-[0-2][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?(Z|z|[+-]0[0-9]:00)?";
    let mut runner = TestRunner::new(Config { cases: 20_000, ..Config::default() });
    let outcome = runner.run(&near, |text| {
        check(&text);
        Ok(())
    });
    outcome.expect("the property holds");
    for text in
        ["", "Z", "2026-03-02", "2026-03-02T14:15:60Z", "2026-02-29T00:00:00Z", "2026-03-02T14:15:30.1Z"]
    {
        check(text);
    }
    for text in
        ["+2026-03-02T14:15:30Z", "-026-03-02T14:15:30Z", "2026-03-02T24:00:00Z", "٢026-03-02T14:15:3Z"]
    {
        check(text);
    }
}

#[test]
fn an_unknown_instant_may_be_null_or_left_out() {
    for json in [r#"{"at":null}"#, "{}"] {
        let read: Perhaps = serde_json::from_str(json).expect("it is unknown");
        assert_eq!(read.at, None);
    }
    assert!(serde_json::from_str::<Perhaps>(r#"{"at":1}"#).is_err());
}
