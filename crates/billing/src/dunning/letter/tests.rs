use chrono_tz::Tz;

use super::*;
use crate::samples::{History, at, months, terms};

fn press(language: Language) -> Press {
    let zone = Zone::Of(Tz::America__Sao_Paulo);
    Press { templates: Templates::builtin(), language, zone, rejections: RejectionTable::builtin() }
}

fn declined() -> Timeline {
    let history = History::authorized("2026-01-05", &terms(123_450, months(1)));
    let history = history.scheduled("6114264375", "2026-01-05", 123_450);
    let history = history.recycled("6114264375", "2026-01-05", "2026-01-05 17:00", 123_450);
    let mut timeline = history.timeline();
    timeline.profile.title = Some("Clases de yoga".into());
    timeline.profile.reference = Some("YG-1234".into());
    let charge = timeline.charges.values_mut().next().expect("one charge");
    charge.terms.attempt = Some(1);
    // Shortly after midnight in Greenwich, the evening before in São Paulo.
    charge.terms.next_retry_at = Some(at("2026-01-08 01:30"));
    timeline
}

fn reminder(step: &str) -> Reminder {
    Reminder { invoice: "6114264375".into(), step: step.into() }
}

#[test]
fn every_step_reads_well_in_every_language() {
    let timeline = declined();
    let mut told = String::new();
    for language in Language::ALL {
        for step in ["retrying", "update_card", "warning", "ended"] {
            let reminder = reminder(step);
            let letter = press(language).letter("7", "2c93", &timeline, &reminder).expect("it has words");
            told += &format!("{} {step}: {}\n{}\n\n", language.code(), letter.subject, letter.body);
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_letter_says_whom_it_is_for_and_names_nobody() {
    let (timeline, reminder) = (declined(), reminder("retrying"));
    let letter = press(Language::En).letter("7", "2c93", &timeline, &reminder).expect("it has words");
    insta::assert_snapshot!(serde_json::to_string_pretty(&letter).expect("JSON"));
}

#[test]
fn what_is_not_known_is_not_said() {
    let (mut timeline, reminder) = (declined(), reminder("retrying"));
    timeline.profile.title = None;
    let charge = timeline.charges.values_mut().next().expect("one charge");
    charge.terms.next_retry_at = None;
    charge.terms.rejection = Some("a_word_of_tomorrow".into());
    let letter = press(Language::En).letter("7", "2c93", &timeline, &reminder).expect("it has words");
    assert_eq!(letter.subject, "We could not charge your subscription: 1234.50 ARS");
    let body =
        "The charge of 1234.50 ARS that was due on 2026-01-05 was declined. Your subscription stays active.";
    assert_eq!(letter.body, body);
}

#[test]
fn a_charge_that_is_given_up_has_no_next_try() {
    let (mut timeline, reminder) = (declined(), reminder("update_card"));
    let charge = timeline.charges.values_mut().next().expect("one charge");
    charge.standing = domain::preapproval::charge::ChargeStanding::Uncollected;
    let letter = press(Language::En).letter("7", "2c93", &timeline, &reminder).expect("it has words");
    assert_eq!(letter.next_retry_at, None);
}

#[test]
fn there_is_no_letter_without_words_or_charge() {
    let timeline = declined();
    assert!(press(Language::En).letter("7", "2c93", &timeline, &reminder("farewell")).is_none());
    let other = Reminder { invoice: "1".into(), step: "retrying".into() };
    assert!(press(Language::En).letter("7", "2c93", &timeline, &other).is_none());
}
