//! What every answer makes of a link, and how the one word of the provider is told apart.

use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::vault::link::Look;
use crate::vault::samples::{at, auth, held};

const DAY: i64 = 24;
/// When renewals of the tests begin: the token of half a year is due and holds.
const BEGUN: i64 = 160 * DAY;

fn due() -> Link {
    held(Grant::AuthorizationCode, 180 * DAY)
}

/// The link after one more renewal that begins at an hour and is answered half an hour later.
fn after(link: &Link, hours: i64, outcome: Outcome) -> Link {
    let (asked, claimed) = link.claimed(&"p1".into(), at(hours), at(hours + 1)).expect("it has tokens");
    claimed.settled(asked, outcome, at(hours) + chrono::TimeDelta::minutes(30))
}

fn granted(hours: i64) -> Outcome {
    let pair = Pair {
        access: AccessToken::new("A2"),
        refresh: Some(SecretString::from("TG-2")),
        issued_at: at(hours),
        expires_at: Some(at(hours + 180 * DAY)),
        is_rejected: false,
    };
    Outcome::Granted { pair, scope: "read".into() }
}

/// The cause of the last failure, and whether there are tokens and what would renew them.
fn told(link: &Link) -> (Option<Cause>, Option<bool>) {
    (link.failure.map(|failure| failure.cause), link.pair().map(|pair| pair.refresh.is_some()))
}

#[test]
fn new_tokens_take_the_place_of_the_old_ones() {
    let renewed = after(&due(), BEGUN, granted(BEGUN));
    let pair = renewed.pair().expect("it has tokens");
    assert_eq!(pair.access, AccessToken::new("A2"));
    assert_eq!(pair.refresh.as_ref().map(ExposeSecret::expose_secret), Some("TG-2"));
    assert_eq!(&*renewed.scope, "read");
    let usable = Look::Usable { access: AccessToken::new("A2"), until: Some(at(BEGUN + 180 * DAY)) };
    assert_eq!(renewed.look(&auth(), at(BEGUN + 1)), usable);
}

#[test]
fn a_refresh_token_that_is_not_taken_while_the_account_works_was_used_by_somebody_else() {
    let link = after(&due(), BEGUN, Outcome::InvalidGrant);
    assert_eq!(told(&link), (Some(Cause::UsedTwice), Some(false)));
    let usable = Look::Usable { access: AccessToken::new("A1"), until: Some(at(180 * DAY)) };
    assert_eq!(link.look(&auth(), at(BEGUN + 1)), usable, "what still works is used to its end");
    assert_eq!(link.look(&auth(), at(180 * DAY)), Look::Over(Cause::UsedTwice));
}

#[test]
fn a_refresh_token_that_is_not_taken_after_its_time_has_expired() {
    let link = after(&due(), 181 * DAY, Outcome::InvalidGrant);
    assert_eq!(told(&link), (Some(Cause::Expired), None));
    assert_eq!(link.look(&auth(), at(182 * DAY)), Look::Ended(Cause::Expired));
}

#[test]
fn a_refresh_token_that_is_not_taken_after_its_access_was_refused_ended_for_reasons_of_the_provider() {
    let rejected = due().rejected(&AccessToken::new("A1"), at(BEGUN)).expect("it is its token");
    assert_eq!(told(&after(&rejected, BEGUN, Outcome::InvalidGrant)), (Some(Cause::Unknown), None));
}

#[test]
fn a_refresh_token_that_is_not_taken_after_a_renewal_without_answer_was_used_by_that_renewal() {
    let doubtful = after(&due(), BEGUN, Outcome::NoAnswer);
    assert_eq!(told(&doubtful), (Some(Cause::Unavailable), Some(true)));
    assert_eq!(
        told(&after(&doubtful, BEGUN + 1, Outcome::InvalidGrant)),
        (Some(Cause::AnswerLost), Some(false))
    );
    assert_eq!(told(&after(&doubtful, 181 * DAY, Outcome::InvalidGrant)), (Some(Cause::AnswerLost), None));
    let (_, claimed) = due().claimed(&"p1".into(), at(BEGUN), at(BEGUN + 1)).expect("it has tokens");
    let crashed = after(&claimed, BEGUN + 2, Outcome::InvalidGrant);
    assert_eq!(told(&crashed), (Some(Cause::AnswerLost), Some(false)), "a crash leaves no answer either");
    let saved = after(&doubtful, BEGUN + 1, granted(BEGUN + 1));
    assert_eq!(saved.pair().map(|pair| &pair.access), Some(&AccessToken::new("A2")));
}

#[test]
fn what_did_not_use_the_refresh_token_leaves_everything_as_it_was() {
    for (outcome, cause) in [
        (Outcome::SecretRefused, Cause::CredentialsRotated),
        (Outcome::Refused, Cause::Unknown),
        (Outcome::NotAsked, Cause::Unavailable),
    ] {
        let link = after(&due(), BEGUN, outcome.clone());
        assert_eq!(told(&link), (Some(cause), Some(true)), "{outcome:?}");
        assert!(matches!(link.standing, Standing::Held(_)), "{outcome:?}");
        let doubtful = after(&due(), BEGUN, Outcome::NoAnswer);
        let still = after(&doubtful, BEGUN + 1, outcome.clone());
        let lost = after(&still, BEGUN + 2, Outcome::InvalidGrant);
        assert_eq!(
            told(&lost),
            (Some(Cause::AnswerLost), Some(false)),
            "{outcome:?} does not forget the doubt"
        );
    }
}

#[test]
fn credentials_have_no_grant_that_could_be_used_up() {
    let link = after(&held(Grant::ClientCredentials, 6), 5, Outcome::InvalidGrant);
    assert_eq!(told(&link), (Some(Cause::Unknown), Some(false)));
    assert!(link.is_renewable());
    let retried = after(&after(&link, 6, Outcome::NoAnswer), 7, Outcome::InvalidGrant);
    assert_eq!(told(&retried), (Some(Cause::Unknown), Some(false)));
}

#[test]
fn tokens_that_come_late_win_over_a_verdict_of_another_process_and_never_over_a_person() {
    let replaced = AccessToken::new("A1");
    let gives_way = |link: &Link| link.gives_way(&replaced);
    let (_, taken_over) = due().claimed(&"p2".into(), at(BEGUN), at(BEGUN + 1)).expect("it has tokens");
    assert!(gives_way(&taken_over));
    assert!(gives_way(&after(&taken_over, BEGUN, Outcome::InvalidGrant)));
    assert!(gives_way(&after(&taken_over, 181 * DAY, Outcome::InvalidGrant)), "ended as lost");
    assert!(!gives_way(&due().ended(Cause::Revoked, at(BEGUN))), "the seller has spoken");
    assert!(!gives_way(&after(&due(), BEGUN, granted(BEGUN))), "a login or a renewal after this one");
}
