//! Properties over every short walk of orders and of what the provider says meanwhile, and over every order of arrival
//! of what ends them.

use super::ordering::{answered, cancel, capture_as, refund_as, refused};
use super::*;
use crate::machine::Machine;
use crate::payment::state::Known;
use crate::payment::{Order, Stage};

/// What above 45.00 is ordered waits: one of the two refunds of the alphabet, or any after the other one.
fn rules() -> Rules {
    Rules { approval_above: [(Currency::ARS, 4_500)].into(), ..Rules::default() }
}

fn named(order: &str, mention: RefundMention) -> RefundMention {
    RefundMention { order: Some(order.into()), ..mention }
}

/// Orders about an approved payment of 100.00, and what is told of them.
fn alphabet() -> Vec<Command> {
    let in_process = RefundStanding::InProcess;
    let approve = |request: &str| Command::ApproveOrder {
        request: request.into(),
        funds: Funds::Unchecked,
        actor: "luz".into(),
    };
    let decline = |request: &str| Command::DeclineOrder {
        request: request.into(),
        actor: "luz".into(),
        reason: "not our fault".into(),
    };
    let mut letters = vec![
        refund_as("part", Some(4_000)),
        refund_as("all", None),
        approve("all"),
        decline("all"),
        refused("part"),
        refused("all"),
        answered("part", "r1"),
        answered("all", "r2"),
    ];
    letters.extend(
        [
            seen(named("part", given_back("r1", 4_000))),
            seen(given_back("r1", 4_000)),
            seen(named("part", refund("r1", 4_000, in_process))),
            seen(named("all", refund("r2", 6_000, in_process))),
            seen(refund("r2", 6_000, RefundStanding::Rejected)),
            returning(told(8, Standing::Approved), 4_000, &[given_back("r1", 4_000)]),
            says(7, Standing::Disputed),
        ]
        .map(Command::Observe),
    );
    letters
}

/// Orders about a reservation of 100.00, and what is told of them.
fn alphabet_of_reservations() -> Vec<Command> {
    let told = [Standing::Authorized, Standing::Approved, Standing::Cancelled, Standing::Expired];
    let said = told.into_iter().map(|standing| Command::Observe(says(6, standing)));
    let orders = [capture_as("c", None), capture_as("d", Some(4_000)), cancel("x")];
    let approve = |request: &str| Command::ApproveOrder {
        request: request.into(),
        funds: Funds::Unchecked,
        actor: "luz".into(),
    };
    let answers = [approve("c"), approve("d"), approve("x"), refused("c"), refused("d"), refused("x")];
    orders.into_iter().chain(answers).chain(said).collect()
}

/// One letter: what it decides follows, the same again writes nothing, and a refusal changes nothing.
fn step(state: Option<State>, letter: &Command) -> Option<State> {
    let rules = rules();
    walks::step::<Payment>(state, letter, &Context { now: day(6), rules: &rules }).0
}

fn described(state: &Option<State>) -> &Known {
    state.as_ref().and_then(State::known).expect("the payment is described")
}

/// Amounts of orders that can still take money, or took it by an answer that no refund shows yet.
fn promised_minor(known: &Known) -> i64 {
    let takes = |order: &&Order| match &order.stage {
        Stage::Held | Stage::Open => true,
        Stage::Done { refund } => refund.as_ref().is_some_and(|refund| known.keyed.refund(refund).is_none()),
        Stage::Refused { .. } | Stage::Declined { .. } => false,
    };
    known.asked.orders.values().filter(takes).filter_map(Order::refund_minor).sum()
}

