//! Given statements, when told or asked something, then these facts.

use super::*;

/// Given these statements, when told this, then these facts and this standing.
fn check(given: &[Observation], told: Observation, facts: &[&str], standing: &str) -> Vec<Event> {
    let before = hear(given).0;
    let events = decide(Some(&before), Command::Observe(told.clone()), minute(59)).expect("accepted");
    assert_eq!(names(&events), facts);
    let all: Vec<_> = given.iter().cloned().chain([told]).collect();
    assert_eq!(hear(&all).0.standing().name(), standing);
    events
}

/// Given an intent that is told this and then asked these things, when asked one more, then this.
fn ask(given: &[Observation], asked: &[Command], when: Command) -> Result<Vec<&'static str>, Refusal> {
    ask_at(minute(5), given, asked, when)
}

fn ask_at(
    now: Instant,
    given: &[Observation],
    asked: &[Command],
    when: Command,
) -> Result<Vec<&'static str>, Refusal> {
    let mut history = hear(given).1;
    for command in asked {
        history.extend(
            decide(replay(&history).as_ref(), command.clone(), now).expect("what is given is accepted"),
        );
    }
    decide(replay(&history).as_ref(), when, now).map(|facts| names(&facts))
}

fn cancel() -> Command {
    asked("first", "ana", "customer left")
}

fn presume() -> Command {
    Command::PresumeTimeout { life: None }
}

fn found(verdict: Verdict) -> Command {
    let payment = Some("9001".into());
    Command::Resolve(Resolution { verdict, payment, actor: "ana".into(), reason: "seen on terminal".into() })
}

fn outside_rule(event: &Event) -> bool {
    event.payload().contains("\"outside_rule\":true")
}

#[test]
fn the_first_statement_tells_that_it_was_asked_for_and_how_far_it_is() {
    let (state, events) = hear(&[naming(intent(Progress::Finished), &["9001"])]);
    assert_eq!(names(&events), ["intent.requested", "intent.finished", "intent.payment_named"]);
    assert_eq!(events[0].occurred_at(), minute(0), "asked for when it was created");
    assert_eq!(events[1].occurred_at(), minute(30), "finished when we heard of it");
    assert_eq!(state.standing(), Standing::Told(Progress::Finished));
    assert_eq!(state.payments, BTreeSet::from([payment("9001")]));
    assert_eq!(state.profile(), coffee());
}

#[test]
fn an_answer_without_a_state_opens_nothing() {
    let (state, events) = hear(&[intent(Progress::Requested)]);
    assert_eq!(names(&events), ["intent.requested"]);
    assert_eq!(state.standing().name(), "requested");
    check(&[intent(Progress::Requested)], intent(Progress::Open), &["intent.opened"], "open");
}

#[test]
fn an_intent_walks_from_open_to_finished() {
    let steps = [Progress::Open, Progress::AtTerminal, Progress::Processing, Progress::Processed];
    let told: Vec<_> = steps.into_iter().chain([Progress::Finished]).map(intent).collect();
    let expected = [
        "intent.requested",
        "intent.opened",
        "intent.reached_terminal",
        "intent.processing_started",
        "intent.processed",
        "intent.finished",
    ];
    let events = hear(&told).1;
    assert_eq!(names(&events), expected);
    assert!(!events.iter().any(outside_rule));
}

#[test]
fn the_same_statement_again_writes_nothing() {
    for told in [order(3, Progress::AtTerminal), intent(Progress::AtTerminal)] {
        check(std::slice::from_ref(&told), told.clone(), &[], "at_terminal");
    }
}

#[test]
fn a_later_statement_of_the_same_content_is_reaffirmed_so_that_its_time_is_kept() {
    let given = [order(1, Progress::Open)];
    check(&given, order(5, Progress::Open), &["intent.reaffirmed"], "open");
    let both = [order(1, Progress::Open), order(5, Progress::Open)];
    check(&both, order(3, Progress::AtTerminal), &[], "open");
}

