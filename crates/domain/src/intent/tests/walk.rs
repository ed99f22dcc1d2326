//! What holds for every short walk, not for samples.

use super::*;

/// Statements with and without a time, in and out of order, with and without payments, device and currency.
fn statements() -> Vec<Observation> {
    let mut vague = notice(Progress::AtTerminal);
    vague.profile = Profile {
        terms: Some(Terms { currency: None, amount_minor: 1500, cash_out_minor: 0 }),
        device: Some("A910_1".into()),
        ..Profile::default()
    };
    let mut counted = naming(notice(Progress::Finished), &["9001"]);
    counted.said.revision = Some(3);
    let mut dearer = order(4, Progress::AtTerminal);
    dearer.profile.terms = Some(pesos(1700));
    vec![
        order(1, Progress::Open),
        order(2, Progress::ConfirmationRequired),
        naming(order(3, Progress::Finished), &["9001", "9002"]),
        dearer,
        order(4, Progress::Canceled),
        notice(Progress::Requested),
        vague,
        counted,
    ]
}

fn orders() -> Vec<Command> {
    let resolution =
        Resolution { verdict: Verdict::Charged, payment: None, actor: "ana".into(), reason: "seen".into() };
    vec![
        asked("first", "ana", "left"),
        Command::RecordCancelOutcome(CancelAnswer::Accepted),
        Command::RecordCancelOutcome(CancelAnswer::AcceptedLater),
        Command::RecordCancelOutcome(CancelAnswer::Refused { code: "409".into() }),
        Command::RecordCancelOutcome(CancelAnswer::Overtaken),
        Command::PresumeTimeout { life: None },
        Command::Resolve(resolution),
    ]
}

/// The progress that counts, told apart from the machine: the latest of the statements with a time, unless one
/// without goes further.
fn counting(told: &[&Observation]) -> Progress {
    let timed = told.iter().filter(|one| one.said.updated_at.is_some());
    let latest = timed.max_by_key(|one| (one.said.updated_at, one.progress));
    let untimed = told.iter().filter(|one| one.said.updated_at.is_none());
    let furthest = untimed.map(|one| one.progress).max();
    latest.map(|one| one.progress).max(furthest).expect("something was told")
}

/// The state without the one estimate that may depend on what came first.
fn settled(mut state: State) -> State {
    state.requested_at = Instant::UNIX_EPOCH;
    state
}

#[test]
fn every_order_with_any_duplication_of_the_same_statements_ends_alike() {
    let letters: Vec<_> = statements().into_iter().enumerate().collect();
    let rules = Rules::default();
    let context = Context { now: minute(59), rules: &rules };
    let mut ends: BTreeMap<BTreeSet<usize>, State> = BTreeMap::new();
    let mut walks_seen = 0;
    walks::each(&letters, 5, &mut |walk| {
        let mut state = None;
        for (_, told) in walk {
            let facts = Intent::decide(state.as_ref(), Command::Observe(told.clone()), &context);
            for fact in facts.expect("statements of one intent are accepted") {
                state = Some(Intent::evolve(state, &fact).expect("what is decided can be applied"));
            }
        }
        let end = settled(state.expect("something was told"));
        let told = walk.iter().map(|(letter, _)| *letter).collect();
        let known = ends.entry(told).or_insert_with(|| end.clone());
        assert_eq!(*known, end, "{walk:?}");
        walks_seen += 1;
    });
    assert_eq!((walks_seen, ends.len()), (37_448, 218), "all walks of up to five of eight statements");
}

#[test]
fn on_every_walk_facts_apply_repeats_are_silent_and_nothing_told_is_lost() {
    let observed = statements();
    let told = observed.into_iter().map(Command::Observe);
    let alphabet: Vec<Command> = told.chain(orders()).collect();
    let rules = Rules::default();
    let context = Context { now: minute(59), rules: &rules };
    walks::each(&alphabet, 3, &mut |walk| {
        let mut state: Option<State> = None;
        let mut heard: Vec<&Observation> = Vec::new();
        let mut canceled_by_us = false;
        for command in walk {
            let (next, decided) = walks::step::<Intent>(state, command, &context);
            state = next;
            match (command, &decided) {
                (Command::Observe(told), Ok(_)) => heard.push(told),
                (Command::Observe(told), Err(refusal)) => panic!("{told:?} was refused: {refusal}"),
                (_, Ok(facts)) => {
                    canceled_by_us |= facts.iter().any(|fact| matches!(fact, Event::Canceled(_)));
                }
                (_, Err(_)) => {}
            }
        }
        let Some(state) = state else { return };
        let told = counting(&heard);
        let expected = if canceled_by_us { told.max(Progress::Canceled) } else { told };
        assert_eq!(state.progress(), expected, "{walk:?}");
        let named: BTreeSet<_> = heard.iter().flat_map(|one| one.payments.iter().cloned()).collect();
        assert_eq!(state.payments, named, "{walk:?}");
        let amounts: Vec<_> = heard.iter().filter_map(|one| one.profile.terms.clone()).collect();
        let terms = state.profile().terms.expect("every statement here tells an amount");
        assert!(amounts.contains(&terms), "an amount is one that was told, never a sum: {walk:?}");
    });
}

#[test]
fn on_every_walk_only_an_end_of_the_provider_or_of_a_person_ends_it() {
    let told = [intent(Progress::Open), intent(Progress::Processing), intent(Progress::ConfirmationRequired)];
    let alphabet: Vec<Command> = told.into_iter().map(Command::Observe).chain(orders()).collect();
    let rules = Rules::default();
    let context = Context { now: at("2026-03-10T18:00:00Z"), rules: &rules };
    walks::each(&alphabet, 4, &mut |walk| {
        let mut state: Option<State> = None;
        for command in walk {
            let (next, _) = walks::step::<Intent>(state, command, &context);
            state = next;
        }
        let Some(state) = state else { return };
        assert!(state.payments.is_empty(), "no order of a person or of the clock names a payment");
        assert_ne!(state.progress(), Progress::Finished, "{walk:?}");
        assert_ne!(state.progress(), Progress::Expired, "presumed is not told");
    });
}
