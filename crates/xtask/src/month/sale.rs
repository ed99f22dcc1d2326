//! One sale of the store: what is sold, how it is paid, what the provider keeps and when it lets the rest go.
//!
//! A sale is drawn from the seed and its number alone, so a month of any size needs no memory of its sales.
//! Rates are those of an invented contract, not the provider's price list.

use super::draw::Draw;
use super::fate::Fate;
use super::money::{rate_minor, share_minor};
use super::time::{DAY, HOUR, MINUTE, MONTH_DAYS, MONTH_START, SECOND, Time};

/// The store's account.
pub const SELLER: u64 = 1_122_334_455;
/// VAT on the provider's fee, basis points; the fee's amount includes it.
const FEE_VAT_BPS: i64 = 2_100;
/// Gross-income withholding (SIRTAC), basis points of the gross.
const WITHHOLDING_BPS: i64 = 250;
/// Tax on bank debits and credits, basis points of the gross.
const BANK_TAX_BPS: i64 = 60;

/// Where a payment of the month comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// An ordinary sale, by its number.
    Sale(u64),
    /// A charge of a subscription: subscriber, attempt.
    Charge(u64, u64),
    /// The check of a subscriber's card.
    CardCheck(u64),
    /// The payment that only the settlement report knows.
    Phantom,
}

/// The way a sale is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Card, in the web shop.
    OnlineCard,
    /// Cash voucher of the web shop.
    Voucher,
    /// QR code in the shop.
    Qr,
    /// Terminal in the shop.
    Point,
    /// Charge of a subscription.
    Subscription,
    /// Check of a card: never money.
    CardCheck,
}

/// A sale.
#[derive(Clone, Debug)]
pub struct Sale {
    /// Where it comes from.
    pub origin: Origin,
    /// The provider's payment id.
    pub id: u64,
    /// The store's reference.
    pub reference: String,
    /// How it is made.
    pub way: Way,
    /// Method in the provider's words.
    pub method: &'static str,
    /// Family of the method.
    pub method_type: &'static str,
    /// Instalments.
    pub installments: i64,
    /// Gross, minor units.
    pub gross_minor: i64,
    /// The provider's fee with its VAT, minor units.
    pub fee_minor: i64,
    /// Cost of interest-free instalments, minor units.
    pub financing_minor: i64,
    /// Recoverable withholding, minor units.
    pub withholding_minor: i64,
    /// Tax on debits and credits, minor units.
    pub bank_tax_minor: i64,
    /// When the payment is created.
    pub created: Time,
    /// When it is approved, if it ever is.
    pub approved: Time,
    /// When its money becomes available.
    pub release: Time,
    /// What becomes of it.
    pub fate: Fate,
}

/// One refund of a sale, with what the provider gives back of its charges.
#[derive(Clone, Copy, Debug)]
pub struct Refund {
    /// The provider's refund id.
    pub id: u64,
    /// Given to the payer, minor units.
    pub amount_minor: i64,
    /// Fee given back to the seller, minor units.
    pub fee_minor: i64,
    /// Withholding given back, minor units.
    pub withholding_minor: i64,
    /// When.
    pub at: Time,
}

/// The seed and the size of a month: all that a sale is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// The seed.
    pub seed: u64,
    /// Ordinary payments in the month.
    pub payments: u64,
}

impl World {
    /// The sale of an origin.
    pub fn sale(&self, origin: Origin) -> Sale {
        match origin {
            Origin::Sale(index) => self.ordinary(index),
            Origin::Charge(subscriber, attempt) => self.charge(subscriber, attempt),
            Origin::CardCheck(subscriber) => self.card_check(subscriber),
            Origin::Phantom => self.phantom(),
        }
    }

    fn ordinary(&self, index: u64) -> Sale {
        let mut draw = Draw::new(self.seed, 1, index);
        // The last minutes stay free, so that a sale and its instant approval lie in the same month.
        let span = MONTH_DAYS * DAY - 5 * MINUTE;
        let number = i64::try_from(index).expect("a month has fewer than 2^63 payments");
        let slot = span / i64::try_from(self.payments).expect("a month has fewer than 2^63 payments");
        let created = MONTH_START.plus(slot * number + draw.below_i64(slot.max(1)));
        let (way, method, method_type, fee_bps) = match Fate::forced(index, self.payments) {
            Some(_) => (Way::OnlineCard, "visa", "credit_card", 439),
            None => way_of(draw.below(100)),
        };
        let installments = if way == Way::OnlineCard { draw.pick(&[1, 1, 1, 1, 3, 6]) } else { 1 };
        let fate = Fate::of(index, self.payments, way, &mut draw);
        let gross_minor = 150_000 + draw.below_i64(4_200_000);
        let approved = fate.approved_at(created, &mut draw);
        let release = if method_type == "credit_card" { approved.plus(10 * DAY) } else { approved };
        Sale {
            origin: Origin::Sale(index),
            id: 129_000_000_000 + index * 41 + draw.below(41),
            reference: format!("pedido-{:06}", index + 1),
            created,
            approved,
            release,
            fate,
            ..Sale::priced(way, method, method_type, installments, gross_minor, fee_bps)
        }
    }

