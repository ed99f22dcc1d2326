//! Orders that wait for a second person: who, above what, and under which rules.

use chrono::TimeDelta;

use super::ordering::{
    above, cancel, capture_as, lines, order, ordered_under, paid_from, refund_as, refused, under,
};
use super::*;
use crate::payment::Stage;

/// What above 50.00 is ordered waits.
fn limited() -> Rules {
    Rules { approval_above: [(Currency::ARS, 5_000)].into(), ..Rules::default() }
}

fn approve(request: &str, actor: &str) -> Command {
    approve_from(request, actor, Funds::Unchecked)
}

fn approve_from(request: &str, actor: &str, funds: Funds) -> Command {
    Command::ApproveOrder { request: request.into(), funds, actor: actor.into() }
}

fn decline(request: &str, actor: &str) -> Command {
    Command::DeclineOrder { request: request.into(), actor: actor.into(), reason: "not our fault".into() }
}

fn approved() -> Option<State> {
    known(&[says(5, Standing::Approved)])
}

/// After orders that are accepted one after the other.
fn after_orders(state: Option<State>, commands: &[Command]) -> Option<State> {
    commands.iter().fold(state, |state, command| ordered_under(&limited(), state, command.clone(), day(10)))
}

fn ask(state: &Option<State>, command: Command) -> Result<Vec<String>, Refusal> {
    under(&limited(), state.as_ref(), command, day(10))
}

fn stage(state: &Option<State>, request: &str) -> Stage {
    let known = state.as_ref().and_then(State::known).expect("the payment is described");
    known.asked.orders[request].stage.clone()
}

#[test]
fn a_refund_at_the_limit_is_sent_and_one_cent_above_it_waits() {
    let at_limit = ask(&approved(), refund_as("r", Some(5_000)));
    assert_eq!(at_limit, lines(&["refund_requested r 5000 by ana"]));
    let above_limit = ask(&approved(), refund_as("r", Some(5_001)));
    assert_eq!(above_limit, lines(&["refund_requested r 5001 held by ana"]));
}

#[test]
fn a_limit_is_of_its_own_currency_only() {
    let mut chilean = told(5, Standing::Approved);
    chilean.terms.currency = Currency::CLP;
    let sent = ask(&known(&[describe(chilean)]), refund_as("r", Some(10_000)));
    assert_eq!(sent, lines(&["refund_requested r 10000 whole by ana"]));
}

#[test]
fn with_a_limit_of_nothing_every_amount_waits() {
    let strict = Rules { approval_above: [(Currency::ARS, 0)].into(), ..Rules::default() };
    let waits = under(&strict, approved().as_ref(), refund_as("r", Some(1)), day(10));
    assert_eq!(waits, lines(&["refund_requested r 1 held by ana"]));
}

#[test]
fn parts_that_together_are_above_the_limit_wait() {
    let state = after_orders(approved(), &[refund_as("r-1", Some(2_000)), refund_as("r-2", Some(3_000))]);
    let third = ask(&state, refund_as("r-3", Some(1)));
    assert_eq!(
        third,
        lines(&["refund_requested r-3 1 held by ana"]),
        "50.00 were ordered alone, also in parts"
    );

    // Parts that were carried out count too.
    let echo = RefundMention { order: Some("r-1".into()), ..given_back("x", 2_000) };
    let (state, _) = tell(state, &seen(echo));
    assert_eq!(stage(&state, "r-1"), Stage::Done { refund: Some("x".into()) });
    assert_eq!(ask(&state, refund_as("r-3", Some(1))), lines(&["refund_requested r-3 1 held by ana"]));
}