#[test]
fn without_a_time_a_lower_rank_is_stale_but_its_payments_merge() {
    let given = [intent(Progress::Finished)];
    check(&given, intent(Progress::Processing), &[], "finished");
    let late = naming(intent(Progress::Processing), &["9001"]);
    check(&given, late, &["intent.payment_named"], "finished");
}

#[test]
fn a_newer_statement_is_right_even_when_it_leaves_a_final_state() {
    let given = [order(1, Progress::Canceled)];
    let events = check(&given, order(2, Progress::Finished), &["intent.finished"], "finished");
    assert!(outside_rule(&events[0]));
    let events = check(&given, order(2, Progress::Open), &["intent.opened"], "open");
    assert!(outside_rule(&events[0]));
}

#[test]
fn an_older_statement_never_moves_it() {
    check(&[order(5, Progress::Open)], order(4, Progress::Finished), &[], "open");
}

#[test]
fn a_canceled_intent_that_is_told_finished_without_a_time_is_finished() {
    let given = [intent(Progress::Canceled)];
    let events = check(&given, intent(Progress::Finished), &["intent.finished"], "finished");
    assert!(outside_rule(&events[0]));
}

#[test]
fn a_notification_without_a_time_counts_where_it_goes_further_than_the_fetched_order() {
    let given = [order(1, Progress::Open)];
    check(&given, notice(Progress::Finished), &["intent.finished"], "finished");
    let told = [order(1, Progress::Open), notice(Progress::Finished)];
    check(&told, order(2, Progress::AtTerminal), &["intent.reaffirmed"], "finished");
    // Of the same rank, the one with a time is right: only its words change.
    let mut fetched = order(3, Progress::Finished);
    fetched.said.status = "processed".into();
    check(&told, fetched.clone(), &["intent.reaffirmed"], "finished");
    let all = [told.as_slice(), &[fetched]].concat();
    assert_eq!(hear(&all).0.said().status.as_str(), "processed");
}

#[test]
fn a_body_without_a_state_takes_nothing_back_whatever_its_time() {
    check(&[order(1, Progress::Open)], order(2, Progress::Requested), &["intent.reaffirmed"], "open");
}

#[test]
fn a_statement_that_takes_back_a_further_one_lets_one_without_a_time_count_again() {
    let given = [order(1, Progress::Finished), notice(Progress::AtTerminal)];
    let told = order(2, Progress::Open);
    let events = check(&given, told, &["intent.reaffirmed", "intent.reached_terminal"], "at_terminal");
    assert!(outside_rule(&events[1]));
}

#[test]
fn what_a_body_leaves_out_stays_as_it_was_told() {
    let (state, _) = hear(&[order(1, Progress::Open), notice(Progress::Finished)]);
    assert_eq!(state.profile().device, Some("PAX_A910__1".into()));
    let mut bare = intent(Progress::Open);
    bare.profile = Profile::default();
    let events = check(&[bare], intent(Progress::Open), &["intent.redescribed"], "open");
    assert_eq!(events.len(), 1);
}

#[test]
fn a_known_currency_is_not_lost_to_a_later_body_without_one() {
    let mut vague = order(5, Progress::Finished);
    vague.profile.terms = Some(Terms { currency: None, amount_minor: 1500, cash_out_minor: 0 });
    for told in [[order(1, Progress::Open), vague.clone()], [vague, order(1, Progress::Open)]] {
        assert_eq!(hear(&told).0.profile().terms, Some(pesos(1500)));
    }
}

#[test]
fn the_provider_s_count_of_changes_decides_between_equal_ranks() {
    let counted = |revision, status: &str| {
        let mut told = notice(Progress::Finished);
        told.said.revision = Some(revision);
        told.said.status = status.into();
        told
    };
    let both = [counted(4, "charged_back"), counted(3, "refunded")];
    let mut turned = both.clone();
    turned.reverse();
    assert_eq!(hear(&both).0.said().status.as_str(), "charged_back");
    assert_eq!(hear(&turned).0.said().status.as_str(), "charged_back");
}

