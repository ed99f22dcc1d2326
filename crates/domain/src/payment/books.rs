//! What the journal must show of a payment: a function of merged knowledge, and the facts that bring it there.
//!
//! Because the target depends on knowledge alone and every change is an exact reversal and a new booking, all
//! orders of arrival leave the same money.

use super::refusal::Refusal;
use super::state::{Keyed, Known};
use super::{Amount, Booking, ChargesReturned, Command, Description, Event, Operation, SaleBooked, Standing};
use crate::machine::Instant;

/// Greatest sum of the amounts one observation may tell, and of all refunds of a payment, minor units. A quarter
/// of the range leaves room for every sum and difference of two such totals.
pub(crate) const AMOUNTS_MAX_MINOR: i64 = i64::MAX / 4;

/// What is booked now, and how often each kind was booked before.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Books {
    /// The sale.
    pub sale: Slot<Booking>,
    /// The loss of a lost chargeback.
    pub loss: Slot<Amount>,
    /// Charges that came back without a refund that names them.
    pub returned: Slot<ChargesReturned>,
    /// Refunded more than the refunds we know.
    pub unidentified: Slot<Amount>,
}

/// One kind of booking: the one that stands, and how many there were.
#[derive(Clone, PartialEq, Debug)]
pub struct Slot<T> {
    /// The booking that stands.
    pub standing: Option<T>,
    /// Bookings made so far; the ordinal of the next one.
    pub made: u32,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { standing: None, made: 0 }
    }
}

impl<T> Slot<T> {
    pub(crate) fn book(&mut self, booking: T) {
        self.standing = Some(booking);
        self.made += 1;
    }
}

impl Operation {
    /// Whether an operation of this kind moves money. A card check never does, whatever its amount.
    #[must_use]
    pub fn moves_money(self) -> bool {
        match self {
            Self::Sale | Self::Subscription | Self::Transfer | Self::TopUp => true,
            Self::CardValidation => false,
        }
    }
}

impl Description {
    /// The best provider time of this statement.
    #[must_use]
    pub fn told_at(&self, now: Instant) -> Instant {
        self.said.updated_at.unwrap_or(now)
    }

    fn moves_money(&self) -> bool {
        self.standing.is_credited()
            && self.profile.operation.moves_money()
            && (self.terms.gross_minor != 0 || self.terms.net_minor != 0)
    }
}

/// The sale that must be booked when a payment is described so; `ordinal` names the booking.
pub(super) fn sale(described: &Description, ordinal: u32, now: Instant) -> Option<Booking> {
    described.moves_money().then(|| Booking {
        at: described.profile.approved_at.unwrap_or_else(|| described.told_at(now)),
        ordinal,
        operation: described.profile.operation,
        terms: described.terms.clone(),
    })
}

fn loss_minor(described: &Description, keyed: &Keyed) -> i64 {
    if described.standing == Standing::ChargebackLost && described.moves_money() {
        (described.terms.gross_minor - keyed.returned_to_payer_minor()).max(0)
    } else {
        0
    }
}

fn unidentified_minor(described: &Description, keyed: &Keyed) -> i64 {
    if described.moves_money() { (keyed.refunded_minor - keyed.approved_refunds_minor()).max(0) } else { 0 }
}

/// The facts that bring the books from where they are to where knowledge says they must be.
pub(super) fn settle(known: &Known, now: Instant) -> Vec<Event> {
    let mut events = Vec::new();
    settle_sale(known, now, &mut events);
    settle_returned(known, now, &mut events);
    let (described, keyed, books) = (&known.described, &known.keyed, &known.books);
    let loss = loss_minor(described, keyed);
    // Money that came back came back on its own day: the day of the loss, perhaps in a closed month, keeps it.
    let reimbursed = described.standing == Standing::ChargebackReimbursed;
    let give_back = |mut loss: Amount| {
        if reimbursed {
            loss.at = described.told_at(now);
        }
        Event::LossReversed(loss)
    };
    settle_amount(known, &books.loss, loss, now, give_back, Event::LossBooked, &mut events);
    let rest = unidentified_minor(described, keyed);
    settle_amount(
        known,
        &books.unidentified,
        rest,
        now,
        Event::RefundIdentified,
        Event::RefundUnidentified,
        &mut events,
    );
    events
}

