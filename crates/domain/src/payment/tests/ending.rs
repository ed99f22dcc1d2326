//! Names of orders, and how orders end: by an answer, by a refund that names them, by a standing that shows them.

use super::ordering::{above, answered, cancel, capture_as, lines, order, ordered, refund_as, refused};
use super::*;
use crate::machine::{Machine, fold};
use crate::payment::{OrderRefused, Ordered, Stage};

fn approved() -> Option<State> {
    known(&[says(5, Standing::Approved)])
}

/// After orders that are accepted one after the other.
fn after_orders(state: Option<State>, commands: &[Command]) -> Option<State> {
    commands.iter().fold(state, |state, command| ordered(state, command.clone(), day(10)))
}

fn ask(state: &Option<State>, command: Command) -> Result<Vec<String>, Refusal> {
    order(state.as_ref(), command, day(10))
}

fn named(order: &str, mention: RefundMention) -> RefundMention {
    RefundMention { order: Some(order.into()), ..mention }
}

fn stage(state: &Option<State>, request: &str) -> Stage {
    let known = state.as_ref().and_then(State::known).expect("the payment is described");
    known.asked.orders[request].stage.clone()
}

fn refundable_minor(state: &Option<State>) -> i64 {
    state.as_ref().and_then(State::known).expect("the payment is described").refundable_minor()
}

fn done(refund: &str) -> Stage {
    Stage::Done { refund: Some(refund.into()) }
}

fn taken(request: &str) -> Result<Vec<String>, Refusal> {
    Err(Refusal::RequestTaken { request: request.into() })
}

#[test]
fn the_same_order_again_writes_nothing_and_another_under_its_name_is_refused() {
    let state = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    assert_eq!(ask(&state, refund_as("r", Some(4_000))), lines(&[]));
    for other in
        [refund_as("r", Some(4_001)), refund_as("r", None), cancel("r"), capture_as("r", Some(4_000))]
    {
        assert_eq!(ask(&state, other), taken("r"));
    }
}

#[test]
fn an_order_stays_the_same_whatever_became_of_it() {
    let open = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    let ends = [refused("r"), answered("r", "x")];
    let mut states: Vec<_> = ends.into_iter().map(|end| ordered(open.clone(), end, day(11))).collect();
    states.push(tell(open.clone(), &seen(named("r", given_back("x", 4_000)))).0);
    // Not even the window that closed since, or what the payment stands at now, makes it another.
    states.push(tell(open, &says(9, Standing::Disputed)).0);
    for state in states {
        let late = at("2030-01-01T00:00:00Z");
        assert_eq!(order(state.as_ref(), refund_as("r", Some(4_000)), late), lines(&[]), "{state:?}");
    }
}

#[test]
fn all_that_remains_is_the_same_order_while_it_would_be_all() {
    let rest = after_orders(approved(), &[refund_as("part", Some(4_000)), refund_as("rest", None)]);
    let (named_rest, _) = tell(rest.clone(), &seen(named("rest", given_back("x", 6_000))));
    let refused_rest = ordered(rest.clone(), refused("rest"), day(11));
    let answered_rest = ordered(rest.clone(), answered("rest", "x"), day(11));
    for state in [rest, named_rest, refused_rest, answered_rest] {
        assert_eq!(ask(&state, refund_as("rest", None)), lines(&[]), "{state:?}");
        assert_eq!(ask(&state, refund_as("rest", Some(6_000))), lines(&[]), "{state:?}");
    }

    // What was the whole stays the whole, also when others gave a part of it back.
    let whole = after_orders(approved(), &[refund_as("all", None)]);
    let (returned, _) = tell(whole, &seen(given_back("x", 1_000)));
    assert_eq!(ask(&returned, refund_as("all", None)), lines(&[]));
}

#[test]
fn a_name_under_which_a_refund_was_made_is_taken_though_nobody_knows_the_order() {
    let (state, _) = tell(approved(), &seen(named("r", given_back("x", 4_000))));
    assert_eq!(ask(&state, refund_as("r", Some(4_000))), taken("r"));
    assert_eq!(ask(&state, refund_as("s", Some(4_000))), lines(&["refund_requested s 4000 by ana"]));
}

#[test]
fn a_name_is_one_that_the_provider_gives_back_and_that_a_person_can_tell_from_others() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let ask = |state: &Option<State>, command| {
        order(state.as_ref(), command, day(6)).map(|_| ()).map_err(|refusal| refusal.reason())
    };
    let longest = "ñ".repeat(200);
    for name in ["r", "order 7/ñ", &longest] {
        assert_eq!(ask(&approved(), refund_as(name, Some(1))), Ok(()), "{name:?}");
    }
    let too_long = format!("{longest}r");
    for name in ["", " ", " r", "r\u{a0}", "r\n7", "r\u{0}", "r\u{85}7", &too_long] {
        assert_eq!(ask(&approved(), refund_as(name, Some(1))), Err("unfit_name"), "{name:?}");
        assert_eq!(ask(&reserved, capture_as(name, None)), Err("unfit_name"), "{name:?}");
        assert_eq!(ask(&reserved, cancel(name)), Err("unfit_name"), "{name:?}");
    }
}

