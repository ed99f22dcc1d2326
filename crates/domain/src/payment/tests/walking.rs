//! Properties over every short walk, and every order of arrival.

use std::collections::BTreeMap;

use super::*;
use crate::ids::RefundId;
use crate::payment::state::{Keyed, Known};

/// What may be told of one payment of 100.00.
fn alphabet() -> Vec<Observation> {
    use Standing as S;
    let mut undated = told(6, S::Approved);
    undated.profile.approved_at = None;
    let mut fee_returned = told(9, S::ChargebackLost);
    fee_returned.returned = vec![charge("fee", ChargeKind::Processing, 400)];
    vec![
        says(2, S::AwaitingPayer),
        says(2, S::InReview),
        says(2, S::Rejected),
        says(3, S::Authorized),
        says(3, S::Cancelled),
        says(3, S::Expired),
        says(4, S::Approved),
        describe(dearer(told(5, S::Approved))),
        describe(undated),
        describe(timeless(told(1, S::AwaitingPayer))),
        describe(timeless(dearer(told(1, S::Approved)))),
        returning(told(5, S::Approved), 4_000, &[given_back("r1", 4_000)]),
        returning(told(6, S::Approved), 4_000, &[]),
        returning(told(8, S::Refunded), GROSS, &[given_back("r1", 4_000)]),
        says(5, S::Disputed),
        says(6, S::ChargebackOpen),
        says(7, S::ChargebackLost),
        says(7, S::ChargebackReimbursed),
        describe(fee_returned),
        seen(given_back("r1", 4_000)),
        seen(RefundMention { order: Some("order-7".into()), ..given_back("r1", 4_000) }),
        seen(refund("r2", 3_500, RefundStanding::InProcess)),
        seen(given_back("r2", 3_500)),
        released("row-1", 9_500),
        released("row-2", -1_000),
    ]
}

/// The newest statement: by time, then rank, then content.
fn newest(walk: &[Observation]) -> Option<&Description> {
    let descriptions = walk.iter().filter_map(|told| match told {
        Observation::Described { description, .. } => Some(&**description),
        Observation::RefundSeen { .. } | Observation::Released(_) => None,
    });
    descriptions.max_by(|a, b| {
        (a.said.updated_at.cmp(&b.said.updated_at)).then(a.standing.cmp(&b.standing)).then_with(|| a.cmp(b))
    })
}

/// Everything with a key of its own that was told: the furthest of each refund with its order, the greatest total,
/// every row.
fn keyed(walk: &[Observation]) -> Keyed {
    let (mut refunds, mut rows) = (BTreeMap::<RefundId, RefundMention>::new(), BTreeMap::new());
    let mut refunded = 0;
    for told in walk {
        let mentions = match told {
            Observation::Described { refunded_minor, refunds, .. } => {
                refunded = refunded.max(*refunded_minor);
                &refunds[..]
            }
            Observation::RefundSeen { mention, .. } => std::slice::from_ref(mention),
            Observation::Released(release) => {
                rows.insert(release.row.clone(), release.clone());
                &[]
            }
        };
        for told in mentions {
            let known = refunds.entry(told.refund.clone()).or_insert_with(|| told.clone());
            let (standing, amount_minor) =
                (known.standing, known.amount_minor).max((told.standing, told.amount_minor));
            let order = known.order.clone().or_else(|| told.order.clone());
            *known = RefundMention { refund: told.refund.clone(), amount_minor, standing, order };
        }
    }
    Keyed {
        currency: Currency::ARS,
        refunded_minor: refunded,
        refunds: refunds.into_values().collect(),
        releases: rows.into_values().collect(),
    }
}

/// What the facts of a walk leave in the books: bookings less reversals, minor units.
#[derive(Default, PartialEq, Debug)]
struct Tally {
    gross: i64,
    net: i64,
    loss: i64,
    charges_returned: i64,
    unidentified: i64,
}

impl Tally {
    fn add(&mut self, event: &Event) {
        let charges =
            |e: &crate::payment::ChargesReturned| e.charges.iter().map(|c| c.amount_minor).sum::<i64>();
        let (mut sale, mut sign) = (None, 1);
        match event {
            Event::Approved(e) => sale = e.sale.as_ref(),
            Event::Restated(e) => sale = Some(&e.sale),
            Event::SaleReversed(e) => (sale, sign) = (Some(&e.sale), -1),
            Event::LossBooked(e) => self.loss += e.amount_minor,
            Event::LossReversed(e) => self.loss -= e.amount_minor,
            Event::ChargesReturned(e) => self.charges_returned += charges(e),
            Event::ChargesReturnReversed(e) => self.charges_returned -= charges(e),
            Event::RefundUnidentified(e) => self.unidentified += e.amount_minor,
            Event::RefundIdentified(e) => self.unidentified -= e.amount_minor,
            _ => {}
        }
        if let Some(sale) = sale {
            self.gross += sign * sale.terms.gross_minor;
            self.net += sign * sale.terms.net_minor;
        }
    }

