use chrono_tz::Tz;
use domain::rejection::RejectionTable;
use proptest::prelude::*;

use super::*;
use crate::options::{DayZone, TryRule};
use crate::samples::at;

const DUE: &str = "2026-01-05";

/// An obligation of a month whose tries ended so, each at its time.
fn obligation(tries: &[(&str, TryOutcome)]) -> Obligation {
    let tries = tries.iter().map(|(on, outcome)| Try { at: at(on), outcome: outcome.clone() }).collect();
    Obligation { due_at: at(DUE), pays_until: at("2026-02-05"), tries }
}

/// A refusal with these words of the provider.
fn refused(detail: &str) -> TryOutcome {
    TryOutcome::Rejected(RejectionTable::builtin().classify("rejected", detail))
}

fn because(class: RejectionClass, retry: Retry) -> TryOutcome {
    TryOutcome::Rejected(Rejection { class, action: "review".into(), retry, table: 1 })
}

#[track_caller]
fn check(tries: &[(&str, TryOutcome)], expect: Next) {
    assert_eq!(obligation(tries).next(&Options::default()), expect);
}

#[test]
fn the_first_try_is_on_the_day() {
    check(&[], Next::TryAt(at(DUE)));
}

#[test]
fn what_is_paid_or_undecided_is_not_tried_again() {
    let broke = refused("cc_rejected_insufficient_amount");
    check(&[(DUE, TryOutcome::Approved)], Next::Paid);
    check(&[(DUE, broke.clone()), ("2026-01-08", TryOutcome::Approved)], Next::Paid);
    check(&[(DUE, TryOutcome::Undecided)], Next::Wait);
    // An old one without an answer blocks as well as the newest.
    check(&[(DUE, TryOutcome::Undecided), ("2026-01-08", broke)], Next::Wait);
}

#[test]
fn each_decision_of_the_table_leads_somewhere() {
    let ask = |what, again_at: Option<&str>| Next::Ask { what, again_at: again_at.map(at) };
    for (class, retry, expect) in [
        (RejectionClass::Issuer, Retry::Later(48), Next::TryAt(at("2026-01-07"))),
        (RejectionClass::Limit, Retry::NextDay, Next::TryAt(at("2026-01-06"))),
        (RejectionClass::Issuer, Retry::PayerAction, ask(Ask::Act, Some("2026-01-06"))),
        (RejectionClass::Authentication, Retry::PayerAction, ask(Ask::Act, None)),
        (RejectionClass::DataEntry, Retry::NewData, ask(Ask::Data, None)),
        (RejectionClass::Issuer, Retry::Never, ask(Ask::OtherMethod, None)),
        (RejectionClass::Fraud, Retry::Later(24), ask(Ask::OtherMethod, None)),
        (RejectionClass::Unknown, Retry::Later(24), ask(Ask::OtherMethod, None)),
    ] {
        assert_eq!(
            obligation(&[(DUE, because(class, retry))]).next(&Options::default()),
            expect,
            "{class:?} {retry:?}"
        );
    }
}

#[test]
fn the_provider_s_own_words_lead_there_too() {
    let next = |detail| obligation(&[(DUE, refused(detail))]).next(&Options::default());
    assert!(matches!(next("cc_rejected_insufficient_amount"), Next::TryAt(later) if later > at(DUE)));
    assert_eq!(next("cc_rejected_high_risk"), Next::Ask { what: Ask::OtherMethod, again_at: None });
    assert_eq!(next("cc_rejected_bad_filled_date"), Next::Ask { what: Ask::Data, again_at: None });
    assert_eq!(next("a_word_of_tomorrow"), Next::Ask { what: Ask::OtherMethod, again_at: None });
}

#[test]
fn the_next_day_is_one_of_the_calendar() {
    let zone = Tz::America__Santiago;
    let options = Options { days: DayZone::Seller, zone, ..Options::default() };
    // Clocks in Chile go forward on the night to 6 September 2026: that day has 23 hours.
    let tries =
        vec![Try { at: at("2026-09-05 16:00"), outcome: because(RejectionClass::Limit, Retry::NextDay) }];
    let one = Obligation { due_at: at("2026-09-05"), pays_until: at("2026-10-05"), tries };
    assert_eq!(one.next(&options), Next::TryAt(at("2026-09-06 15:00")));
    assert_eq!(one.next(&Options::default()), Next::TryAt(at("2026-09-06 16:00")));
}

#[test]
fn tries_and_days_are_used_up() {
    let broke = || because(RejectionClass::Issuer, Retry::Later(24));
    let on = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"];
    let tries: Vec<_> = on.iter().map(|on| (*on, broke())).collect();
    check(&tries[..4], Next::TryAt(at("2026-01-09")));
    check(&tries, Next::GiveUp(GiveUp::TriesUsed));
    let in_all = Options { tries: TryRule::InAll, ..Options::default() };
    assert_eq!(obligation(&tries[..4]).next(&in_all), Next::GiveUp(GiveUp::TriesUsed));
    assert_eq!(obligation(&tries[..3]).next(&in_all), Next::TryAt(at("2026-01-08")));
    // Ten days after the 5th are over on the 15th.
    check(&[("2026-01-14 15:59", broke())], Next::TryAt(at("2026-01-15 15:59")));
    check(&[("2026-01-14 16:00", broke())], Next::GiveUp(GiveUp::WindowClosed));
    let act = because(RejectionClass::Issuer, Retry::PayerAction);
    check(&[("2026-01-14 16:00", act)], Next::Ask { what: Ask::Act, again_at: None });
}

#[test]
fn a_shorter_period_closes_the_window() {
    let broke = because(RejectionClass::Issuer, Retry::Later(24));
    let weekly = |on: &str| {
        let one = obligation(&[(on, broke.clone())]);
        Obligation { pays_until: at("2026-01-12"), ..one }.next(&Options::default())
    };
    assert_eq!(weekly("2026-01-11 15:59"), Next::TryAt(at("2026-01-12 15:59")));
    assert_eq!(weekly("2026-01-11 16:00"), Next::GiveUp(GiveUp::WindowClosed));
}

#[test]
fn each_try_has_a_key_of_its_own() {
    assert_eq!(obligation(&[]).key("own/7/yoga-2026-01"), "own/7/yoga-2026-01/1");
    let broke = because(RejectionClass::Issuer, Retry::Later(24));
    assert_eq!(obligation(&[(DUE, broke)]).key("own/7/yoga-2026-01"), "own/7/yoga-2026-01/2");
}

proptest! {
    /// However refusals come: every next try is after the last one, inside the window, and they end.
    #[test]
    fn tries_go_forward_stay_inside_and_end(
        waits in proptest::collection::vec((0_usize..6, 1_u16..96), 1..40),
        retries in 0_u32..8,
    ) {
        let options = Options { retries, ..Options::default() };
        let mut one = obligation(&[]);
        for (kind, count) in waits {
            let at = match one.next(&options) {
                Next::TryAt(at) | Next::Ask { again_at: Some(at), .. } => at,
                _ => break,
            };
            prop_assert!(one.due_at <= at && at < one.closes_at(&options));
            prop_assert!(one.tries.last().is_none_or(|last| last.at < at));
            let retry = [Retry::Later(count), Retry::NextDay, Retry::PayerAction][kind % 3];
            one.tries.push(Try { at, outcome: because(RejectionClass::Issuer, retry) });
        }
        prop_assert!(one.tries.len() as u64 <= u64::from(retries) + 1);
    }
}
