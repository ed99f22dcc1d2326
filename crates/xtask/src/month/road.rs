//! The month itself: a queue of what happens when, and for each moment the deliveries and report rows it causes.
//!
//! Memory holds only what is still to come (a time and a number each); sales are drawn again when their time comes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use anyhow::Result;

use super::body::intent::{Generation, Instore, InstoreNotice, Terminal};
use super::body::order::{Order, OrderNotice};
use super::deliveries::{Deliveries, Place};
use super::fate::{Fate, Step, UNKNOWN_DETAIL};
use super::money::rate_minor;
use super::planted::{ADJUSTMENT, Planted};
use super::release::{self, Release};
use super::sale::{Origin, Sale, Way, World};
use super::settlement::{Amounts, Row, Settlement};
use super::subscriber::{Moment, Subscriber};
use super::time::{HOUR, MINUTE, MONTH_DAYS, SECOND, Time};

mod tell;

/// Days of the weekly payout: the Fridays.
const PAYOUT_DAYS: [i64; 5] = [2, 9, 16, 23, 30];
/// Cost of a payout, minor units.
const PAYOUT_FEE_MINOR: i64 = 300;
/// A payout is whole thousands; a smaller balance is not paid out. Minor units.
const PAYOUT_STEP_MINOR: i64 = 100_000;
/// Daily yield on the balance, basis points.
const YIELD_BPS: i64 = 8;
/// The monthly VAT perception, minor units.
const PERCEPTION_MINOR: i64 = 3_200;

/// What can happen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum What {
    /// A payment moves on.
    Step(Origin, Step),
    /// A subscription moves on.
    Subscription(u64, Moment),
    /// The balance earns, on a day.
    Yield(i64),
    /// The balance is paid out, on a day.
    Payout(i64),
    /// VAT is perceived.
    Perception,
    /// The row nobody knows.
    Adjustment,
    /// The sale nobody told us of.
    Phantom,
}

/// A month being made.
pub struct Road {
    pub(super) world: World,
    planted: Option<Planted>,
    queue: BinaryHeap<Reverse<(Time, u64, What)>>,
    queued: u64,
    pub(super) deliveries: Deliveries,
    pub(super) settlement: Settlement,
    pub(super) release: Release,
    /// The line that is not JSON.
    pub(super) cut: Option<Place>,
    /// The delivery whose detail nobody knows.
    pub(super) unknown: Option<Place>,
}

impl Road {
    /// A month before its first moment.
    pub fn new(
        world: World,
        planted: Option<Planted>,
        deliveries: Deliveries,
        settlement: Settlement,
        release: Release,
    ) -> Self {
        let mut road = Self {
            world,
            planted,
            queue: BinaryHeap::new(),
            queued: 0,
            deliveries,
            settlement,
            release,
            cut: None,
            unknown: None,
        };
        road.start();
        road
    }

    /// Lets everything happen.
    pub fn run(&mut self) -> Result<()> {
        while let Some(Reverse((at, _, what))) = self.queue.pop() {
            self.deliveries.turn_to(at)?;
            match what {
                What::Step(origin, step) => self.step(origin, step)?,
                What::Subscription(subscriber, moment) => self.subscription(subscriber, moment)?,
                What::Yield(day) => self.earn(at, day)?,
                What::Payout(day) => self.pay_out(at, day)?,
                What::Perception => {
                    let row = release::Row::plain(at, 2_026_102_800_001, "", "tax_iva", -PERCEPTION_MINOR);
                    self.release.row(&row)?;
                }
                What::Adjustment => {
                    let (word, source, amount) = ADJUSTMENT;
                    self.release.row(&release::Row::plain(at, source, "", word, amount))?;
                }
                What::Phantom => self.phantom()?,
            }
        }
        Ok(())
    }

    fn start(&mut self) {
        self.open(Origin::Sale(0));
        for number in 0..Subscriber::count(&self.world) {
            for (at, moment) in Subscriber::new(&self.world, number).moments() {
                self.at(at, What::Subscription(number, moment));
            }
        }
        for day in 1..=MONTH_DAYS {
            self.at(Time::on_day(day, 6 * HOUR), What::Yield(day));
        }
        for day in PAYOUT_DAYS {
            self.at(Time::on_day(day, 10 * HOUR), What::Payout(day));
        }
        self.at(Time::on_day(28, 9 * HOUR), What::Perception);
        if self.planted.is_some() {
            self.at(Planted::adjusted_at(), What::Adjustment);
            self.at(self.world.sale(Origin::Phantom).approved, What::Phantom);
        }
    }

