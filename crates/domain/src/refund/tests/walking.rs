//! Properties over every short walk, and every order of arrival.

use std::collections::BTreeMap;

use super::*;
use crate::ids::ChargeId;
use crate::refund::machine::Told;

/// What may be told of one refund of a payment of 100.00.
fn alphabet() -> Vec<Observation> {
    vec![
        says(InProcess, 4_000),
        says(Cancelled, 4_000),
        says(Rejected, 4_000),
        says(Approved, 4_000),
        says(Approved, 4_500),
        Observation::Described { standing: Approved, terms: terms(4_000, 9) },
        Observation::Described { standing: InProcess, terms: terms(4_500, 9) },
        comes_back("fee", 98),
        comes_back("fee", 120),
        Observation::ChargeReturned(returned("fee", 98, 9)),
        comes_back("tax", 39),
    ]
}

/// The furthest and then greatest description, and the greatest return of each charge.
fn knowledge(walk: &[Observation]) -> (Told, BTreeMap<ChargeId, ReturnedCharge>) {
    let (mut furthest, mut charges) = (None, BTreeMap::<ChargeId, ReturnedCharge>::new());
    for told in walk {
        match told {
            Observation::Described { standing, terms } => furthest = furthest.max(Some((*standing, terms))),
            Observation::ChargeReturned(told) => {
                let known = charges.entry(told.charge.clone()).or_insert_with(|| told.clone());
                if (told.amount_minor, told) > (known.amount_minor, &*known) {
                    *known = told.clone();
                }
            }
        }
    }
    let told = furthest.map_or(Told::Foretold, |(standing, terms)| {
        let terms = terms.clone();
        Told::Described { standing, terms }
    });
    (told, charges)
}

/// The bookings that facts leave standing: those made and not reversed exactly.
#[derive(Default)]
struct Journal {
    refunds: Vec<(u32, RefundTerms)>,
    charges: Vec<(u32, ReturnedCharge)>,
}

impl Journal {
    fn add(&mut self, event: &Event) {
        match event {
            Event::Opened(_) | Event::Rejected(_) | Event::Cancelled(_) => {}
            Event::Approved(e) => self.refunds.push((e.ordinal, e.terms.clone())),
            Event::Reversed(e) => take(&mut self.refunds, &(e.ordinal, e.terms.clone())),
            Event::ChargeReturned(e) => self.charges.push((e.ordinal, e.returned.clone())),
            Event::ChargeReturnReversed(e) => take(&mut self.charges, &(e.ordinal, e.returned.clone())),
        }
    }
}

fn take<T: PartialEq>(booked: &mut Vec<T>, reversed: &T) {
    let at = booked.iter().position(|booking| booking == reversed);
    booked.remove(at.expect("a reversal names a booking and its ordinal exactly"));
}

fn walk_along(walk: &[Observation]) -> (State, Journal) {
    let (mut state, mut journal) = (None, Journal::default());
    for told in walk {
        let (next, decided) = tell(state, told);
        decided.expect("nothing in the alphabet is refused").iter().for_each(|event| journal.add(event));
        state = next;
    }
    (state.expect("an observation makes a state"), journal)
}

fn assert_is_what_was_told(walk: &[Observation]) {
    let (state, journal) = walk_along(walk);
    let (told, charges) = knowledge(walk);
    assert_eq!(state.told, told, "{walk:#?}");
    let approved = match &told {
        Told::Described { standing: Approved, terms } => Some(terms),
        Told::Described { .. } | Told::Foretold => None,
    };
    assert_eq!(state.booked.standing.as_ref(), approved, "{walk:#?}");
    let booked: Vec<_> = journal.refunds.iter().map(|(_, terms)| terms).collect();
    assert_eq!(booked, approved.into_iter().collect::<Vec<_>>(), "{walk:#?}");
    for (charge, told) in &charges {
        assert_eq!(state.returned(charge), Some(told), "{walk:#?}");
    }
    let mut booked: Vec<_> = journal.charges.into_iter().map(|(_, returned)| returned).collect();
    booked.sort();
    assert_eq!(booked, charges.into_values().collect::<Vec<_>>(), "{walk:#?}");
}

#[test]
fn every_walk_ends_in_what_was_told_and_books_an_approval_once() {
    walks::each(&alphabet(), 4, &mut assert_is_what_was_told);
}

#[test]
fn every_order_of_arrival_with_repetition_ends_in_what_was_told() {
    let letters: Vec<_> = alphabet().into_iter().skip(3).chain([says(Rejected, 4_000)]).collect();
    let letters = [&letters[..3], &letters[4..7], &letters[8..]].concat();
    assert_eq!(letters.len(), 7, "5,040 orders");
    walks::orders(&letters, &mut |order| {
        let twice: Vec<_> = order.iter().chain(order.iter().rev()).cloned().collect();
        assert_is_what_was_told(&twice);
        assert_eq!(knowledge(&twice), knowledge(&letters));
    });
}
