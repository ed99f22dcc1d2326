//! What is to be done with a link, at every moment of its life.

use super::*;
use crate::vault::samples::{at, auth, held, imported};

/// Hours after the tokens were asked for.
fn look(link: &Link, hours: i64) -> Look {
    link.look(&auth(), at(hours))
}

fn access(text: &str) -> AccessToken {
    AccessToken::new(text)
}

const DAY: i64 = 24;

fn asked(link: &Link, from: i64, until: i64) -> Link {
    link.claimed(&"p1".into(), at(from), at(until)).expect("it has tokens").1
}

#[test]
fn a_token_of_half_a_year_is_due_thirty_days_before_its_end() {
    let link = held(Grant::AuthorizationCode, 180 * DAY);
    let usable = Look::Usable { access: access("A1"), until: Some(at(180 * DAY)) };
    assert_eq!(look(&link, 150 * DAY - 1), usable);
    assert_eq!(look(&link, 150 * DAY), Look::Due(Some(access("A1"))));
    assert_eq!(look(&link, 180 * DAY - 1), Look::Due(Some(access("A1"))));
    assert_eq!(look(&link, 180 * DAY), Look::Due(None));
}

#[test]
fn a_token_of_six_hours_is_due_an_hour_before_its_end() {
    let link = held(Grant::ClientCredentials, 6);
    assert_eq!(look(&link, 4), Look::Usable { access: access("A1"), until: Some(at(6)) });
    assert_eq!(look(&link, 5), Look::Due(Some(access("A1"))));
    assert_eq!(look(&link, 6), Look::Due(None));
}

#[test]
fn an_imported_token_is_used_until_its_end_and_then_over() {
    let link = imported(Some(at(10)));
    assert_eq!(look(&link, 9), Look::Usable { access: access("A1"), until: Some(at(10)) });
    assert_eq!(look(&link, 10), Look::Over(Cause::Expired));
    assert_eq!(look(&imported(None), 10_000), Look::Usable { access: access("A1"), until: None });
}

#[test]
fn while_somebody_renews_it_a_token_that_holds_is_used_and_one_that_does_not_is_waited_for() {
    let link = asked(&held(Grant::AuthorizationCode, 180 * DAY), 179 * DAY, 181 * DAY);
    let usable = Look::Usable { access: access("A1"), until: Some(at(180 * DAY)) };
    assert_eq!(look(&link, 180 * DAY - 1), usable);
    assert_eq!(look(&link, 180 * DAY), Look::Wait);
    assert_eq!(look(&link, 181 * DAY), Look::Due(None), "the lease has ended");
    let cut_short = asked(&held(Grant::AuthorizationCode, 180 * DAY), 1, 2);
    assert_eq!(look(&cut_short, 2), Look::Due(Some(access("A1"))), "it is not known which token holds");
}

#[test]
fn after_a_failure_nobody_tries_for_half_a_minute() {
    let failure = |cause| Some(Failure { cause, at: at(6) - TimeDelta::seconds(29) });
    let link = held(Grant::ClientCredentials, 6);
    let failed = Link { failure: failure(Cause::Unavailable), ..link.clone() };
    assert_eq!(look(&failed, 6), Look::Paused(Cause::Unavailable));
    assert_eq!(look(&failed, 7), Look::Due(None));
    let holding = Link { failure: Some(Failure { cause: Cause::Unavailable, at: at(5) }), ..link };
    assert_eq!(look(&holding, 5), Look::Usable { access: access("A1"), until: Some(at(6)) });
}

#[test]
fn the_end_tells_the_failure_that_led_to_it_and_forgets_older_ones() {
    let mut link = held(Grant::AuthorizationCode, 10);
    let Standing::Held(pair) = &mut link.standing else { unreachable!("it was just made") };
    pair.refresh = None;
    assert_eq!(look(&link, 10), Look::Over(Cause::Expired));
    let failed = |cause, hours| Link { failure: Some(Failure { cause, at: at(hours) }), ..link.clone() };
    assert_eq!(look(&failed(Cause::UsedTwice, 5), 10), Look::Over(Cause::UsedTwice));
    assert_eq!(look(&failed(Cause::UsedTwice, -1), 10), Look::Over(Cause::Expired));
    assert_eq!(look(&failed(Cause::Unavailable, 5), 10), Look::Over(Cause::Expired));
    let ended = link.ended(Cause::Revoked, at(3));
    assert_eq!(look(&ended, 4), Look::Ended(Cause::Revoked));
    assert_eq!(ended.failure, Some(Failure { cause: Cause::Revoked, at: at(3) }));
    assert!(ended.pair().is_none(), "no token outlives the link");
}

#[test]
fn a_refused_token_is_renewed_unless_it_is_new_or_another_one() {
    let link = held(Grant::AuthorizationCode, 180 * DAY);
    let rejected = link.rejected(&access("A1"), at(2)).expect("it is its token");
    assert_eq!(look(&rejected, 2), Look::Due(None));
    assert!(link.rejected(&access("A0"), at(2)).is_none(), "another token");
    assert!(link.rejected(&access("A1"), at(0) + TimeDelta::seconds(59)).is_none(), "a new one");
    assert!(link.ended(Cause::Expired, at(1)).rejected(&access("A1"), at(2)).is_none());
    let brought =
        imported(None).rejected(&access("A1"), at(0)).expect("nothing renews it, however new it is");
    assert_eq!(look(&brought, 0), Look::Over(Cause::Unknown));
}

#[test]
fn a_refused_import_falls_back_to_the_token_before_it_while_both_hold() {
    let spare = Some(Spare { access: access("A0"), until: at(12) });
    let link = Link { spare, ..imported(None) };
    let fallen_back = link.rejected(&access("A1"), at(1)).expect("it is its token");
    assert_eq!(look(&fallen_back, 1), Look::Usable { access: access("A0"), until: Some(at(12)) });
    assert_eq!(look(&fallen_back, 12), Look::Over(Cause::Unknown));
    let both_refused = fallen_back.rejected(&access("A0"), at(2)).expect("it is its token now");
    assert_eq!(look(&both_refused, 2), Look::Over(Cause::Unknown));
    let too_late = link.rejected(&access("A1"), at(12)).expect("it is its token");
    assert_eq!(look(&too_late, 12), Look::Over(Cause::Unknown));
}

#[test]
fn a_link_is_stored_whole_and_prints_no_token() {
    let spare = Some(Spare { access: access("A0-SECRET"), until: at(12) });
    let failure = Some(Failure { cause: Cause::UsedTwice, at: at(1) });
    let mut link = Link { spare, failure, ..asked(&held(Grant::AuthorizationCode, 10), 1, 2) };
    let Standing::Asked(asked) = &mut link.standing else { unreachable!("it was just asked") };
    asked.pair.refresh = Some(SecretString::from("TG-SECRET"));
    asked.pair.access = access("A1-SECRET");
    let stored = serde_json::to_string(&link).expect("a link is JSON");
    let again: Link = serde_json::from_str(&stored).expect("it reads what it wrote");
    assert_eq!(serde_json::to_string(&again).expect("a link is JSON"), stored);
    for secret in ["A0-SECRET", "A1-SECRET", "TG-SECRET"] {
        assert!(stored.contains(secret), "{secret} is kept");
    }
    assert!(!format!("{link:?}").contains("SECRET"), "{link:?}");
}