/// After an order is accepted, what is promised and what was returned is within what was paid.
fn assert_within_what_was_paid(before: &Known, after: &Known, letter: &Command, walk: &[Command]) {
    let is_order = matches!(letter, Command::RequestRefund { .. } | Command::ApproveOrder { .. });
    if !is_order || before == after {
        return;
    }
    let returned_minor = after.keyed.returned_to_payer_minor() + after.keyed.undecided_refunds_minor();
    let out_minor = returned_minor + promised_minor(after);
    assert!(out_minor <= GROSS, "{out_minor} of {GROSS} is promised or returned: {walk:#?}");
    assert_eq!(after.refundable_minor(), GROSS - out_minor, "{walk:#?}");
}

/// What is done or declined stays so, a name keeps its wish, and nothing is sent alone that is above the limit.
fn assert_orders_only_advance(before: &Known, after: &Known, walk: &[Command]) {
    for (request, order) in &before.asked.orders {
        let now = &after.asked.orders[request];
        assert_eq!((order.wish, &order.actor, order.at), (now.wish, &now.actor, now.at), "{walk:#?}");
        let may_follow = match &order.stage {
            Stage::Held => true,
            Stage::Open => now.stage != Stage::Held && now.stage.name() != "declined",
            Stage::Refused { .. } => now.stage == order.stage || now.stage.name() == "done",
            Stage::Declined { .. } => now.stage == order.stage || now.stage.name() == "done",
            Stage::Done { .. } => now.stage.name() == "done",
        };
        assert!(may_follow, "{:?} to {:?}: {walk:#?}", order.stage, now.stage);
    }
    let sent = after.asked.open().filter(|(_, order)| order.approved_by.is_none());
    let alone_minor: i64 = sent.filter_map(|(_, order)| order.wish.amount_minor()).sum();
    assert!(alone_minor <= 4_500, "{alone_minor} is sent on the word of one: {walk:#?}");
}

fn walk_along(start: &Option<State>, walk: &[Command]) -> Option<State> {
    walk.iter().fold(start.clone(), |state, letter| {
        let next = step(state.clone(), letter);
        let (before, after) = (described(&state), described(&next));
        assert_within_what_was_paid(before, after, letter, walk);
        assert_orders_only_advance(before, after, walk);
        next
    })
}

#[test]
fn every_walk_of_refund_orders_stays_within_what_was_paid() {
    let approved = known(&[says(5, Standing::Approved)]);
    // From where both orders are given, walks of the same length get further.
    let both = [refund_as("part", Some(4_000)), refund_as("all", None)].iter().fold(approved.clone(), step);
    let mut walked = 0;
    for start in [approved, both] {
        walks::each(&alphabet(), 3, &mut |walk| {
            walked += 1;
            walk_along(&start, walk);
        });
    }
    assert_eq!(walked, 2 * (15 + 15 * 15 + 15 * 15 * 15));
}

#[test]
fn every_walk_of_captures_and_cancellations_has_one_of_them_open_at_most() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let mut walked = 0;
    walks::each(&alphabet_of_reservations(), 3, &mut |walk| {
        walked += 1;
        let state = walk_along(&reserved, walk);
        let orders = described(&state).asked.orders.values();
        let unfinished = orders.filter(|order| order.stage.is_unfinished()).count();
        assert!(unfinished <= 1, "{unfinished} orders are not finished: {walk:#?}");
    });
    assert_eq!(walked, 13 + 13 * 13 + 13 * 13 * 13);
}

/// Every order of arrival of these renderings, each told twice, ends in the same state.
fn assert_every_order_ends_alike(start: &Option<State>, letters: &[Observation]) -> Option<State> {
    let tell_all = |told: &mut dyn Iterator<Item = &Observation>| {
        told.fold(start.clone(), |state, told| {
            let (state, decided) = tell(state, told);
            decided.expect("nothing in the letters is refused");
            state
        })
    };
    let expect = tell_all(&mut letters.iter());
    walks::orders(letters, &mut |order| {
        let state = tell_all(&mut order.iter().chain(order.iter().rev()));
        assert_eq!(described(&state).keyed, described(&expect).keyed, "{order:#?}");
        assert_eq!(described(&state).asked, described(&expect).asked, "{order:#?}");
        assert_eq!(described(&state).refundable_minor(), described(&expect).refundable_minor(), "{order:#?}");
    });
    expect
}