#[test]
fn a_capture_and_a_cancellation_exclude_each_other_while_they_are_open() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let ask = |state: &Option<State>, command| order(state.as_ref(), command, day(6));
    let open = |request: &str| Err(Refusal::OrderOpen { request: request.into() });
    for (first, name) in [(capture_as("c", Some(4_000)), "c"), (cancel("x"), "x")] {
        let state = ordered(reserved.clone(), first.clone(), day(6));
        assert_eq!(ask(&state, first.clone()), lines(&[]));
        assert_eq!(ask(&state, capture_as("c-2", None)), open(name));
        assert_eq!(ask(&state, cancel("x-2")), open(name));
        let state = ordered(state, refused(name), day(6));
        let again = ask(&state, capture_as("c-2", None));
        assert_eq!(again, lines(&["capture_requested c-2 10000 whole by ana"]));
        assert_eq!(ask(&state, cancel("x-2")), lines(&["cancel_requested x-2 by ana"]));
    }
}

#[test]
fn a_refund_that_names_an_order_is_its_end() {
    let open = after_orders(approved(), &[refund_as("r", Some(4_000)), refund_as("s", Some(4_000))]);
    assert_eq!(refundable_minor(&open), 2_000);
    let (state, _) = tell(open, &seen(named("s", given_back("x", 4_000))));
    assert_eq!((stage(&state, "r"), stage(&state, "s")), (Stage::Open, done("x")));
    assert_eq!(refundable_minor(&state), 2_000, "its amount is counted by the refund only");
    let known = state.as_ref().and_then(State::known).expect("the payment is described");
    assert_eq!(known.asked.order_of(&"x".into()), Some(&"s".into()));
    assert_eq!(known.asked.order_of(&"y".into()), None);
}

#[test]
fn a_refund_that_names_no_order_ends_none_also_of_the_same_amount() {
    let open = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    let (state, _) = tell(open, &seen(given_back("x", 4_000)));
    assert_eq!(stage(&state, "r"), Stage::Open);
    assert_eq!(refundable_minor(&state), 2_000);
    // The name may come later, with a rendering that brings nothing else.
    check_more(state, named("r", given_back("x", 4_000)), &["refund_named x 4000 approved of r"], 6_000);
}

/// Telling a refund writes these facts, and ends the order `r` with so much left.
fn check_more(state: Option<State>, mention: RefundMention, expect: &[&str], left_minor: i64) {
    let (state, decided) = tell(state, &seen(mention));
    let written: Vec<_> = decided.expect("a refund is accepted").iter().map(line).collect();
    assert_eq!(written, expect);
    assert_eq!((stage(&state, "r"), refundable_minor(&state)), (done("x"), left_minor));
}

#[test]
fn a_rendering_without_the_name_does_not_take_it_back() {
    let open = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    let (undecided, _) = tell(open, &seen(named("r", refund("x", 4_000, RefundStanding::InProcess))));
    let (given, decided) = tell(undecided, &seen(given_back("x", 4_000)));
    let written: Vec<_> = decided.expect("a refund is accepted").iter().map(line).collect();
    assert_eq!(written, ["refund_named x 4000 approved of r"]);
    let (_, again) = tell(given, &returning(told(5, Standing::Approved), 0, &[given_back("x", 4_000)]));
    assert_eq!(again, Ok(Vec::new()));
}

#[test]
fn an_order_whose_refund_is_not_given_frees_its_amount_and_stays_done() {
    let open = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    let (state, _) = tell(open, &seen(named("r", refund("x", 4_000, RefundStanding::InProcess))));
    assert_eq!(refundable_minor(&state), 6_000);
    for standing in [RefundStanding::Rejected, RefundStanding::Cancelled] {
        let (state, _) = tell(state.clone(), &seen(refund("x", 4_000, standing)));
        assert_eq!((stage(&state, "r"), refundable_minor(&state)), (done("x"), 10_000));
    }
}