#[test]
fn what_a_second_person_saw_and_what_never_happened_count_no_more() {
    let held = refund_as("r-1", Some(5_001));
    let agreed = after_orders(approved(), &[held.clone(), approve("r-1", "luz")]);
    assert_eq!(ask(&agreed, refund_as("r-2", Some(4_999))), lines(&["refund_requested r-2 4999 by ana"]));
    let declined = after_orders(approved(), &[held.clone(), decline("r-1", "luz")]);
    assert_eq!(ask(&declined, refund_as("r-2", Some(5_000))), lines(&["refund_requested r-2 5000 by ana"]));
    let waiting = after_orders(approved(), &[held]);
    assert_eq!(ask(&waiting, refund_as("r-2", Some(4_999))), lines(&["refund_requested r-2 4999 by ana"]));
    let not_done = after_orders(approved(), &[refund_as("r-1", Some(5_000)), refused("r-1")]);
    assert_eq!(ask(&not_done, refund_as("r-2", Some(5_000))), lines(&["refund_requested r-2 5000 by ana"]));
}

#[test]
fn a_capture_above_the_limit_and_a_cancelled_reservation_wait() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let ask = |command| under(&limited(), reserved.as_ref(), command, day(6));
    assert_eq!(ask(capture_as("c", Some(5_000))), lines(&["capture_requested c 5000 by ana"]));
    assert_eq!(ask(capture_as("c", Some(5_001))), lines(&["capture_requested c 5001 held by ana"]));
    assert_eq!(ask(capture_as("c", None)), lines(&["capture_requested c 10000 whole held by ana"]));
    // What is not taken is let go, as by a cancellation.
    assert_eq!(ask(capture_as("c", Some(4_999))), lines(&["capture_requested c 4999 held by ana"]));
    assert_eq!(ask(capture_as("c", Some(1))), lines(&["capture_requested c 1 held by ana"]));
    assert_eq!(ask(cancel("x")), lines(&["cancel_requested x held by ana"]));
}

#[test]
fn nothing_is_at_stake_when_an_unpaid_payment_is_cancelled() {
    for standing in [Standing::AwaitingPayer, Standing::InReview] {
        let unpaid = known(&[says(5, standing)]);
        assert_eq!(ask(&unpaid, cancel("x")), lines(&["cancel_requested x by ana"]));
    }
}

#[test]
fn another_person_lets_an_order_go() {
    let held = after_orders(approved(), &[refund_as("r", Some(6_000))]);
    assert_eq!(stage(&held, "r"), Stage::Held);
    assert_eq!(ask(&held, approve("r", "luz")), lines(&["order_approved r by luz"]));
    let open = after_orders(held, &[approve("r", "luz")]);
    assert_eq!(stage(&open, "r"), Stage::Open);
    let state = open.as_ref().and_then(State::known).expect("the payment is described");
    assert_eq!(state.asked.orders["r"].approved_by, Some("luz".into()));
    let waiting: Vec<_> = state.asked.waiting().collect();
    assert_eq!((waiting.len(), state.asked.open().count()), (0, 1));
}

#[test]
fn who_gave_an_order_cannot_approve_it_however_the_name_is_written() {
    let held = after_orders(approved(), &[refund_as("r", Some(6_000))]);
    for actor in ["ana", "Ana", "ANA", " ana ", "\tAna\n"] {
        let same = Refusal::SamePerson { request: "r".into(), actor: "ana".into() };
        assert_eq!(ask(&held, approve("r", actor)), Err(same), "{actor:?}");
    }
    for actor in ["anna", "an a", "luz"] {
        let line = format!("order_approved r by {actor}");
        assert_eq!(ask(&held, approve("r", actor)), lines(&[&line]));
    }
}