#[test]
fn another_currency_or_a_wrong_sign_is_refused() {
    let state = hear(&[intent(Progress::Open)]).0;
    let with = |terms| {
        let mut told = intent(Progress::Finished);
        told.profile.terms = Some(terms);
        decide(Some(&state), Command::Observe(told), minute(1))
    };
    let (expected, actual) = (Currency::ARS, Currency::BRL);
    let reais = Terms { currency: Some(actual), ..pesos(1500) };
    assert_eq!(with(reais), Err(Refusal::OtherCurrency { expected, actual }));
    assert_eq!(with(pesos(-1)), Err(Refusal::WrongSign { amount_minor: -1 }));
    assert_eq!(with(Terms { cash_out_minor: 5, ..pesos(1500) }), Err(Refusal::WrongSign { amount_minor: 5 }));
}

#[test]
fn orders_about_an_unknown_intent_are_refused() {
    for command in [cancel(), presume(), found(Verdict::Charged)] {
        assert_eq!(decide(None, command, minute(1)), Err(Refusal::NotKnown));
    }
}

#[test]
fn only_an_open_intent_can_be_canceled() {
    for progress in Progress::ALL {
        let can = matches!(progress, Progress::Requested | Progress::Open);
        let expected =
            if can { Ok(vec!["intent.cancel_requested"]) } else { Err(Refusal::NotCancelable { progress }) };
        assert_eq!(ask(&[intent(progress)], &[], cancel()), expected, "{progress:?}");
    }
    let mut online = order(1, Progress::AwaitingAction);
    online.profile.channel = Some(Channel::Online);
    assert_eq!(ask(&[online], &[], cancel()), Ok(vec!["intent.cancel_requested"]));
}

#[test]
fn one_request_to_cancel_at_a_time() {
    let open = [intent(Progress::Open)];
    assert_eq!(ask(&open, &[cancel()], cancel()), Ok(vec![]));
    let other = asked("second", "luis", "mistake");
    assert_eq!(ask(&open, &[cancel()], other.clone()), Err(Refusal::CancelPending));
    let refused = Command::RecordCancelOutcome(CancelAnswer::Refused { code: "409".into() });
    assert_eq!(ask(&open, &[cancel(), refused], other), Ok(vec!["intent.cancel_requested"]));
}

#[test]
fn an_order_to_cancel_is_one_by_its_name_however_it_ended() {
    let open = [intent(Progress::Open)];
    let refused = Command::RecordCancelOutcome(CancelAnswer::Refused { code: "409".into() });
    let ended = [cancel(), refused];
    assert_eq!(ask(&open, &ended, asked("first", "luis", "mistake")), Ok(vec![]));
    assert_eq!(
        ask(&open, &ended, asked("second", "ana", "customer left")),
        Ok(vec!["intent.cancel_requested"])
    );
    // A pending one of the same person for the same reason is theirs, whatever its name.
    assert_eq!(ask(&open, &[cancel()], asked("second", "ana", "customer left")), Ok(vec![]));
}

#[test]
fn what_a_terminal_has_taken_is_asked_for_only_where_the_terminal_is_asked_too() {
    let ask_terminal = |progress| {
        let (request, actor, reason) = ("first".into(), "ana".into(), "left".into());
        let command = Command::RequestCancel { request, actor, reason, at_terminal: true };
        ask(&[order(1, progress)], &[], command)
    };
    for progress in Progress::ALL {
        let can = matches!(progress, Progress::Requested | Progress::Open | Progress::AtTerminal);
        let expected =
            if can { Ok(vec!["intent.cancel_requested"]) } else { Err(Refusal::NotCancelable { progress }) };
        assert_eq!(ask_terminal(progress), expected, "{progress:?}");
    }
}

#[test]
fn a_request_to_cancel_ends_with_the_intent() {
    let mut history = hear(&[order(1, Progress::Open)]).1;
    for command in [cancel(), Command::Observe(order(3, Progress::Finished))] {
        history.extend(decide(replay(&history).as_ref(), command, minute(4)).expect("accepted"));
    }
    let again = decide(replay(&history).as_ref(), asked("second", "luis", "mistake"), minute(5));
    assert_eq!(again, Err(Refusal::NotCancelable { progress: Progress::Finished }));
}