    fn at(&mut self, at: Time, what: What) {
        if at.in_month() {
            self.queued += 1;
            self.queue.push(Reverse((at, self.queued, what)));
        }
    }

    fn open(&mut self, origin: Origin) {
        self.at(self.world.sale(origin).created, What::Step(origin, Step::Open));
    }

    fn step(&mut self, origin: Origin, step: Step) -> Result<()> {
        let sale = self.world.sale(origin);
        match step {
            Step::Open => self.opened(&sale),
            Step::Approve => {
                self.approved(&sale)?;
                self.settle(&sale)
            }
            Step::Lapse => {
                self.deliveries.count("vouchers that lapsed");
                self.tell(&sale, step)
            }
            Step::Release => {
                let row = release::Row::of_sale(&sale, "payment", Amounts::of_sale(&sale), sale.release);
                self.release.row(&row)
            }
            Step::Refund(n) => self.refunded(&sale, n),
            Step::Dispute => self.disputed(&sale),
            Step::Settle => self.dispute_ended(&sale),
        }
    }

    fn opened(&mut self, sale: &Sale) -> Result<()> {
        if let Origin::Sale(index) = sale.origin
            && index + 1 < self.world.payments
        {
            self.open(Origin::Sale(index + 1));
        }
        for (at, step) in sale.later_steps() {
            self.at(at, What::Step(sale.origin, step));
        }
        self.deliveries.count(match sale.way {
            Way::OnlineCard => "card payments of the web shop",
            Way::Voucher => "cash vouchers",
            Way::Qr => "QR payments",
            Way::Point => "terminal payments",
            Way::Subscription => "charges of subscriptions",
            Way::CardCheck => "card checks of 0.00",
        });
        self.intent(sale)?;
        if !sale.is_heard_late() {
            self.tell(sale, Step::Open)?;
        }
        match sale.fate {
            Fate::Rejected(_) => self.deliveries.count("rejected payments"),
            Fate::Reviewed | Fate::PaidLater | Fate::Lapsed => {}
            _ if sale.way == Way::CardCheck => {}
            _ => self.settle(sale)?,
        }
        Ok(())
    }

    fn settle(&mut self, sale: &Sale) -> Result<()> {
        let amounts = match &self.planted {
            Some(planted) => planted.settled(sale),
            None => Some(Amounts::of_sale(sale)),
        };
        match amounts {
            Some(amounts) => self.settlement.row(&Row::of_sale(sale, "SETTLEMENT", amounts, sale.approved)),
            None => Ok(()),
        }
    }

    fn phantom(&mut self) -> Result<()> {
        let sale = self.world.sale(Origin::Phantom);
        self.settlement.row(&Row::of_sale(&sale, "SETTLEMENT", Amounts::of_sale(&sale), sale.approved))
    }

    fn refunded(&mut self, sale: &Sale, n: usize) -> Result<()> {
        let refund = sale.refunds()[n];
        let amounts = Amounts::of_refund(&refund);
        self.deliveries.count("refunds");
        self.tell_refund(sale, n, &refund)?;
        let row = Row::of_sale(sale, "REFUND", amounts, refund.at);
        self.settlement.row(&Row { refund: Some(refund.id), ..row })?;
        self.release.row(&release::Row::of_sale(sale, "refund", amounts, refund.at))
    }

    fn disputed(&mut self, sale: &Sale) -> Result<()> {
        let at = sale.disputed();
        if sale.fate == Fate::Mediated {
            self.deliveries.count("mediations");
        } else {
            self.deliveries.count("chargebacks");
            self.tell_chargeback(sale, false)?;
            self.settlement.row(&Row::of_sale(sale, "CHARGEBACK", Amounts::taken_back(sale), at))?;
        }
        self.tell(sale, Step::Dispute)?;
        self.hold(sale, -sale.taken_back_minor(), at)
    }

