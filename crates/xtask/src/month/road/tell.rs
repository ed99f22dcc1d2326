//! How the provider tells of a moment: the notification, the resource it leads to, and what goes wrong on the way
//! (the same again, the same with another key, the older after the newer).

use anyhow::Result;

use super::Road;
use crate::month::body::chargeback::{Chargeback, id_of};
use crate::month::body::notice::{ChargebackNotice, Notice, SubscriptionNotice};
use crate::month::body::payment::{Payment, RefundBody};
use crate::month::body::subscription::{Invoice, Preapproval};
use crate::month::draw::Draw;
use crate::month::fate::{Fate, Step};
use crate::month::sale::{Origin, Refund, Sale};
use crate::month::subscriber::{Moment, Subscriber};
use crate::month::time::{HOUR, MINUTE, SECOND, Time};
use crate::month::told::Told;

/// After this sale the one line that is not JSON is written.
const CUT_AFTER_INDEX: u64 = 50;

impl Road {
    /// Tells of a payment's state after a step, mostly once.
    pub(super) fn tell(&mut self, sale: &Sale, step: Step) -> Result<()> {
        let told = Told::after(sale, step);
        let mut draw = Draw::new(self.world.seed, 7, sale.id);
        let at = told.updated.plus(2 * SECOND + draw.below_i64(8 * SECOND));
        let first = step == Step::Open;
        self.notify(sale, &told, at, first)?;
        if sale.has_unknown_detail() {
            self.unknown = Some(self.deliveries.place());
            return Ok(());
        }
        if let Origin::Sale(index) = sale.origin
            && index >= CUT_AFTER_INDEX
            && self.cut.is_none()
        {
            self.cut = Some(self.deliveries.cut()?);
            return Ok(());
        }
        match draw.below(1_000) {
            0..=49 => self.deliveries.again(),
            50..=99 => {
                self.deliveries.count("same content, another key");
                self.notify(sale, &told, at.plus(17 * MINUTE), first)
            }
            100..=399 => self.poll(sale, &told, at.plus(HOUR)),
            _ => Ok(()),
        }
    }

    /// Tells of a late approval; some reviews become known only after it, and some old states come again.
    pub(super) fn approved(&mut self, sale: &Sale) -> Result<()> {
        self.tell(sale, Step::Approve)?;
        let old = Told::after(sale, Step::Open);
        let at = sale.approved.plus(3 * MINUTE);
        if sale.is_heard_late() {
            self.deliveries.count("out of order");
            self.notify(sale, &old, at, true)
        } else if sale.fate == Fate::PaidLater && sale.id.is_multiple_of(2) {
            self.deliveries.count("stale");
            self.poll(sale, &old, at)
        } else {
            Ok(())
        }
    }

    pub(super) fn tell_refund(&mut self, sale: &Sale, n: usize, refund: &Refund) -> Result<()> {
        if sale.id.is_multiple_of(2) {
            let body = RefundBody::new(sale, refund);
            self.deliveries.told("refund", "response", refund.at.plus(SECOND), &body)?;
        }
        self.tell(sale, Step::Refund(n))
    }

    pub(super) fn tell_chargeback(&mut self, sale: &Sale, ended: bool) -> Result<()> {
        let at = if ended { sale.settled() } else { sale.disputed() };
        let id = self.deliveries.next_notice();
        let notice = ChargebackNotice::new(id, &id_of(sale), sale.id, at, !ended);
        self.deliveries.push("topic_chargebacks_wh", at.plus(SECOND), &notice)?;
        self.deliveries.fetch("chargeback", at.plus(SECOND), &Chargeback::new(sale, ended))
    }

    pub(super) fn subscription(&mut self, number: u64, moment: Moment) -> Result<()> {
        let subscriber = Subscriber::new(&self.world, number);
        match moment {
            Moment::SignUp => {
                self.deliveries.count("subscriptions");
                self.preapproval(&subscriber, 0, 0, subscriber.started)?;
                self.opened(&self.world.sale(Origin::CardCheck(number)))
            }
            Moment::Scheduled(week) => {
                self.deliveries.count("invoices");
                let invoice = Invoice::scheduled(&subscriber, week);
                self.invoice(&subscriber, week, 0, subscriber.due(week).plus(MINUTE), &invoice)
            }
            Moment::Attempted(attempt) => {
                let sale = self.world.sale(Origin::Charge(number, attempt));
                let told = Told::after(&sale, Step::Open);
                self.opened(&sale)?;
                let invoice = Invoice::attempted(&subscriber, attempt, &sale, told.status, told.detail);
                let (week, done) = (Subscriber::week(attempt), sale.created.plus(5 * MINUTE));
                let version = 1 + u64::from(Subscriber::is_retry(attempt));
                self.invoice(&subscriber, week, version, done, &invoice)?;
                if told.credited { self.preapproval(&subscriber, week + 1, week + 1, done) } else { Ok(()) }
            }
        }
    }

    fn preapproval(&mut self, subscriber: &Subscriber, charged: u64, version: u64, at: Time) -> Result<()> {
        let id = self.deliveries.next_notice();
        let topic = "subscription_preapproval";
        let notice = SubscriptionNotice::new(id, topic, subscriber.preapproval.clone(), at, version);
        self.deliveries.push(topic, at.plus(3 * SECOND), &notice)?;
        let body = Preapproval::new(subscriber, charged, version, at);
        self.deliveries.fetch("preapproval", at.plus(3 * SECOND), &body)
    }

    fn invoice(
        &mut self,
        subscriber: &Subscriber,
        week: u64,
        version: u64,
        at: Time,
        body: &Invoice<'_>,
    ) -> Result<()> {
        let id = self.deliveries.next_notice();
        let topic = "subscription_authorized_payment";
        let subject = subscriber.invoice(week).to_string();
        let notice = SubscriptionNotice::new(id, topic, subject, at, version);
        self.deliveries.push(topic, at.plus(4 * SECOND), &notice)?;
        self.deliveries.fetch("authorized_payment", at.plus(4 * SECOND), body)
    }

    fn notify(&mut self, sale: &Sale, told: &Told, at: Time, first: bool) -> Result<()> {
        let id = self.deliveries.next_notice();
        let notice = Notice::payment(id, sale.id, sale.created, first);
        self.deliveries.push("payment", at, &notice)?;
        let subscriber = self.subscriber_of(sale);
        self.deliveries.fetch("payment", at, &Payment::new(sale, told, subscriber.as_ref()))
    }

    fn poll(&mut self, sale: &Sale, told: &Told, at: Time) -> Result<()> {
        self.deliveries.count("found again by polling");
        let subscriber = self.subscriber_of(sale);
        self.deliveries.told("payment", "poll", at, &Payment::new(sale, told, subscriber.as_ref()))
    }

    fn subscriber_of(&self, sale: &Sale) -> Option<Subscriber> {
        match sale.origin {
            Origin::Charge(number, _) => Some(Subscriber::new(&self.world, number)),
            Origin::Sale(_) | Origin::CardCheck(_) | Origin::Phantom => None,
        }
    }
}