#[test]
fn people_are_told_that_a_refund_was_not_given_until_it_is() {
    let shown = |state: &Option<State>| {
        let known = state.as_ref().and_then(State::known).expect("the payment is described");
        known.stage_of(&"r".into(), &known.asked.orders["r"])
    };
    let refused = |code: &str| Stage::Refused { code: code.into() };
    let open = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    assert_eq!(shown(&open), Stage::Open);
    let answer = ordered(open.clone(), answered("r", "x"), day(11));
    assert_eq!(shown(&answer), done("x"), "nobody told of it yet");
    for state in [open, answer] {
        let tell = |state, standing| tell(state, &seen(named("r", refund("x", 4_000, standing)))).0;
        let undecided = tell(state, RefundStanding::InProcess);
        assert_eq!(shown(&undecided), done("x"));
        let cancelled = tell(undecided, RefundStanding::Cancelled);
        assert_eq!(shown(&cancelled), refused("refund_cancelled"));
        let rejected = tell(cancelled, RefundStanding::Rejected);
        assert_eq!(shown(&rejected), refused("refund_rejected"));
        // Another try of the same order may be given.
        let (other, _) = super::tell(rejected.clone(), &seen(named("r", given_back("y", 4_000))));
        assert_eq!(shown(&other), done("x"));
        assert_eq!(shown(&tell(rejected, RefundStanding::Approved)), done("x"));
    }
}

#[test]
fn an_answer_ends_an_order_and_its_amount_is_kept_until_the_refund_is_told() {
    let open = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    assert_eq!(ask(&open, answered("r", "x")), lines(&["refund_answered r x"]));
    let state = ordered(open, answered("r", "x"), day(11));
    assert_eq!((stage(&state, "r"), refundable_minor(&state)), (done("x"), 6_000));
    assert_eq!(ask(&state, refund_as("more", Some(6_001))), Err(above(6_000, 6_001)));
    let (told_other, _) = tell(state.clone(), &seen(given_back("y", 1_000)));
    assert_eq!(refundable_minor(&told_other), 5_000, "another refund is not the one of the answer");
    for mention in [given_back("x", 4_000), named("r", given_back("x", 4_000))] {
        let (told, _) = tell(state.clone(), &seen(mention));
        assert_eq!((stage(&told, "r"), refundable_minor(&told)), (done("x"), 6_000));
    }
}

#[test]
fn reality_wins_over_a_refusal_that_was_recorded() {
    let refusal = after_orders(approved(), &[refund_as("r", Some(4_000)), refused("r")]);
    assert_eq!(
        (stage(&refusal, "r"), refundable_minor(&refusal)),
        (Stage::Refused { code: "2024".into() }, 10_000)
    );
    assert_eq!(ask(&refusal, refused("r")), lines(&[]));
    let by_answer = ordered(refusal.clone(), answered("r", "x"), day(11));
    let (by_name, _) = tell(refusal, &seen(named("r", given_back("x", 4_000))));
    for state in [by_answer, by_name] {
        assert_eq!((stage(&state, "r"), refundable_minor(&state)), (done("x"), 6_000));
        assert_eq!(ask(&state, refused("r")), lines(&[]), "what is done cannot be refused");
        assert_eq!(ask(&state, answered("r", "x")), lines(&[]));
    }
}

#[test]
fn one_refund_is_not_two_orders() {
    let open = after_orders(approved(), &[refund_as("r", Some(4_000)), refund_as("s", Some(4_000))]);
    let taken = |refund: &str| Err(Refusal::RefundTaken { refund: refund.into(), request: "r".into() });
    let by_answer = ordered(open.clone(), answered("r", "x"), day(11));
    assert_eq!(ask(&by_answer, answered("s", "x")), taken("x"));
    let (by_name, _) = tell(open, &seen(named("r", given_back("x", 4_000))));
    assert_eq!(ask(&by_name, answered("s", "x")), taken("x"));
    assert_eq!(ask(&by_name, answered("s", "y")), lines(&["refund_answered s y"]));
}

#[test]
fn only_an_order_of_its_own_kind_is_answered_with_a_refund() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let state = ordered(reserved, capture_as("c", None), day(6));
    for request in ["c", "nobody"] {
        let unknown = Refusal::UnknownOrder { request: request.into() };
        assert_eq!(ask(&state, answered(request, "x")), Err(unknown));
    }
    let unknown = Refusal::UnknownOrder { request: "nobody".into() };
    assert_eq!(ask(&state, refused("nobody")), Err(unknown));
    assert_eq!(ask(&state, refused("c")), lines(&["capture_refused c 10000 2024"]));
    // Nor does a refund that bears its name end it.
    let (told, _) = tell(state, &seen(named("c", refund("x", 1, RefundStanding::InProcess))));
    assert_eq!(stage(&told, "c"), Stage::Open);
}