    fn charge(&self, subscriber: u64, attempt: u64) -> Sale {
        let created = super::subscriber::Subscriber::new(self, subscriber).attempt_at(attempt);
        let fate = if attempt == super::subscriber::FAILED_ATTEMPT {
            Fate::Rejected("cc_rejected_insufficient_amount")
        } else {
            Fate::Plain
        };
        Sale {
            origin: Origin::Charge(subscriber, attempt),
            id: 128_000_000_000 + subscriber * 10 + attempt,
            reference: format!("abono-{:05}", subscriber + 1),
            created,
            approved: created.plus(2 * SECOND),
            release: created.plus(2 * SECOND + 10 * DAY),
            fate,
            ..Sale::priced(Way::Subscription, "master", "credit_card", 1, 899_900, 439)
        }
    }

    fn card_check(&self, subscriber: u64) -> Sale {
        let created = super::subscriber::Subscriber::new(self, subscriber).started.plus(40 * SECOND);
        Sale {
            origin: Origin::CardCheck(subscriber),
            id: 127_500_000_000 + subscriber,
            created,
            approved: created,
            release: created,
            fate: Fate::Plain,
            ..Sale::priced(Way::CardCheck, "master", "credit_card", 1, 0, 0)
        }
    }

    fn phantom(&self) -> Sale {
        let created = Time::on_day(24, 15 * HOUR + 12 * 60 * SECOND + 345);
        Sale {
            origin: Origin::Phantom,
            id: 127_000_000_000 + Draw::new(self.seed, 2, 0).below(1_000_000),
            reference: "pedido-sin-aviso".to_owned(),
            created,
            approved: created.plus(3 * SECOND),
            release: created.plus(3 * SECOND + 10 * DAY),
            fate: Fate::Plain,
            ..Sale::priced(Way::OnlineCard, "visa", "credit_card", 1, 1_875_050, 439)
        }
    }
}

impl Sale {
    fn priced(
        way: Way,
        method: &'static str,
        method_type: &'static str,
        installments: i64,
        gross_minor: i64,
        fee_bps: i64,
    ) -> Self {
        let commission = rate_minor(gross_minor, fee_bps);
        let financing_bps = match installments {
            1 => 0,
            3 => 820,
            _ => 1_540,
        };
        Self {
            origin: Origin::Phantom,
            id: 0,
            reference: String::new(),
            way,
            method,
            method_type,
            installments,
            gross_minor,
            fee_minor: commission + rate_minor(commission, FEE_VAT_BPS),
            financing_minor: rate_minor(gross_minor, financing_bps),
            withholding_minor: rate_minor(gross_minor, WITHHOLDING_BPS),
            bank_tax_minor: rate_minor(gross_minor, BANK_TAX_BPS),
            created: MONTH_START,
            approved: MONTH_START,
            release: MONTH_START,
            fate: Fate::Plain,
        }
    }

    /// What the seller receives, minor units.
    pub fn net_minor(&self) -> i64 {
        self.gross_minor
            - self.fee_minor
            - self.financing_minor
            - self.withholding_minor
            - self.bank_tax_minor
    }

    /// What leaves the account when all is taken back: financing and the bank tax stay with the provider.
    pub fn taken_back_minor(&self) -> i64 {
        self.gross_minor - self.fee_minor - self.withholding_minor
    }

    /// The refunds of its fate, in order; shares are cumulative, so that the last one ends without a remainder.
    pub fn refunds(&self) -> Vec<Refund> {
        let shares = self.fate.refund_shares();
        let (mut refunds, mut share_bps) = (Vec::with_capacity(shares.len()), 0);
        let (mut amount_so_far, mut fee_so_far, mut withholding_so_far) = (0, 0, 0);
        for (n, part_bps) in (0_i64..).zip(shares) {
            share_bps += part_bps;
            let amount = rate_minor(self.gross_minor, share_bps);
            let fee = share_minor(self.fee_minor, amount, self.gross_minor);
            let withholding = share_minor(self.withholding_minor, amount, self.gross_minor);
            refunds.push(Refund {
                id: self.id * 10 + n.unsigned_abs(),
                amount_minor: amount - amount_so_far,
                fee_minor: fee - fee_so_far,
                withholding_minor: withholding - withholding_so_far,
                at: self.release.plus(DAY + n * 30 * HOUR + self.gross_minor % (9 * HOUR)),
            });
            (amount_so_far, fee_so_far, withholding_so_far) = (amount, fee, withholding);
        }
        refunds
    }
}

/// Way, method, family and fee (basis points before VAT) of a number below 100.
fn way_of(number: u64) -> (Way, &'static str, &'static str, i64) {
    match number {
        0..=21 => (Way::OnlineCard, "visa", "credit_card", 439),
        22..=39 => (Way::OnlineCard, "master", "credit_card", 439),
        40..=45 => (Way::Voucher, "rapipago", "ticket", 499),
        46..=65 => (Way::Qr, "account_money", "account_money", 80),
        66..=79 => (Way::Qr, "debvisa", "debit_card", 135),
        80..=91 => (Way::Point, "visa", "credit_card", 389),
        _ => (Way::Point, "debmaster", "debit_card", 325),
    }
}