#[test]
fn a_cancel_ends_accepted_deferred_refused_or_overtaken() {
    let open = [intent(Progress::Open)];
    let answer = |answer| ask(&open, &[cancel()], Command::RecordCancelOutcome(answer));
    assert_eq!(answer(CancelAnswer::Accepted), Ok(vec!["intent.cancel_accepted", "intent.canceled"]));
    assert_eq!(answer(CancelAnswer::AcceptedLater), Ok(vec!["intent.cancel_deferred"]));
    assert_eq!(answer(CancelAnswer::Refused { code: "409".into() }), Ok(vec!["intent.cancel_refused"]));
    assert_eq!(answer(CancelAnswer::Overtaken), Ok(vec!["intent.cancel_overtaken"]));
    let nobody_asked = ask(&open, &[], Command::RecordCancelOutcome(CancelAnswer::Accepted));
    assert_eq!(nobody_asked, Err(Refusal::NoCancelPending));
}

#[test]
fn a_deferred_cancel_is_not_a_cancellation() {
    let deferred = Command::RecordCancelOutcome(CancelAnswer::AcceptedLater);
    let mut history = hear(&[order(1, Progress::Open)]).1;
    for command in [cancel(), deferred.clone()] {
        history.extend(decide(replay(&history).as_ref(), command, minute(2)).expect("accepted"));
    }
    let state = replay(&history).expect("known");
    assert_eq!(state.standing().name(), "open");
    assert_eq!(decide(Some(&state), deferred, minute(2)), Ok(vec![]));
    assert_eq!(state.cancel_answer(), Some(CancelAnswer::AcceptedLater));
    let after = |told: &[Observation]| {
        told.iter().fold(state.clone(), |state, told| {
            let facts =
                decide(Some(&state), Command::Observe(told.clone()), minute(5)).expect("it is a statement");
            facts.iter().fold(state, |state, fact| Intent::evolve(Some(state), fact).expect("it was decided"))
        })
    };
    assert_eq!(after(&[order(3, Progress::AtTerminal)]).cancel_answer(), Some(CancelAnswer::AcceptedLater));
    let (canceled, finished) = (order(3, Progress::Canceled), order(4, Progress::Finished));
    assert_eq!(after(std::slice::from_ref(&canceled)).cancel_answer(), Some(CancelAnswer::Accepted));
    assert_eq!(after(std::slice::from_ref(&finished)).cancel_answer(), Some(CancelAnswer::Overtaken));
    let in_order = after(&[canceled.clone(), finished.clone()]);
    assert_eq!(in_order.cancel_answer(), Some(CancelAnswer::Overtaken));
    assert_eq!(in_order, after(&[finished, canceled]), "statements after a request arrive in any order");
}

#[test]
fn an_intent_without_an_end_is_presumed_over_to_the_second() {
    let end_of = |told: &Observation, at_: &str| ask_at(at(at_), std::slice::from_ref(told), &[], presume());
    let not_due = |due: &str| Err(Refusal::NotDue { due_at: at(due) });
    let instore = statement(Generation::C, None, Progress::Open);
    assert_eq!(end_of(&instore, "2026-03-10T15:59:59Z"), not_due("2026-03-10T16:00:00Z"));
    assert_eq!(end_of(&instore, "2026-03-10T16:00:00Z"), Ok(vec!["intent.presumed_expired"]));
    let terminal = intent(Progress::AtTerminal);
    assert_eq!(end_of(&terminal, "2026-03-10T16:00:00Z"), Ok(vec!["intent.presumed_abandoned"]));
    let order_ = order(1, Progress::Open);
    assert_eq!(end_of(&order_, "2026-03-10T15:14:59Z"), not_due("2026-03-10T15:15:00Z"));
    assert_eq!(end_of(&order_, "2026-03-10T15:15:00Z"), Ok(vec!["intent.presumed_expired"]));
    let mut long = order_;
    long.profile.expires_at = Some(minute(40));
    assert_eq!(end_of(&long, "2026-03-10T15:39:59Z"), not_due("2026-03-10T15:40:00Z"));
    assert_eq!(end_of(&long, "2026-03-10T15:40:00Z"), Ok(vec!["intent.presumed_expired"]));
    let phone = statement(Generation::A, None, Progress::Open);
    assert_eq!(end_of(&phone, "2027-01-01T00:00:00Z"), Err(Refusal::NoLife));
    let mut qr = instore;
    qr.profile.channel = Some(Channel::Qr);
    assert_eq!(end_of(&qr, "2026-03-10T16:00:00Z"), not_due("2026-06-10T15:00:00Z"));
}

