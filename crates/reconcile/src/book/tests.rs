//! What a payment has pending follows from its parts.

use domain::machine::Instant;
use domain::refund::machine::{Return, State, Told};
use domain::refund::{RefundStanding, RefundTerms, ReturnedCharge};
use domain::stream::StreamId;

use super::PaymentBook;

#[test]
fn a_refund_takes_its_amount_less_the_charges_that_came_back() {
    let currency = domain::currency::Currency::ARS;
    let stream = StreamId::payment(&"1".into(), &"7".into());
    let foretold = domain::payment::state::State::Foretold(domain::payment::state::Keyed::new(currency));
    let mut book = PaymentBook::of(&stream, &foretold);
    assert!(!book.described && !book.booked);
    let at = Instant::UNIX_EPOCH;
    let terms = RefundTerms { amount_minor: 1_000, currency, made_at: at, source: "sale".into() };
    let returned = ReturnedCharge {
        charge: "c".into(),
        kind: domain::payment::ChargeKind::Withholding,
        name: "sirtac".into(),
        amount_minor: 25,
        currency,
        returned_at: at,
    };
    let mut state = State {
        told: Told::Described { standing: RefundStanding::Approved, terms: terms.clone() },
        booked: domain::payment::books::Slot { standing: Some(terms), made: 1 },
        returned: vec![Return {
            charge: "c".into(),
            booked: domain::payment::books::Slot { standing: Some(returned), made: 1 },
        }],
    };
    book.add_refund("r1", &state);
    assert_eq!((book.taken_minor(), book.pending_minor()), (975, -975));
    state.returned.clear();
    book.add_refund("r1", &state);
    assert_eq!((book.refunds.len(), book.taken_minor()), (1, 1_000));
}

#[test]
fn a_book_stays_small() {
    assert!(size_of::<PaymentBook>() <= 208);
}
