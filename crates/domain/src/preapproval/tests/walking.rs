//! Properties over every short walk, every order of arrival, and the matrices that follow from them.

use super::*;

fn second(told: Invoice) -> Observation {
    invoiced(&Invoice { invoice: "6114264376".into(), ..told })
}

fn alphabet() -> Vec<Observation> {
    let mut timeless = dearer(1);
    timeless.said = Said { modified_at: None, version: None };
    let mut counted = yoga();
    counted.progress.summary = Some(Summary { charged_count: Some(1), ..Summary::default() });
    vec![
        described(&yoga()),
        described(&counted),
        described(&told(6, Standing::Cancelled)),
        described(&told(6, Standing::Paused)),
        described(&dearer(7)),
        described(&timeless),
        invoiced(&scheduled()),
        invoiced(&recycling(20, 1)),
        invoiced(&given_up(20)),
        invoiced(&collected(21)),
        invoiced(&invoice(22, Stage::Cancelled, 1, None)),
        second(collected(20)),
    ]
}

/// The newest description told: by time, version, rank, then content.
fn newest_description(told: &[Observation]) -> Option<&Description> {
    let descriptions = told.iter().filter_map(|told| match told {
        Observation::Described(told) => Some(&**told),
        Observation::Invoiced(_) => None,
    });
    descriptions.max_by(|a, b| {
        (a.said.modified_at.cmp(&b.said.modified_at))
            .then(a.said.version.cmp(&b.said.version))
            .then(a.standing.cmp(&b.standing))
            .then_with(|| a.cmp(b))
    })
}

/// The newest statement of each invoice: by time, rank, then content.
fn newest_charges(told: &[Observation]) -> BTreeMap<InvoiceId, Charge> {
    let mut newest: BTreeMap<InvoiceId, Charge> = BTreeMap::new();
    for told in told {
        let Observation::Invoiced(told) = told else { continue };
        let (id, charge) = (told.invoice.clone(), Charge::from((**told).clone()));
        let older = newest.get(&id).is_none_or(|known| {
            (known.modified_at.cmp(&charge.modified_at))
                .then(known.standing.cmp(&charge.standing))
                .then_with(|| known.terms.cmp(&charge.terms))
                .is_lt()
        });
        if older {
            newest.insert(id, charge);
        }
    }
    newest
}

fn assert_is_what_was_told(state: Option<&State>, told: &[Observation]) {
    let state = state.expect("an observation makes a state");
    assert_eq!(state.known().map(|known| &known.described), newest_description(told), "{told:?}");
    assert_eq!(state.charges().by_invoice, newest_charges(told), "{told:?}");
}

#[test]
fn every_walk_ends_in_the_newest_statements_and_collects_only_what_was_approved() {
    let rules = Rules::default();
    let context = Context { now: at(NOW), rules: &rules };
    walks::each(&alphabet(), 4, &mut |walk| {
        let mut state = None;
        for told in walk {
            let (next, decided) =
                walks::step::<Preapproval>(state, &Command::Observe(told.clone()), &context);
            state = next;
            for event in decided.expect("nothing in the alphabet is refused") {
                if let Event::ChargeCollected(charge) = event {
                    assert!(charge.terms.is_paid(), "collected without an approved payment: {walk:?}");
                }
            }
        }
        assert_is_what_was_told(state.as_ref(), walk);
        let charges = state.iter().flat_map(|state| state.charges().by_invoice.values());
        for charge in charges.filter(|charge| charge.standing == ChargeStanding::Collected) {
            assert!(charge.terms.is_paid(), "standing collected without an approved payment: {walk:?}");
        }
    });
}

/// What people order and the sweep writes, beside what is told.
fn orders() -> Vec<Command> {
    use crate::changes::Answer;
    let invoice = || InvoiceId::from("6114264375");
    let ask = |request: &str, change| Command::Ask { request: request.into(), actor: "ana".into(), change };
    let settle = |answer| Command::Settle { request: "rest".into(), answer };
    vec![
        Command::Observe(described(&yoga())),
        Command::Observe(described(&told(6, Standing::Paused))),
        Command::Observe(invoiced(&collected(21))),
        ask("rest", Change::Pause),
        ask("more", Change::Amount { amount_minor: 1200 }),
        settle(Answer::Accepted),
        settle(Answer::Missing),
        settle(Answer::Looked),
        Command::Remind { invoice: invoice(), step: "update_card".into() },
        Command::Defer(deferred(2)),
        Command::Recognise { at: day(22), invoice: invoice(), month: 1 },
        Command::EndDeferral { at: day(23), invoice: invoice(), cause: "refund/1".into(), amount_minor: 300 },
    ]
}