    fn dispute_ended(&mut self, sale: &Sale) -> Result<()> {
        let at = sale.settled();
        if sale.fate != Fate::Mediated {
            self.tell_chargeback(sale, true)?;
        }
        self.tell(sale, Step::Settle)?;
        self.hold(sale, sale.taken_back_minor(), at)?;
        match sale.fate {
            Fate::ChargebackLost => {
                let amounts = Amounts::taken_back(sale);
                self.release.row(&release::Row::of_sale(sale, "chargeback", amounts, at))
            }
            Fate::ChargebackWon => {
                let amounts = Amounts::taken_back(sale).reversed();
                self.settlement.row(&Row::of_sale(sale, "CHARGEBACK_CANCEL", amounts, at))
            }
            _ => Ok(()),
        }
    }

    fn hold(&mut self, sale: &Sale, amount_minor: i64, at: Time) -> Result<()> {
        let amounts = Amounts { gross: amount_minor, ..Amounts::default() };
        self.release.row(&release::Row::of_sale(sale, "reserve_for_dispute", amounts, at))
    }

    fn earn(&mut self, at: Time, day: i64) -> Result<()> {
        let earned = rate_minor(self.release.balance.max(0), YIELD_BPS);
        if earned == 0 {
            return Ok(());
        }
        let source = 2_026_100_000_000 + day.unsigned_abs();
        self.settlement.row(&without_payer("SETTLEMENT", source, "", earned, 0, at))?;
        self.release.row(&release::Row::plain(at, source, "", "asset_management", earned))
    }

    fn pay_out(&mut self, at: Time, day: i64) -> Result<()> {
        let amount = self.release.balance * 4 / 5 / PAYOUT_STEP_MINOR * PAYOUT_STEP_MINOR;
        if amount <= 0 {
            return Ok(());
        }
        self.deliveries.count("payouts");
        let source = 2_026_101_000_000 + day.unsigned_abs();
        let reference = format!("COELSA{:010}", 7_700_000 + day);
        let all = amount + PAYOUT_FEE_MINOR;
        for held in [-all, all] {
            let row = release::Row::plain(at, source, &reference, "reserve_for_payout", held);
            self.release.row(&row)?;
        }
        let row = release::Row::plain(at, source, &reference, "payout", -amount);
        let amounts = Amounts { fee: -PAYOUT_FEE_MINOR, ..row.amounts };
        self.release.row(&release::Row { amounts, ..row })?;
        self.settlement.row(&without_payer("PAYOUTS", source, &reference, -amount, -PAYOUT_FEE_MINOR, at))
    }

    fn intent(&mut self, sale: &Sale) -> Result<()> {
        let Some(generation) = Generation::of(sale) else { return Ok(()) };
        let (asked, done) = (sale.created.plus(-MINUTE), sale.created.plus(3 * SECOND));
        let (notice, resource) = (generation.notice(), generation.resource());
        let status = if sale.fate.is_paid() { "approved" } else { "rejected" };
        let out = &mut self.deliveries;
        match generation {
            Generation::Terminal => {
                out.count("intents of the second generation");
                out.told(resource, "response", asked, &Terminal::created(sale))?;
                out.push(notice, done, &Terminal::notified(sale, status))?;
                out.fetch(resource, done, &Terminal::read(sale))
            }
            Generation::Instore => {
                out.count("intents of the third generation");
                out.told(resource, "response", asked, &Instore::created(sale))?;
                out.push(notice, done, &InstoreNotice::new(sale))?;
                out.fetch(resource, done, &Instore::read(sale))
            }
            Generation::Order => {
                out.count("orders of the fourth generation");
                out.told(resource, "response", asked, &Order::new(sale, false))?;
                out.push(notice, done, &OrderNotice::new(sale))?;
                out.fetch(resource, done, &Order::new(sale, true))
            }
        }
    }
}

impl Sale {
    /// Whether the provider tells of it only when it is approved, and of the review after that.
    fn is_heard_late(&self) -> bool {
        self.fate == Fate::Reviewed && self.id.is_multiple_of(3)
    }

    fn has_unknown_detail(&self) -> bool {
        self.fate == Fate::Rejected(UNKNOWN_DETAIL)
    }
}

fn without_payer<'a>(
    word: &'static str,
    source: u64,
    reference: &'a str,
    gross: i64,
    fee: i64,
    at: Time,
) -> Row<'a> {
    Row {
        reference,
        source,
        word,
        method: ("", ""),
        installments: None,
        amounts: Amounts { gross, fee, ..Amounts::default() },
        created: at,
        settled: at,
        release: None,
        refund: None,
    }
}
