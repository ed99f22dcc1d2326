//! The books of one seller: every movement of money as it is told in the two reports, and the balances it leaves.
//!
//! Its own arithmetic, on purpose: that the product's ledger agrees with it is the proof of both. Balances are kept
//! while money moves and counted again from the rows and from the payments by [`crate::account::check`].

use crate::contract::CostKind;
use crate::time::Instant;

pub(crate) mod check;
pub(crate) mod days;

/// Signed money of a movement, minor units: what comes in is positive, costs are negative when they are charged.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Money {
    pub(crate) gross: i64,
    pub(crate) fee: i64,
    pub(crate) financing: i64,
    pub(crate) withholding: i64,
    pub(crate) bank_tax: i64,
}

/// A row of the settlement report: an approved movement, available or not.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) at: Instant,
    pub(crate) word: &'static str,
    /// The payment or payout.
    pub(crate) source: u64,
    pub(crate) refund: Option<u64>,
    /// The bank's reference of a payout.
    pub(crate) reference: String,
    pub(crate) money: Money,
}

/// A row of the release report: a movement of the available balance.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    pub(crate) at: Instant,
    pub(crate) word: &'static str,
    /// The payment or payout.
    pub(crate) source: u64,
    /// The bank's reference of a payout.
    pub(crate) reference: String,
    pub(crate) money: Money,
    /// Available balance after it.
    pub(crate) balance_minor: i64,
}

/// What happened in all, by kind.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Totals {
    pub(crate) sold: Money,
    pub(crate) refunded: Money,
    pub(crate) lost: Money,
    pub(crate) paid_out: Money,
    pub(crate) sales: u64,
    pub(crate) refunds: u64,
    pub(crate) losses: u64,
    pub(crate) payouts: u64,
}

/// The books of a seller.
#[derive(Clone, Default, Debug)]
pub(crate) struct Account {
    pub(crate) settled: Vec<Settled>,
    pub(crate) moved: Vec<Moved>,
    pub(crate) totals: Totals,
    pub(crate) pending_minor: i64,
    pub(crate) available_minor: i64,
    pub(crate) held_minor: i64,
}

impl Money {
    pub(crate) fn net(self) -> i64 {
        self.gross + self.fee + self.financing + self.taxes()
    }

    pub(crate) fn taxes(self) -> i64 {
        self.withholding + self.bank_tax
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            gross: self.gross + other.gross,
            fee: self.fee + other.fee,
            financing: self.financing + other.financing,
            withholding: self.withholding + other.withholding,
            bank_tax: self.bank_tax + other.bank_tax,
        }
    }

    pub(crate) fn reversed(self) -> Self {
        Self {
            gross: -self.gross,
            fee: -self.fee,
            financing: -self.financing,
            withholding: -self.withholding,
            bank_tax: -self.bank_tax,
        }
    }

    pub(crate) fn add_cost(&mut self, kind: CostKind, minor: i64) {
        match kind {
            CostKind::Fee => self.fee += minor,
            CostKind::Financing => self.financing += minor,
            CostKind::Withholding => self.withholding += minor,
            CostKind::BankTax => self.bank_tax += minor,
        }
    }

    fn of_gross(gross: i64) -> Self {
        Self { gross, ..Self::default() }
    }
}

impl Account {
    /// A sale was approved: its money is pending.
    pub(crate) fn sell(&mut self, at: Instant, payment: u64, money: Money) {
        self.totals.sold = self.totals.sold.plus(money);
        self.totals.sales += 1;
        self.pending_minor += money.net();
        self.settle(at, "SETTLEMENT", payment, None, money);
    }

    /// Pending money becomes available: what is left of a sale, which may be its unreturned costs alone.
    pub(crate) fn release(&mut self, at: Instant, payment: u64, money: Money) {
        self.pending_minor -= money.net();
        if money != Money::default() {
            self.move_available(at, "payment", payment, String::new(), money);
        }
    }

    /// A refund, of money that is still pending or was released. `money` is negative.
    pub(crate) fn refund(&mut self, at: Instant, payment: u64, refund: u64, money: Money, released: bool) {
        self.totals.refunded = self.totals.refunded.plus(money);
        self.totals.refunds += 1;
        self.settle(at, "REFUND", payment, Some(refund), money);
        if released {
            self.move_available(at, "refund", payment, String::new(), money);
        } else {
            self.pending_minor += money.net();
        }
    }

    /// A card chargeback opens: told in the settlement report, whoever wins. `money` is negative.
    pub(crate) fn open_chargeback(&mut self, at: Instant, payment: u64, money: Money) {
        self.settle(at, "CHARGEBACK", payment, None, money);
    }

    /// A chargeback that opened ended for the seller. `money` is what its opening took.
    pub(crate) fn cancel_chargeback(&mut self, at: Instant, payment: u64, money: Money) {
        self.settle(at, "CHARGEBACK_CANCEL", payment, None, money.reversed());
    }

    /// Available money is held for a dispute.
    pub(crate) fn hold(&mut self, at: Instant, payment: u64, minor: i64) {
        self.held_minor += minor;
        self.move_available(at, "reserve_for_dispute", payment, String::new(), Money::of_gross(-minor));
    }

    /// Held money is free again.
    pub(crate) fn free(&mut self, at: Instant, payment: u64, minor: i64) {
        self.held_minor -= minor;
        self.move_available(at, "reserve_for_dispute", payment, String::new(), Money::of_gross(minor));
    }

    /// A chargeback was lost: the money is gone. `money` is negative.
    pub(crate) fn lose(&mut self, at: Instant, payment: u64, money: Money, released: bool) {
        self.totals.lost = self.totals.lost.plus(money);
        self.totals.losses += 1;
        if released {
            self.move_available(at, "chargeback", payment, String::new(), money);
        } else {
            self.pending_minor += money.net();
        }
    }

    /// Money goes to the seller's bank: held for a moment, then paid with its fee.
    pub(crate) fn pay_out(&mut self, at: Instant, payout: u64, reference: &str, minor: i64, fee_minor: i64) {
        let money = Money { gross: -minor, fee: -fee_minor, ..Money::default() };
        self.totals.paid_out = self.totals.paid_out.plus(money);
        self.totals.payouts += 1;
        for held in [money.net(), -money.net()] {
            let held = Money::of_gross(held);
            self.move_available(at, "reserve_for_payout", payout, reference.to_owned(), held);
        }
        self.move_available(at, "payout", payout, reference.to_owned(), money);
        self.settle(at, "PAYOUTS", payout, None, money);
        if let Some(row) = self.settled.last_mut() {
            row.reference = reference.to_owned();
        }
    }

    fn settle(&mut self, at: Instant, word: &'static str, source: u64, refund: Option<u64>, money: Money) {
        self.settled.push(Settled { at, word, source, refund, reference: String::new(), money });
    }

    fn move_available(
        &mut self,
        at: Instant,
        word: &'static str,
        source: u64,
        reference: String,
        money: Money,
    ) {
        self.available_minor += money.net();
        let balance_minor = self.available_minor;
        self.moved.push(Moved { at, word, source, reference, money, balance_minor });
    }
}