#[test]
fn a_name_that_reads_alike_is_the_same_person_and_one_that_reads_as_nothing_is_nobody() {
    let same = |giver: &str, actor: &str| {
        let Command::RequestRefund { request, amount_minor, funds, reason, .. } = refund_as("r", Some(6_000))
        else {
            panic!("a refund is a refund")
        };
        let given = Command::RequestRefund { request, amount_minor, funds, reason, actor: giver.into() };
        let held = after_orders(approved(), &[given]);
        ask(&held, approve("r", actor)).map(|_| ()).map_err(|refusal| refusal.reason())
    };
    let (full_width, soft) = ("\u{ff21}\u{ff4e}\u{ff41}", "a\u{ad}na");
    for actor in
        [full_width, soft, "a\u{200b}na", "\u{feff}ana", "\u{202e}ana\u{2069}", "ana\u{fe0f}", "a\u{0}na"]
    {
        assert_eq!(same("ana", actor), Err("same_person"), "{actor:?}");
    }
    assert_eq!(same("Ana Díaz", "ANA \u{a0} DÍAZ"), Err("same_person"));
    assert_eq!(same("Weiß", "WEISS"), Err("same_person"));
    for actor in ["", " ", "\u{200b}", "\u{2060}\u{feff}"] {
        assert_eq!(same("ana", actor), Err("same_person"), "{actor:?} is no other person");
    }
    assert_eq!(same("Ana Díaz", "Ana Paz"), Ok(()));
    assert_eq!(same("安", "李"), Ok(()));
}

#[test]
fn only_an_order_that_waits_is_approved_or_declined_and_once() {
    let unknown = Refusal::UnknownOrder { request: "r".into() };
    assert_eq!(ask(&approved(), approve("r", "luz")), Err(unknown.clone()));
    assert_eq!(ask(&approved(), decline("r", "luz")), Err(unknown));

    let not_held = |stage| Refusal::NotHeld { request: "r".into(), stage };
    let sent = after_orders(approved(), &[refund_as("r", Some(1_000))]);
    assert_eq!(ask(&sent, approve("r", "luz")), Err(not_held("open")));
    assert_eq!(ask(&sent, decline("r", "luz")), Err(not_held("open")));

    let agreed = after_orders(approved(), &[refund_as("r", Some(6_000)), approve("r", "luz")]);
    assert_eq!(ask(&agreed, approve("r", " Luz")), lines(&[]), "the same again is the same");
    assert_eq!(ask(&agreed, approve("r", "eva")), Err(not_held("open")));
    assert_eq!(ask(&agreed, decline("r", "luz")), Err(not_held("open")));

    let declined = after_orders(approved(), &[refund_as("r", Some(6_000)), decline("r", "luz")]);
    assert_eq!(ask(&declined, decline("r", "luz")), lines(&[]), "the same again is the same");
    assert_eq!(ask(&declined, decline("r", "eva")), Err(not_held("declined")));
    assert_eq!(ask(&declined, approve("r", "eva")), Err(not_held("declined")));
}

#[test]
fn an_order_that_waits_keeps_its_amount_and_a_declined_one_gives_it_back() {
    let held = after_orders(approved(), &[refund_as("r", Some(6_000))]);
    assert_eq!(ask(&held, refund_as("more", Some(4_001))), Err(above(4_000, 4_001)));
    // Also who gave an order may take it back.
    assert_eq!(ask(&held, decline("r", "ana")), lines(&["order_declined r by ana"]));
    let declined = after_orders(held, &[decline("r", "luz")]);
    let (actor, reason) = ("luz".into(), "not our fault".into());
    assert_eq!(stage(&declined, "r"), Stage::Declined { actor, reason });
    let all = ask(&declined, refund_as("more", None));
    assert_eq!(all, lines(&["refund_requested more 10000 whole held by ana"]));
}

#[test]
fn a_refund_is_approved_up_to_the_last_second_of_its_window() {
    let held = after_orders(approved(), &[refund_as("r", None)]);
    let closed_at = day(4) + TimeDelta::days(180);
    let agree = |seconds| {
        let now = closed_at + TimeDelta::seconds(seconds);
        under(&limited(), held.as_ref(), approve("r", "luz"), now)
    };
    assert_eq!(agree(-1), lines(&["order_approved r by luz"]));
    assert_eq!(agree(0), lines(&["order_approved r by luz"]));
    assert_eq!(agree(1), Err(Refusal::WindowClosed { closed_at }));
}

