//! What the ledger side knows of one payment, small enough that a million fit in memory.
//!
//! Read from the states of the payment and its refunds; nothing here compares.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::payment::state::State;
use domain::payment::{Charge, ChargeKind, ReleaseWay, Standing, Terms};
use domain::refund;
use domain::stream::StreamId;
use domain::text::Text;

/// A payment as the books have it. Amounts are minor units of its currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentBook {
    /// The account that sold.
    pub seller: Text,
    /// The provider's id.
    pub payment: Text,
    /// The merchant's reference.
    pub reference: Option<Text>,
    /// Whether the provider's API described it; without that only reports or refunds named it.
    pub described: bool,
    /// Where it stands; the first standing while nobody described it.
    pub standing: Standing,
    /// Currency of every amount.
    pub currency: Currency,
    /// Charged for the goods.
    pub gross_minor: i64,
    /// Every fee of the collector, positive.
    pub fees_minor: i64,
    /// Withholdings and transaction taxes, positive.
    pub taxes_minor: i64,
    /// Received.
    pub net_minor: i64,
    /// Whether a sale stands in the books.
    pub booked: bool,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// When its money is due to be released.
    pub release_at: Option<Instant>,
    /// Its refunds, in the order of their ids.
    pub refunds: Vec<RefundBook>,
    /// Loss of a lost chargeback, positive.
    pub loss_minor: i64,
    /// Charges that came back without a refund, positive.
    pub charges_back_minor: i64,
    /// Refunded, but by no refund that is known, positive.
    pub unidentified_minor: i64,
    /// Signed sum of its release rows: positive went to the available balance.
    pub moved_minor: i64,
    /// On hold, positive.
    pub held_minor: i64,
}

/// A refund as the books have it. Amounts are minor units of the payment's currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundBook {
    /// The provider's id.
    pub refund: Text,
    /// Returned to the payer, positive; zero while it is not approved.
    pub amount_minor: i64,
    /// Fees that came back with it, positive.
    pub fees_back_minor: i64,
    /// Taxes that came back with it, positive.
    pub taxes_back_minor: i64,
    /// When it was made.
    pub made_at: Instant,
}

impl PaymentBook {
    /// Reads a payment's state; refunds are added by [`PaymentBook::add_refund`].
    #[must_use]
    pub fn of(stream: &StreamId, state: &State) -> Self {
        let keyed = state.keyed();
        let rows = |way: ReleaseWay| {
            keyed.releases.iter().filter(move |row| row.way == way).map(|row| row.amount_minor).sum::<i64>()
        };
        let mut book = Self {
            seller: stream.seller().into(),
            payment: stream.id().into(),
            reference: None,
            described: false,
            standing: Standing::AwaitingPayer,
            currency: keyed.currency,
            gross_minor: 0,
            fees_minor: 0,
            taxes_minor: 0,
            net_minor: 0,
            booked: false,
            approved_at: None,
            release_at: None,
            refunds: Vec::new(),
            loss_minor: 0,
            charges_back_minor: 0,
            unidentified_minor: 0,
            moved_minor: rows(ReleaseWay::Moved),
            held_minor: -rows(ReleaseWay::Held),
        };
        let Some(known) = state.known() else { return book };
        let (described, books) = (&known.described, &known.books);
        book.described = true;
        book.standing = described.standing;
        book.reference.clone_from(&described.profile.reference);
        book.release_at = described.profile.release_at;
        book.booked = books.sale.standing.is_some();
        book.approved_at = match &books.sale.standing {
            Some(sale) => Some(sale.at),
            None => described.profile.approved_at,
        };
        book.take_terms(books.sale.standing.as_ref().map_or(&described.terms, |sale| &sale.terms));
        book.loss_minor = books.loss.standing.as_ref().map_or(0, |loss| loss.amount_minor);
        book.unidentified_minor = books.unidentified.standing.as_ref().map_or(0, |rest| rest.amount_minor);
        let returned = books.returned.standing.as_ref();
        book.charges_back_minor =
            returned.map_or(0, |back| back.charges.iter().map(|charge| charge.amount_minor).sum());
        book
    }

    /// Adds one of its refunds, with what the books have of it.
    pub fn add_refund(&mut self, refund: &str, state: &refund::machine::State) {
        let booked = state.booked.standing.as_ref();
        let mut entry = RefundBook {
            refund: refund.into(),
            amount_minor: booked.map_or(0, |terms| terms.amount_minor),
            fees_back_minor: 0,
            taxes_back_minor: 0,
            made_at: Instant::UNIX_EPOCH,
        };
        let mut made_at = booked.map(|terms| terms.made_at);
        for back in state.returned.iter().filter_map(|known| known.booked.standing.as_ref()) {
            made_at = made_at.or(Some(back.returned_at));
            if is_tax(back.kind) {
                entry.taxes_back_minor += back.amount_minor;
            } else {
                entry.fees_back_minor += back.amount_minor;
            }
        }
        // Neither money nor charges in the books: nothing to compare with.
        let Some(made_at) = made_at else { return };
        entry.made_at = made_at;
        match self.refunds.binary_search_by(|known| known.refund.cmp(&entry.refund)) {
            Ok(at) => self.refunds[at] = entry,
            Err(at) => self.refunds.insert(at, entry),
        }
    }

    /// What the pending balance (1121) must hold of it, minor units.
    #[must_use]
    pub fn pending_minor(&self) -> i64 {
        let net = if self.booked { self.net_minor } else { 0 };
        net - self.taken_minor() - self.unidentified_minor - self.moved_minor
    }

    /// What refunds and losses take back, net of the charges that came back with them, minor units.
    #[must_use]
    pub fn taken_minor(&self) -> i64 {
        let refunds: i64 = self.refunds.iter().map(RefundBook::net_minor).sum();
        refunds + self.loss_minor - self.charges_back_minor
    }

    /// What refunds that were made by an instant take from the seller, minor units.
    #[must_use]
    pub fn refunded_by(&self, at: Instant) -> i64 {
        self.refunds.iter().filter(|refund| refund.made_at <= at).map(RefundBook::net_minor).sum()
    }

    fn take_terms(&mut self, terms: &Terms) {
        let sum = |taxes: bool| {
            let charges = terms.charges.iter().filter(move |charge: &&Charge| is_tax(charge.kind) == taxes);
            charges.map(|charge| charge.amount_minor).sum::<i64>()
        };
        self.currency = terms.currency;
        self.gross_minor = terms.gross_minor;
        self.fees_minor = sum(false);
        self.taxes_minor = sum(true);
        self.net_minor = terms.net_minor;
    }
}

impl RefundBook {
    /// What it takes from the seller: the amount less what came back, minor units.
    #[must_use]
    pub fn net_minor(&self) -> i64 {
        self.amount_minor - self.fees_back_minor - self.taxes_back_minor
    }
}

fn is_tax(kind: ChargeKind) -> bool {
    match kind {
        ChargeKind::Withholding | ChargeKind::TransactionTax => true,
        ChargeKind::Processing
        | ChargeKind::Financing
        | ChargeKind::Shipping
        | ChargeKind::Marketplace
        | ChargeKind::Coupon
        | ChargeKind::Other => false,
    }
}

#[cfg(test)]
mod tests;