#[test]
fn of_several_refunds_under_one_name_the_first_by_id_is_the_orders() {
    let open = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    let (x, y) = (seen(named("r", given_back("x", 4_000))), seen(named("r", given_back("y", 4_000))));
    for pair in [[&x, &y], [&y, &x]] {
        let state = pair.into_iter().fold(open.clone(), |state, told| tell(state, told).0);
        assert_eq!((stage(&state, "r"), refundable_minor(&state)), (done("x"), 2_000), "both were given");
    }
}

#[test]
fn the_refund_of_an_answer_is_kept_until_it_is_told_also_beside_another_that_names_the_order() {
    let open = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    let state = ordered(open, answered("r", "x"), day(11));
    for other in ["a", "y"] {
        let (both, _) = tell(state.clone(), &seen(named("r", given_back(other, 4_000))));
        assert_eq!(
            (stage(&both, "r"), refundable_minor(&both)),
            (done("x"), 2_000),
            "{other} and x were given"
        );
        let first = other.min("x");
        for x in [given_back("x", 4_000), named("r", given_back("x", 4_000))] {
            let (told, _) = tell(both.clone(), &seen(x));
            assert_eq!((stage(&told, "r"), refundable_minor(&told)), (done(first), 2_000));
        }
    }
}

#[test]
fn a_standing_that_shows_it_is_the_end_of_a_capture_or_cancellation() {
    for standing in Standing::ALL {
        let reserved = known(&[says(5, Standing::Authorized)]);
        let [captured, cancelled] = [capture_as("o", None), cancel("o")].map(|command| {
            let open = ordered(reserved.clone(), command, day(6));
            stage(&tell(open, &says(9, standing)).0, "o")
        });
        let shown = |is_shown| if is_shown { Stage::Done { refund: None } } else { Stage::Open };
        assert_eq!(captured, shown(standing.is_credited()), "{standing:?}");
        let is_cancelled = matches!(standing, Standing::Cancelled | Standing::Expired);
        assert_eq!(cancelled, shown(is_cancelled), "{standing:?}");
    }
}

#[test]
fn an_older_statement_ends_no_order() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let open = ordered(reserved, cancel("x"), day(6));
    let (state, _) = tell(open, &says(4, Standing::Cancelled));
    assert_eq!(stage(&state, "x"), Stage::Open);
}

#[test]
fn orders_of_before_had_no_name_and_nobody_waits_for_them() {
    let mut facts = Payment::decide(
        None,
        Command::Observe(says(5, Standing::Approved)),
        &Context { now: at(NOW), rules: &Rules::default() },
    )
    .expect("a first statement is accepted");
    let read = |name: &str, stored: &str| Event::from_payload(name, 1, stored).expect("a stored fact reads");
    let asked = include_str!("../golden/payment.refund_requested.json");
    let refused = include_str!("../golden/payment.refund_refused.json");
    let cancel = include_str!("../golden/payment.cancel_requested.json");
    let capture = include_str!("../golden/payment.capture_requested.json");
    facts.extend([
        read("payment.refund_requested", asked),
        read("payment.refund_requested", asked),
        read("payment.refund_refused", refused),
        read("payment.cancel_requested", cancel),
        read("payment.capture_requested", capture),
    ]);
    let state = fold::<Payment>(&facts).expect("a history of before can be folded");
    assert_eq!(refundable_minor(&state), 10_000);
    assert_eq!(ask(&state, refund_as("unnamed", None)), taken("unnamed"), "no other order may pass for them");
    assert_eq!(ask(&state, refund_as("r", None)), lines(&["refund_requested r 10000 whole by ana"]));
}

#[test]
fn a_fact_about_an_order_that_cannot_follow_is_told() {
    let (request, actor, reason) = ("r", "ana", "returned goods");
    let fact = |amount_minor| Ordered {
        at: day(9),
        request: request.into(),
        actor: actor.into(),
        reason: reason.into(),
        amount_minor,
        is_whole: false,
        is_held: false,
    };
    let refusal = |request: &str| {
        let (request, actor, code) = (request.into(), "provider".into(), "2024".into());
        OrderRefused { at: day(9), request, actor, code, amount_minor: None }
    };
    let open = after_orders(approved(), &[refund_as("r", Some(4_000))]);
    let facts = [
        Event::RefundRequested(fact(Some(4_000))),
        Event::RefundRequested(Ordered { request: "s".into(), ..fact(None) }),
        Event::CaptureRequested(Ordered { request: "s".into(), ..fact(None) }),
        Event::RefundRefused(refusal("s")),
        Event::CancelRefused(refusal("r")),
    ];
    for fact in facts {
        let illegal = Payment::evolve(open.clone(), &fact).expect_err("it cannot follow");
        assert_eq!((illegal.event, illegal.state), (fact.name(), "approved"));
    }
}