    /// What the books of this payment must show, computed from what was told alone.
    fn owed(described: &Description, keyed: &Keyed) -> Self {
        if !described.standing.is_credited() {
            return Self::default();
        }
        let approved = keyed.refunds.iter().filter(|r| r.standing == RefundStanding::Approved);
        let approved: i64 = approved.map(|r| r.amount_minor).sum();
        let returned = approved.max(keyed.refunded_minor);
        let lost = described.standing == Standing::ChargebackLost;
        Self {
            gross: described.terms.gross_minor,
            net: described.terms.net_minor,
            loss: if lost { described.terms.gross_minor - returned } else { 0 },
            charges_returned: described.returned.iter().map(|c| c.amount_minor).sum(),
            unidentified: returned - approved,
        }
    }
}

fn walk_along(walk: &[Observation]) -> (State, Tally) {
    let (mut state, mut tally) = (None, Tally::default());
    for told in walk {
        let (next, decided) = tell(state, told);
        decided.expect("nothing in the alphabet is refused").iter().for_each(|event| tally.add(event));
        state = next;
    }
    (state.expect("an observation makes a state"), tally)
}

fn assert_the_books_are_right(known: &Known, tally: &Tally, walk: &[Observation]) {
    let Known { described, keyed, books, .. } = known;
    assert_eq!(*tally, Tally::owed(described, keyed), "{walk:#?}");
    let sale = books.sale.standing.as_ref();
    assert_eq!(sale.map(|sale| &sale.terms), described.standing.is_credited().then_some(&described.terms));
    if let (Some(sale), Some(approved_at)) = (sale, described.profile.approved_at) {
        assert_eq!(sale.at, approved_at, "{walk:#?}");
    }
    assert_eq!(books.loss.standing.as_ref().map_or(0, |b| b.amount_minor), tally.loss);
    assert_eq!(books.unidentified.standing.as_ref().map_or(0, |b| b.amount_minor), tally.unidentified);
    let returned = books.returned.standing.as_ref();
    let wanted: &[Charge] = if described.standing.is_credited() { &described.returned } else { &[] };
    assert_eq!(returned.map_or(&[][..], |b| &b.charges), wanted);
    if described.standing.is_credited() {
        let out = keyed.approved_refunds_minor() + tally.loss + tally.unidentified;
        assert!(out <= tally.gross, "{out} went out of {}: {walk:#?}", tally.gross);
    }
}

#[test]
fn every_walk_ends_in_what_was_told_and_the_books_follow() {
    let mut walked = 0;
    walks::each(&alphabet(), 3, &mut |walk| {
        walked += 1;
        let (state, tally) = walk_along(walk);
        assert_eq!(*state.keyed(), keyed(walk), "{walk:#?}");
        assert_eq!(state.known().map(|known| &known.described), newest(walk), "{walk:#?}");
        match &state {
            State::Known(known) => assert_the_books_are_right(known, &tally, walk),
            State::Foretold(_) => assert_eq!(tally, Tally::default(), "{walk:#?}"),
        }
    });
    assert_eq!(walked, 25 + 25 * 25 + 25 * 25 * 25);
}

fn assert_every_order_ends_alike(letters: &[Observation]) {
    let (expect, money) = walk_along(letters);
    let terms_of = |state: &State| {
        let sale = state.known().and_then(|known| known.books.sale.standing.as_ref());
        sale.map(|sale| (sale.at, sale.operation, sale.terms.clone()))
    };
    walks::orders(letters, &mut |order| {
        // Each is told twice: once in its place, and all of them again at the end, backwards.
        let twice: Vec<_> = order.iter().chain(order.iter().rev()).cloned().collect();
        let (state, tally) = walk_along(&twice);
        assert_eq!(state.keyed(), expect.keyed(), "{order:#?}");
        assert_eq!(
            state.known().map(|known| &known.described),
            expect.known().map(|known| &known.described),
            "{order:#?}"
        );
        assert_eq!(tally, money, "{order:#?}");
        assert_eq!(terms_of(&state), terms_of(&expect), "{order:#?}");
    });
    let known = expect.known().expect("the letters describe the payment");
    assert_the_books_are_right(known, &money, letters);
}

#[test]
fn every_order_of_arrival_of_a_refunded_dispute_ends_alike() {
    use Standing as S;
    assert_every_order_ends_alike(&[
        says(2, S::InReview),
        describe(dearer(told(5, S::Approved))),
        says(6, S::Disputed),
        returning(told(7, S::Approved), 4_000, &[]),
        seen(given_back("r1", 4_000)),
        returning(dearer(told(8, S::Refunded)), GROSS, &[given_back("r2", 3_500)]),
        released("row-1", 9_450),
    ]);
}

#[test]
fn every_order_of_arrival_of_a_late_voucher_that_is_charged_back_ends_alike() {
    use Standing as S;
    assert_every_order_ends_alike(&[
        says(3, S::Expired),
        says(5, S::Approved),
        describe(dearer(told(5, S::Approved))),
        returning(told(6, S::ChargebackOpen), 1_000, &[]),
        says(7, S::ChargebackLost),
        seen(given_back("r1", 1_000)),
    ]);
}

#[test]
fn every_order_of_arrival_that_ends_unpaid_leaves_no_money() {
    use Standing as S;
    let letters = [
        says(2, S::AwaitingPayer),
        says(4, S::Approved),
        returning(dearer(told(5, S::ChargebackLost)), 2_000, &[given_back("r1", 1_000)]),
        says(9, S::Cancelled),
        seen(refund("r2", 500, RefundStanding::Rejected)),
    ];
    assert_every_order_ends_alike(&letters);
    assert_eq!(walk_along(&letters).1, Tally::default());
}
