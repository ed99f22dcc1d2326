//! A payment of a subscription as the books have it, with what its own entries credit.

use billing::deferral::{self, GivenBack, Sold};
use domain::currency::Currency;
use domain::machine::Instant;
use domain::payment::state::Known;
use domain::payment::{Operation, Standing};
use domain::preapproval::charge::PaymentOutcome;
use domain::preapproval::revenue::CHARGEBACK;
use domain::stream::StreamId;
use domain::text::Text;
use ledger::account::Account;

/// A payment. Amounts are minor units of its currency.
pub(super) struct Paid {
    pub seller: Text,
    pub payment: Text,
    pub reference: Option<Text>,
    /// The subscription that it names.
    pub subscription: Option<Text>,
    pub operation: Operation,
    pub standing: Standing,
    pub currency: Currency,
    pub gross_minor: i64,
    pub created_at: Option<Instant>,
    pub approved_at: Option<Instant>,
    /// The provider's time of the newest statement.
    pub told_at: Option<Instant>,
    pub refunded_minor: i64,
    pub lost_minor: i64,
    pub lost_at: Option<Instant>,
    /// What its entries credit as a sale of a subscription, tax included.
    pub credited_minor: i64,
    /// What they credit as a one-off sale.
    pub elsewhere_minor: i64,
    /// What of it is revenue of subscriptions, without tax, and since when.
    pub revenue_minor: i64,
    pub booked_at: Option<Instant>,
    /// What its refunds took back, without tax.
    pub given_back: Vec<GivenBack>,
}

impl Paid {
    pub(super) fn of(stream: &StreamId, known: &Known) -> Self {
        let described = &known.described;
        let profile = &described.profile;
        Self {
            seller: stream.seller().into(),
            payment: stream.id().into(),
            reference: profile.reference.clone(),
            subscription: profile.preapproval.clone(),
            operation: profile.operation,
            standing: described.standing,
            currency: described.terms.currency,
            gross_minor: described.terms.gross_minor,
            created_at: profile.created_at,
            approved_at: profile.approved_at,
            told_at: described.said.updated_at,
            refunded_minor: known.keyed.returned_to_payer_minor(),
            lost_minor: known.books.loss.standing.as_ref().map_or(0, |loss| loss.amount_minor),
            lost_at: known.books.loss.standing.as_ref().map(|loss| loss.at),
            credited_minor: 0,
            elsewhere_minor: 0,
            revenue_minor: 0,
            booked_at: None,
            given_back: Vec::new(),
        }
    }

    /// Adds an entry of its history. A sale credits 4110 and its tax 2110, or what the order debited (1130).
    pub(super) fn book(
        &mut self,
        at: Instant,
        currency: Currency,
        lines: impl Iterator<Item = (Account, i64)>,
    ) {
        if currency != self.currency {
            return;
        }
        for (account, minor) in lines {
            match account {
                Account::SubscriptionSales => {
                    self.credited_minor -= minor;
                    self.revenue_minor -= minor;
                    self.booked_at = Some(at);
                }
                Account::OutputVat | Account::Receivable => self.credited_minor -= minor,
                Account::Sales => self.elsewhere_minor -= minor,
                _ => {}
            }
        }
    }

    /// Adds an entry of one of its refunds.
    pub(super) fn give_back(
        &mut self,
        refund: &str,
        at: Instant,
        lines: impl Iterator<Item = (Account, i64)>,
    ) {
        let net_minor: i64 =
            lines.filter(|(account, _)| *account == Account::Refunds).map(|(_, minor)| minor).sum();
        if net_minor == 0 {
            return;
        }
        let cause: Text = format!("refund/{refund}").into();
        match self.given_back.iter_mut().find(|known| known.cause == cause) {
            Some(known) => known.net_minor += net_minor,
            None => self.given_back.push(GivenBack { cause, at, net_minor }),
        }
    }

    /// What of it may be deferred, by its entries; `None` when none of them is a sale of a subscription.
    pub(super) fn sold(&self) -> Option<deferral::Paid> {
        let at = self.booked_at?;
        let (net_minor, currency) = (self.revenue_minor, self.currency);
        let sold = match net_minor {
            0 => Sold::Withdrawn { at: self.told_at },
            _ => Sold::Booked { at, currency, net_minor },
        };
        let mut given_back = self.given_back.clone();
        // How much of a loss is tax no entry says; that it ends the deferral is enough.
        given_back.extend(self.lost_at.map(|at| GivenBack { cause: CHARGEBACK.into(), at, net_minor }));
        Some(deferral::Paid { sold, given_back })
    }

    /// Whether it can be the payment of a charge: a card check never is, nor what moves nothing.
    pub(super) fn counts(&self) -> bool {
        self.operation.moves_money() && self.gross_minor != 0
    }

    /// Whether the money came in, whatever became of it later.
    pub(super) fn is_approved(&self) -> bool {
        self.counts() && self.standing.is_credited()
    }

    /// What an invoice should say of it.
    pub(super) fn outcome(&self) -> PaymentOutcome {
        match self.standing {
            Standing::AwaitingPayer | Standing::InReview | Standing::Authorized => PaymentOutcome::Undecided,
            Standing::Rejected | Standing::Cancelled | Standing::Expired => PaymentOutcome::Failed,
            Standing::Approved
            | Standing::Disputed
            | Standing::Refunded
            | Standing::ChargebackOpen
            | Standing::ChargebackLost
            | Standing::ChargebackReimbursed => PaymentOutcome::Approved,
        }
    }

    /// When it happened, by the best time known.
    pub(super) fn happened_at(&self) -> Option<Instant> {
        self.approved_at.or(self.created_at).or(self.told_at)
    }
}