#[test]
fn every_order_of_arrival_of_renderings_with_and_without_the_name_ends_alike() {
    let start = known(&[says(5, Standing::Approved)]);
    let start = [refund_as("part", Some(4_000)), refund_as("rest", Some(400))].iter().fold(start, step);
    let undecided = refund("r1", 4_000, RefundStanding::InProcess);
    let state = assert_every_order_ends_alike(
        &start,
        &[
            seen(undecided.clone()),
            seen(named("part", undecided)),
            seen(given_back("r1", 4_000)),
            returning(told(8, Standing::Approved), 4_000, &[named("part", given_back("r1", 4_000))]),
            returning(told(9, Standing::Approved), 4_000, &[given_back("r1", 4_000)]),
            seen(named("rest", refund("r2", 400, RefundStanding::Rejected))),
        ],
    );
    let known = described(&state);
    let stage = |request: &str| known.asked.orders[request].stage.clone();
    let done = |refund: &str| Stage::Done { refund: Some(refund.into()) };
    assert_eq!((stage("part"), stage("rest")), (done("r1"), done("r2")));
    assert_eq!(known.refundable_minor(), 6_000, "what was not given can be ordered again");
}

#[test]
fn every_order_of_arrival_of_two_names_of_one_refund_keeps_the_same_one() {
    let start = known(&[says(5, Standing::Approved)]);
    let given = given_back("r1", 4_000);
    let letters = [
        seen(named("b", given.clone())),
        seen(named("a", given.clone())),
        seen(named("c", given.clone())),
        seen(given),
    ];
    let state = assert_every_order_ends_alike(&start, &letters);
    assert_eq!(described(&state).keyed.refunds, [named("a", given_back("r1", 4_000))]);
}

#[test]
fn every_order_of_arrival_of_two_refunds_of_one_order_ends_alike() {
    let start = known(&[says(5, Standing::Approved)]);
    let start = step(start, &refund_as("part", Some(4_000)));
    let letters = [
        seen(named("part", given_back("r2", 4_000))),
        seen(named("part", given_back("r1", 4_000))),
        seen(given_back("r1", 4_000)),
        says(9, Standing::Approved),
    ];
    let state = assert_every_order_ends_alike(&start, &letters);
    assert_eq!(described(&state).refundable_minor(), 2_000);
}

#[test]
fn every_order_of_arrival_of_an_answered_refund_and_others_of_its_order_ends_alike() {
    let start = known(&[says(5, Standing::Approved)]);
    let start = [refund_as("part", Some(2_000)), answered("part", "r2")].iter().fold(start, step);
    for second in [given_back("r2", 2_000), named("part", given_back("r2", 2_000))] {
        let letters = [
            seen(named("part", given_back("r1", 2_000))),
            seen(named("part", given_back("r3", 2_000))),
            seen(second),
            says(9, Standing::Approved),
        ];
        let state = assert_every_order_ends_alike(&start, &letters);
        assert_eq!(described(&state).refundable_minor(), 4_000);
    }
}

#[test]
fn a_refund_told_before_its_payment_ends_the_order_alike() {
    let foretold = [seen(named("part", given_back("r1", 4_000))), seen(given_back("r1", 4_000))];
    for first in &foretold {
        let (state, _) = tell(None, first);
        let state = foretold.iter().fold(state, |state, told| tell(state, told).0);
        let (state, _) = tell(state, &says(5, Standing::Approved));
        assert_eq!(described(&state).keyed.refunds, [named("part", given_back("r1", 4_000))]);
        let rules = Rules::default();
        let context = Context { now: day(6), rules: &rules };
        let again = Payment::decide(state.as_ref(), refund_as("part", Some(4_000)), &context);
        assert_eq!(again, Err(Refusal::RequestTaken { request: "part".into() }));
    }
}