#[test]
fn every_walk_of_orders_changes_nothing_that_was_told_and_no_money_goes_out_that_did_not_come_in() {
    let rules = Rules::default();
    let context = Context { now: at(NOW), rules: &rules };
    walks::each(&orders(), 4, &mut |walk| {
        let (mut state, mut written) = (None, Vec::new());
        for letter in walk {
            let (next, decided) = walks::step::<Preapproval>(state, letter, &context);
            state = next;
            written.extend(decided.unwrap_or_default());
        }
        let told: Vec<Observation> = walk
            .iter()
            .filter_map(|letter| match letter {
                Command::Observe(told) => Some(told.clone()),
                _ => None,
            })
            .collect();
        if !told.is_empty() {
            assert_is_what_was_told(state.as_ref(), &told);
        }
        let (mut owed_minor, mut open) = (0, 0);
        for event in &written {
            match event {
                Event::RevenueDeferred(e) => owed_minor += e.amount_minor,
                Event::RevenueRecognised(e) => owed_minor -= e.amount_minor,
                Event::DeferralEnded(e) => owed_minor -= e.amount_minor,
                Event::ChangeAsked(_) => open += 1,
                Event::ChangeSettled(e) if e.outcome != Settlement::Unknown => open = 0,
                _ => {}
            }
            assert!(owed_minor >= 0 && open <= 1, "{walk:?}");
        }
        let charges = state.as_ref().map(State::charges);
        let left_minor =
            charges.map_or(0, |charges| charges.deferrals.values().map(|d| d.left_minor()).sum());
        assert_eq!(left_minor, owed_minor, "{walk:?}");
    });
}

#[test]
fn every_order_of_arrival_with_repetition_ends_in_one_state() {
    fn permute(
        rest: &mut Vec<Observation>,
        chosen: &mut Vec<Observation>,
        visit: &mut impl FnMut(&[Observation]),
    ) {
        if rest.is_empty() {
            visit(chosen);
        }
        for at in 0..rest.len() {
            chosen.push(rest.remove(at));
            permute(rest, chosen, visit);
            rest.insert(at, chosen.pop().expect("it was pushed above"));
        }
    }
    let mut letters: Vec<Observation> = alphabet().into_iter().skip(2).step_by(2).collect();
    letters.extend([described(&yoga()), invoiced(&collected(21))]);
    assert_eq!(letters.len(), 7, "5,040 orders");
    let expect = known(&letters);
    permute(&mut letters, &mut Vec::new(), &mut |order| {
        // Each is told twice: once in its place, and all of them again at the end, backwards.
        let twice: Vec<_> = order.iter().chain(order.iter().rev()).cloned().collect();
        assert_eq!(known(&twice), expect, "{order:?}");
    });
}

/// The marks of one matrix; `mark(from, to)` runs the machine.
fn matrix<T: Copy>(all: &[T], name: fn(T) -> &'static str, mark: impl Fn(T, T) -> char) -> String {
    let mut text = format!("//! {:<12}", "");
    for to in all {
        write!(text, " {:<11}", name(*to)).expect("writing to a string");
    }
    for from in all {
        text.truncate(text.trim_end().len());
        write!(text, "\n//! {:<12}", name(*from)).expect("writing to a string");
        for to in all {
            write!(text, " {:<11}", mark(*from, *to)).expect("writing to a string");
        }
    }
    format!("//! ```text\n{}\n//! ```\n", text.trim_end())
}

fn assert_documented(matrix: &str) {
    assert!(include_str!("../machine.rs").contains(matrix), "the module should show:\n{matrix}");
}

#[test]
fn the_matrix_of_the_subscription_is_what_the_machine_does() {
    assert_documented(&matrix(&Standing::ALL, Standing::name, |from, to| {
        let state = known(&[described(&told(5, from))]);
        let events = decide(state.as_ref(), &described(&told(6, to))).expect("no standing is refused");
        let steps: Vec<&Stood> = events
            .iter()
            .filter_map(|event| match event {
                Event::AwaitedPayer(stood)
                | Event::Authorized(stood)
                | Event::Paused(stood)
                | Event::Resumed(stood)
                | Event::Cancelled(stood) => Some(stood),
                _ => None,
            })
            .collect();
        match &steps[..] {
            [] => '.',
            steps if steps.iter().any(|stood| stood.outside_rule) => '!',
            [_] => 'x',
            _ => '*',
        }
    }));
}

#[test]
fn the_matrix_of_a_charge_is_what_the_machine_does() {
    let standing_at = |on, standing| match standing {
        ChargeStanding::Scheduled => invoice(on, Stage::Scheduled, 0, None),
        ChargeStanding::Recycling => recycling(on, 1),
        ChargeStanding::Cancelled => invoice(on, Stage::Cancelled, 0, None),
        ChargeStanding::Uncollected => given_up(on),
        ChargeStanding::Collected => collected(on),
    };
    assert_documented(&matrix(&ChargeStanding::ALL, ChargeStanding::name, |from, to| {
        let state = known(&[invoiced(&standing_at(20, from))]);
        let events = decide(state.as_ref(), &invoiced(&standing_at(21, to))).expect("nothing is refused");
        match &events[..] {
            [Event::ChargeReaffirmed(_)] => '.',
            [
                Event::ChargeScheduled(stood)
                | Event::ChargeRecycled(stood)
                | Event::ChargeCollected(stood)
                | Event::ChargeUncollected(stood)
                | Event::ChargeCancelled(stood),
            ] => match (stood.outside_rule, from.next().contains(&to)) {
                (true, false) => '!',
                (false, true) => 'x',
                (false, false) => '*',
                (true, true) => panic!("{from:?} to {to:?} is listed and marked"),
            },
            other => panic!("{from:?} to {to:?} wrote {other:?}"),
        }
    }));
}