#[test]
fn a_capture_is_approved_up_to_the_last_second_of_its_window() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let held = ordered_under(&limited(), reserved, capture_as("c", None), day(6));
    let closed_at = day(1) + TimeDelta::days(7);
    let agree = |seconds| {
        let now = closed_at + TimeDelta::seconds(seconds);
        under(&limited(), held.as_ref(), approve("c", "luz"), now)
    };
    assert_eq!(agree(-1), lines(&["order_approved c by luz"]));
    assert_eq!(agree(0), lines(&["order_approved c by luz"]));
    assert_eq!(agree(1), Err(Refusal::CaptureClosed { closed_at }));
}

#[test]
fn what_happened_while_an_order_waited_counts_when_it_is_approved() {
    let held = after_orders(approved(), &[refund_as("r", Some(6_000))]);
    let agree = |told: Observation| {
        let (state, decided) = tell(held.clone(), &told);
        decided.expect("what is told is accepted");
        ask(&state, approve("r", "luz"))
    };
    assert_eq!(agree(says(9, Standing::Approved)), lines(&["order_approved r by luz"]));
    let disputed = Refusal::NotApproved { standing: Standing::Disputed };
    assert_eq!(agree(says(9, Standing::Disputed)), Err(disputed));
    assert_eq!(agree(seen(given_back("x", 4_000))), lines(&["order_approved r by luz"]));
    assert_eq!(agree(seen(given_back("x", 4_001))), Err(above(5_999, 6_000)));
    let undecided = seen(refund("x", 4_001, RefundStanding::InProcess));
    assert_eq!(agree(undecided), Err(above(5_999, 6_000)));

    let reserved = known(&[says(5, Standing::Authorized)]);
    let held = |command| ordered_under(&limited(), reserved.clone(), command, day(6));
    let agree = |command, request: &str, standing| {
        let (state, _) = tell(held(command), &says(7, standing));
        under(&limited(), state.as_ref(), approve(request, "luz"), day(7))
    };
    let taken = Refusal::NotCapturable { standing: Standing::Cancelled };
    assert_eq!(agree(capture_as("c", None), "c", Standing::Cancelled), Err(taken));
    let paid = Refusal::NotCancellable { standing: Standing::Approved };
    assert_eq!(agree(cancel("x"), "x", Standing::Approved), Err(paid));
    assert_eq!(agree(cancel("x"), "x", Standing::Authorized), lines(&["order_approved x by luz"]));
}

#[test]
fn released_money_is_given_back_only_while_it_is_there() {
    let funds = |minor| Funds::Available { minor };
    let released = known(&[says(5, Standing::Approved), released("row-1", 9_500)]);
    let ask = |funds| order(released.as_ref(), paid_from("r", Some(4_000), funds), day(10));
    let short = |available_minor| {
        Err(Refusal::NotEnoughFunds { available_minor, asked_minor: 4_000, currency: Currency::ARS })
    };
    assert_eq!(ask(funds(4_000)), lines(&["refund_requested r 4000 by ana"]));
    assert_eq!(ask(funds(3_999)), short(3_999));
    assert_eq!(ask(funds(-1)), short(-1));
    assert_eq!(ask(Funds::Unchecked), lines(&["refund_requested r 4000 by ana"]));

    let held = after_orders(released.clone(), &[refund_as("r", Some(6_000))]);
    let agree = |minor| under(&limited(), held.as_ref(), approve_from("r", "luz", funds(minor)), day(10));
    assert_eq!(agree(6_000), lines(&["order_approved r by luz"]));
    let short =
        Refusal::NotEnoughFunds { available_minor: 5_999, asked_minor: 6_000, currency: Currency::ARS };
    assert_eq!(agree(5_999), Err(short));
}

#[test]
fn money_that_is_still_pending_is_given_back_from_there() {
    let none = Funds::Available { minor: 0 };
    for state in [approved(), known(&[says(5, Standing::Approved), released("hold", -9_500)])] {
        let asked = order(state.as_ref(), paid_from("r", Some(4_000), none), day(10));
        assert_eq!(asked, lines(&["refund_requested r 4000 by ana"]), "a hold releases nothing");
    }
}