#[test]
fn the_life_of_a_generation_that_documents_none_is_configured() {
    let life = Command::PresumeTimeout { life: Some(TimeDelta::minutes(10)) };
    let phone = [statement(Generation::A, None, Progress::Open)];
    let early = ask_at(at("2026-03-10T15:09:59Z"), &phone, &[], life.clone());
    assert_eq!(early, Err(Refusal::NotDue { due_at: minute(10) }));
    assert_eq!(ask_at(minute(10), &phone, &[], life), Ok(vec!["intent.presumed_abandoned"]));
}

#[test]
fn a_presumption_holds_until_the_intent_moves() {
    let mut history = hear(&[order(1, Progress::Open)]).1;
    history.extend(decide(replay(&history).as_ref(), presume(), minute(20)).expect("due"));
    assert_eq!(replay(&history).expect("known").standing().name(), "presumed_expired");
    assert_eq!(decide(replay(&history).as_ref(), presume(), minute(21)), Ok(vec![]));
    let taken = Command::Observe(order(22, Progress::AtTerminal));
    history.extend(decide(replay(&history).as_ref(), taken, minute(23)).expect("accepted"));
    assert_eq!(replay(&history).expect("known").standing().name(), "at_terminal");
    history.extend(decide(replay(&history).as_ref(), presume(), minute(24)).expect("due"));
    assert_eq!(replay(&history).expect("known").standing().name(), "presumed_expired");
    let paid = Command::Observe(order(25, Progress::Finished));
    history.extend(decide(replay(&history).as_ref(), paid, minute(26)).expect("accepted"));
    assert_eq!(replay(&history).expect("known").standing().name(), "finished");
    assert_eq!(decide(replay(&history).as_ref(), presume(), minute(27)), Ok(vec![]));
}

#[test]
fn only_an_intent_that_requires_confirmation_can_be_resolved() {
    for progress in Progress::ALL {
        let expected = match progress {
            Progress::ConfirmationRequired => Ok(vec!["intent.resolved"]),
            progress => Err(Refusal::NothingToResolve { progress }),
        };
        assert_eq!(ask(&[intent(progress)], &[], found(Verdict::Charged)), expected);
    }
    let stuck = [intent(Progress::ConfirmationRequired)];
    let yes = found(Verdict::Charged);
    assert_eq!(ask(&stuck, std::slice::from_ref(&yes), yes.clone()), Ok(vec![]));
    assert_eq!(ask(&stuck, &[yes], found(Verdict::NotCharged)), Err(Refusal::AlreadyResolved));
}

#[test]
fn evidence_of_the_provider_goes_before_a_resolution() {
    let mut history = hear(&[order(1, Progress::ConfirmationRequired)]).1;
    history
        .extend(decide(replay(&history).as_ref(), found(Verdict::NotCharged), minute(2)).expect("allowed"));
    let standing = |history: &[Event]| replay(history).expect("known").standing();
    assert_eq!(standing(&history), Standing::Resolved(Verdict::NotCharged));
    let paid = Command::Observe(order(3, Progress::Finished));
    let facts = decide(replay(&history).as_ref(), paid, minute(4)).expect("accepted");
    assert!(outside_rule(&facts[0]), "the provider calls it frozen");
    history.extend(facts);
    assert_eq!(standing(&history), Standing::Told(Progress::Finished));
}