fn settle_sale(known: &Known, now: Instant, events: &mut Vec<Event>) {
    let slot = &known.books.sale;
    let target = sale(&known.described, slot.made, now);
    let same = match (&slot.standing, &target) {
        (None, None) => true,
        (Some(booked), Some(wanted)) => {
            // Without an approval date the booking date is an estimate, and an estimate is not restated.
            let same_day = known.described.profile.approved_at.is_none() || booked.at == wanted.at;
            same_day && booked.operation == wanted.operation && booked.terms == wanted.terms
        }
        (None, Some(_)) | (Some(_), None) => false,
    };
    if same {
        return;
    }
    if let Some(booked) = &slot.standing {
        events.push(Event::SaleReversed(SaleBooked { at: booked.at, sale: booked.clone() }));
    }
    if let Some(wanted) = target {
        events.push(Event::Restated(SaleBooked { at: wanted.at, sale: wanted }));
    }
}

fn settle_returned(known: &Known, now: Instant, events: &mut Vec<Event>) {
    let (described, slot) = (&known.described, &known.books.returned);
    let wanted: &[_] = if described.moves_money() { &described.returned } else { &[] };
    let booked = slot.standing.as_ref().map_or(&[][..], |b| &b.charges);
    if booked == wanted {
        return;
    }
    if let Some(booked) = &slot.standing {
        events.push(Event::ChargesReturnReversed(booked.clone()));
    }
    if !wanted.is_empty() {
        events.push(Event::ChargesReturned(ChargesReturned {
            at: described.told_at(now),
            ordinal: slot.made,
            currency: described.terms.currency,
            charges: wanted.to_vec(),
        }));
    }
}

fn settle_amount(
    known: &Known,
    slot: &Slot<Amount>,
    wanted_minor: i64,
    now: Instant,
    reverse: impl Fn(Amount) -> Event,
    book: fn(Amount) -> Event,
    events: &mut Vec<Event>,
) {
    let booked_minor = slot.standing.as_ref().map_or(0, |b| b.amount_minor);
    if booked_minor == wanted_minor {
        return;
    }
    if let Some(booked) = &slot.standing {
        events.push(reverse(booked.clone()));
    }
    if wanted_minor != 0 {
        events.push(book(Amount {
            at: known.described.told_at(now),
            ordinal: slot.made,
            currency: known.described.terms.currency,
            amount_minor: wanted_minor,
        }));
    }
}

/// Refuses amounts that no payment can have, so that all later sums are exact.
pub(super) fn check_amounts(command: &Command) -> Result<(), Refusal> {
    use super::Observation::{Described, RefundSeen, Released};
    let Command::Observe(observation) = command else { return Ok(()) };
    let mut total: i64 = 0;
    let mut add = |what: &'static str, amount_minor: i64, may_be_negative: bool| {
        if amount_minor < 0 && !may_be_negative {
            return Err(Refusal::NegativeAmount { what, amount_minor });
        }
        total = amount_minor
            .checked_abs()
            .and_then(|absolute| total.checked_add(absolute))
            .filter(|sum| *sum <= AMOUNTS_MAX_MINOR)
            .ok_or(Refusal::AmountOutOfRange)?;
        Ok(())
    };
    match observation {
        Described { description, refunded_minor, refunds } => {
            add("the amount", description.terms.gross_minor, false)?;
            add("the net amount", description.terms.net_minor, true)?;
            add("the refunded amount", *refunded_minor, false)?;
            for charge in description.terms.charges.iter().chain(&description.returned) {
                add("a charge", charge.amount_minor, false)?;
            }
            for refund in refunds {
                add("a refund", refund.amount_minor, false)?;
            }
            Ok(())
        }
        RefundSeen { mention, .. } => add("a refund", mention.amount_minor, false),
        Released(release) => add("a released amount", release.amount_minor, true),
    }
}
