//! Any money that facts can carry: entries balance, and a reversal cancels its booking on every account.

use domain::payment::Event as Payment;
use proptest::prelude::*;

use super::*;

const KINDS: [ChargeKind; 8] = [
    ChargeKind::Processing,
    ChargeKind::Financing,
    ChargeKind::Shipping,
    ChargeKind::Marketplace,
    ChargeKind::Coupon,
    ChargeKind::Withholding,
    ChargeKind::TransactionTax,
    ChargeKind::Other,
];

/// Amounts of which a few always sum within 64 bits.
fn sane() -> impl Strategy<Value = i64> + Clone {
    prop_oneof![0_i64..1000, -1000_i64..1000, i64::MIN / 64..i64::MAX / 64]
}

fn any_terms<S: Strategy<Value = i64> + Clone>(amounts: S) -> impl Strategy<Value = Terms> {
    let charges = prop::collection::vec((prop::sample::select(&KINDS[..]), amounts.clone()), 0..6);
    (amounts.clone(), charges, amounts).prop_map(|(gross_minor, charges, net_minor)| {
        let charge = |(number, (kind, amount_minor)): (u32, (ChargeKind, i64))| Charge {
            amount_minor,
            ..charge(number, &(kind, "0"))
        };
        let charges = (1_u32..).zip(charges).map(charge).collect();
        Terms { currency: Currency::ARS, gross_minor, charges, net_minor }
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let recognition = prop::sample::select(&[Recognition::Payment, Recognition::Order][..]);
    (recognition, 0_i64..=10_000).prop_map(|(recognition, hundredths)| {
        let rates = BTreeMap::from([(SELLER.into(), rust_decimal::Decimal::new(hundredths, 2))]);
        Policy::new(1, recognition, rates, ChargeAccounts::default()).expect("0.00 to 100.00 are rates")
    })
}

fn any_operation() -> impl Strategy<Value = Operation> {
    use Operation::{CardValidation, Sale, Subscription, TopUp, Transfer};
    prop::sample::select(&[Sale, Subscription, Transfer, TopUp, CardValidation][..])
}

fn sum(entry: &JournalEntry) -> i128 {
    entry.lines().iter().map(|line| i128::from(line.amount_minor)).sum()
}

/// Each fact that books money, with the fact that reverses it.
fn pairs(terms: &Terms, operation: Operation) -> Vec<(Told, Told)> {
    let sale = || booking(operation, terms.clone());
    let booked = || SaleBooked { at: at(1), sale: sale() };
    let told = || Amount { amount_minor: terms.gross_minor, ..amount("0") };
    let charges = || ChargesReturned { charges: terms.charges.clone(), ..returned(&[]) };
    let mut refund = refund_of("0");
    refund.terms.amount_minor = terms.gross_minor;
    let mut pairs = vec![
        (approved(Some(sale())), payment(Payment::SaleReversed(booked()))),
        (payment(Payment::Restated(booked())), payment(Payment::SaleReversed(booked()))),
        (payment(Payment::LossBooked(told())), payment(Payment::LossReversed(told()))),
        (payment(Payment::RefundUnidentified(told())), payment(Payment::RefundIdentified(told()))),
        (payment(Payment::ChargesReturned(charges())), payment(Payment::ChargesReturnReversed(charges()))),
        (of_refund(refund::Event::Approved(refund.clone())), of_refund(refund::Event::Reversed(refund))),
    ];
    for (number, charge) in (1_u32..).zip(&terms.charges) {
        let mut fact = charge_of_refund(number, charge.kind, "0");
        fact.returned.amount_minor = charge.amount_minor;
        pairs.push((
            of_refund(refund::Event::ChargeReturned(fact.clone())),
            of_refund(refund::Event::ChargeReturnReversed(fact)),
        ));
    }
    pairs
}

fn of_refund(event: refund::Event) -> Told {
    (refund_stream("r1"), Fact::Refund(event))
}

proptest! {
    #[test]
    fn any_sane_terms_give_a_balanced_entry(
        terms in any_terms(sane()), operation in any_operation(), policy in any_policy(),
    ) {
        let (stream, fact) = approved(Some(booking(operation, terms.clone())));
        let entry = post(&stream, &fact, &policy).expect("sane amounts fit");
        match entry {
            Some(entry) => prop_assert_eq!(sum(&entry), 0),
            None => prop_assert_eq!(terms.net_minor, 0, "nothing moves only when nothing is received"),
        }
    }

    #[test]
    fn no_amount_panics_and_what_is_posted_balances(
        terms in any_terms(any::<i64>()), operation in any_operation(), policy in any_policy(),
    ) {
        for (booking, reversal) in pairs(&terms, operation) {
            for (stream, fact) in [booking, reversal] {
                if let Ok(Some(entry)) = post(&stream, &fact, &policy) {
                    prop_assert_eq!(sum(&entry), 0);
                }
            }
        }
    }

    #[test]
    fn a_reversal_cancels_its_booking_on_every_account(
        terms in any_terms(sane()), operation in any_operation(), policy in any_policy(),
    ) {
        for (booking, reversal) in pairs(&terms, operation) {
            let posted = entries(&policy, &[booking, reversal]);
            prop_assert_eq!(balances(&posted), BTreeMap::new());
            if let [booked, reversed] = &posted[..] {
                prop_assert_ne!(booked.id(), reversed.id());
                prop_assert_eq!(booked.at(), reversed.at());
            } else {
                prop_assert!(posted.is_empty(), "a booking and its reversal post both or neither");
            }
        }
    }

    #[test]
    fn any_row_of_a_report_moves_the_available_balance_by_its_net(
        kind in prop::sample::select(&MOVEMENTS[..]), gross in sane(), fee in sane(), tax in sane(), net in sane(),
    ) {
        let (stream, fact) = movement_row(kind, "0", "0", "0", "0");
        let Fact::Movement(movement::Event::Booked(mut booked)) = fact else { unreachable!("a row is a movement") };
        (booked.row.gross_minor, booked.row.fee_minor) = (gross, fee);
        (booked.row.tax_minor, booked.row.net_minor) = (tax, net);
        let fact = Fact::Movement(movement::Event::Booked(booked));
        let posted = entries(&Policy::default(), &[(stream, fact)]);
        prop_assert_eq!(balances(&posted).get(&Account::Available).copied().unwrap_or(0), net);
        prop_assert!(posted.iter().all(|entry| sum(entry) == 0));
    }
}

const MOVEMENTS: [movement::MovementKind; 12] = {
    use movement::MovementKind::{
        Cashback, DisputeFee, EarlyReleaseFee, LoanPayment, Payout, Perception, Reserve, Shipping, Tip,
        TransactionTax, Unknown, Yield,
    };
    [
        Payout,
        Reserve,
        Yield,
        EarlyReleaseFee,
        Perception,
        TransactionTax,
        Shipping,
        DisputeFee,
        Cashback,
        Tip,
        LoanPayment,
        Unknown,
    ]
};
