//! Payment intents of the second generation as the provider writes them.

use domain::money::MoneyError;

use super::*;
use crate::in_person::tests::{RECEIVED, at, payment, read, terms, told, told_at, unknown};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/payment_intent/", $name, ".json"))
    };
}

const FINISHED: &str = fixture!("finished_in_brazil");
const NOTIFICATION: &str = fixture!("notification_finished");

#[test]
fn a_finished_intent_names_its_payment_and_tells_its_amount_in_hundredths() {
    let (stream, told) = told_at(observe, Some("MLB"), FINISHED);
    assert_eq!(stream, "intent/999/b:0591cb42-f69a-4334-908b-123456789012");
    let (status, detail) = ("FINISHED".into(), Text::default());
    let expect = Observation {
        generation: Generation::B,
        progress: Progress::Finished,
        said: Said { updated_at: None, revision: None, status, detail },
        profile: Profile {
            channel: Some(Channel::Point),
            terms: terms("BRL", 250),
            reference: Some("10a01a30-a6fe-4584-b22a-07e123456798".into()),
            device: Some("GERTEC_MP35P_8701012123456789".into()),
            created_at: None,
            expires_at: None,
        },
        payments: vec![payment("16123456789")],
        at: at(RECEIVED),
    };
    assert_eq!(told, expect);
}

#[test]
fn a_finished_intent_may_have_lost_its_reference() {
    let (_, told) = told(observe, fixture!("finished_in_argentina"));
    assert_eq!((told.progress, told.profile.reference), (Progress::Finished, None));
    assert_eq!(told.profile.terms, terms("ARS", 600));
    assert_eq!(told.payments, vec![payment("11123456789")]);
}

#[test]
fn the_answer_to_a_creation_tells_no_state_and_means_requested() {
    for (body, amount_minor, device) in [
        (fixture!("created_in_argentina"), 1500, "INGENICO_MOVE2500__ING-ARG-14886780"),
        (fixture!("created_in_brazil"), 1400, "GERTEC_MP35P__8701012051267097"),
    ] {
        let (stream, told) = told(observe, body);
        assert_eq!(stream, "intent/999/b:7d8c70b6-2ac8-4c57-a441-c319088ca3ca");
        assert_eq!((told.progress, told.said.status.as_str()), (Progress::Requested, ""));
        assert_eq!(told.profile.terms, terms("ARS", amount_minor));
        assert_eq!(told.profile.device, Some(device.into()));
        assert_eq!(told.profile.reference, Some("4561ads-das4das4-das4754-das456".into()));
        assert_eq!(told.payments, vec![]);
    }
}

#[test]
fn answers_that_hold_only_an_id_are_not_read_as_creations() {
    let missing = Err(Unreadable::Missing { path: "state" });
    assert_eq!(read(observe, r#"{"id":"7d8c70b6-2ac8-4c57-a441-c319088ca3ca"}"#), missing);
    assert_eq!(read(observe, r#"{"id":"r","payment_id":"1","device_id":"d"}"#), missing);
    assert_eq!(read(observe_notification, r#"{"id":"i","amount":100}"#), missing);
}

#[test]
fn a_notification_is_the_intent_itself() {
    let (stream, told) = told(observe_notification, NOTIFICATION);
    assert_eq!(stream, "intent/999/b:7d8c70b6-2ac8-4c57-a441-c319088ca3ca");
    assert_eq!((told.progress, told.said.detail.as_str()), (Progress::Finished, "approved"));
    assert_eq!(told.said.updated_at, None);
    // Written without a zone, which is read as -04:00.
    assert_eq!(told.profile.created_at, Some(at("2021-08-22T23:24:14Z")));
    assert_eq!(told.profile.terms, terms("ARS", 1400));
    assert_eq!(told.payments, vec![payment("18308029193")]);
}

#[test]
fn an_intent_that_needs_confirmation_names_the_payment_to_look_at() {
    let (_, told) = told(observe_notification, fixture!("notification_confirmation_required"));
    assert_eq!((told.progress, told.said.detail.as_str()), (Progress::ConfirmationRequired, ""));
    assert_eq!(told.payments, vec![payment("18308029193")]);
}

#[test]
fn a_row_of_events_tells_the_state_alone() {
    let (stream, told) = told(observe, fixture!("event"));
    assert_eq!(stream, "intent/999/b:0aa0519d-d985-4e83-b62d-dda123456789");
    assert_eq!((told.progress, told.profile.terms), (Progress::Abandoned, None));
    assert_eq!(told.profile.created_at, Some(at("2024-02-08T13:05:42.725Z")));
}

#[test]
fn every_word_has_its_progress() {
    for (word, progress) in [
        ("OPEN", Progress::Open),
        ("OPENED", Progress::Open),
        ("ON_TERMINAL", Progress::AtTerminal),
        ("PROCESSING", Progress::Processing),
        ("PROCESSED", Progress::Processed),
        ("FINISHED", Progress::Finished),
        ("CANCELED", Progress::Canceled),
        ("CANCELLED", Progress::Canceled),
        ("ERROR", Progress::Failed),
        ("ABANDONED", Progress::Abandoned),
        ("EXPIRED", Progress::Expired),
        ("CONFIRMATION_REQUIRED", Progress::ConfirmationRequired),
    ] {
        let body = NOTIFICATION.replace("FINISHED", word);
        for reader in [observe, observe_notification] {
            let (_, told) = told(reader, &body);
            assert_eq!((told.progress, told.said.status.as_str()), (progress, word));
        }
    }
    for word in ["CLOSED", "finished", ""] {
        let body = NOTIFICATION.replace("FINISHED", word);
        assert_eq!(read(observe_notification, &body), Err(unknown("state", word)));
    }
}

#[test]
fn an_amount_is_a_whole_number_of_hundredths() {
    let wrong = Unreadable::WrongType { path: "amount", expected: "a whole number of hundredths" };
    let large = Unreadable::BadAmount { path: "amount", source: MoneyError::OutOfRange };
    for (amount, error) in [
        ("14.00", &wrong),
        ("1e3", &wrong),
        ("\"\"", &wrong),
        ("\"14 00\"", &wrong),
        ("9223372036854775808", &large),
    ] {
        let body = NOTIFICATION.replace("1400", amount);
        assert_eq!(read(observe_notification, &body).as_ref(), Err(error), "{amount}");
    }
    let largest = NOTIFICATION.replace("1400", "9223372036854775807");
    let (_, told) = told_at(observe, None, &largest);
    let expect = Terms { currency: None, amount_minor: i64::MAX, cash_out_minor: 0 };
    assert_eq!(told.profile.terms, Some(expect));
}

#[test]
fn a_currency_without_cents_has_hundredths_all_the_same() {
    let (_, told) = told_at(observe, Some("MLC"), NOTIFICATION);
    assert_eq!(told.profile.terms, terms("CLP", 14));
}

#[test]
fn a_time_that_is_none_is_named() {
    let body = NOTIFICATION.replace("2021-08-22 19:24:14", "then");
    let bad = Unreadable::BadTime { path: "created_at", text: "then".into() };
    assert_eq!(read(observe_notification, &body), Err(bad));
}
