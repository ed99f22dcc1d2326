//! From each charge to its payment, and from each payment to its entries.

use chrono::TimeDelta;
use domain::machine::Instant;
use domain::payment::Standing;
use domain::text::Text;

use super::outcome::{ChargeLine, Fate};
use super::paid::Paid;
use super::{Reconciliation, explained, payment_key};
use crate::code::BreakCode;
use crate::run::finding::{Finding, say};

impl Reconciliation {
    /// Compares each charge that names a payment with it.
    pub(super) fn follow_charges(&mut self) {
        for at in 0..self.charges.len() {
            let line = &self.charges[at];
            let Some(payment) = &line.payment else { continue };
            let key = payment_key(&line.seller, &payment.as_str().into());
            let Some(paid) = self.payments.get(&key) else {
                self.miss_payment(at);
                continue;
            };
            let (found, fate) = self.compare(line, paid);
            let (paid_minor, paid_at) = (paid.gross_minor, paid.approved_at);
            let (booked, refunded, lost) = (paid.credited_minor, paid.refunded_minor, paid.lost_minor);
            let is_approved = paid.is_approved();
            self.findings.extend(found);
            let line = &mut self.charges[at];
            line.fate = fate;
            line.booked_minor = Some(booked);
            if is_approved {
                line.paid_minor = Some(paid_minor);
                line.paid_at = paid_at;
                line.refunded_minor = Some(refunded);
                line.lost_minor = Some(lost);
            }
        }
        self.find_twice_named();
    }

    /// A collected charge must have its payment; of other attempts nobody need have told us.
    fn miss_payment(&mut self, at: usize) {
        let line = &self.charges[at];
        if !line.is_collected() {
            return;
        }
        let (payment, invoice) = (named(line.payment.as_ref()), named(line.invoice.as_ref()));
        let is_young = self.is_in_transit(line.modified_at);
        let finding = Finding {
            external: line.invoiced_minor,
            explanation: format!(
                "invoice {invoice} of subscription {} was paid by payment {payment}, of which nobody told us",
                line.subscription
            ),
            ..explained::about(line, transit_or(is_young, BreakCode::ChargeWithoutPayment))
        };
        self.findings.push(finding);
        if is_young {
            self.charges[at].fate = Fate::InTransit;
        }
    }

    /// What differs between a charge and its payment, and what became of the charge.
    fn compare(&self, line: &ChargeLine, paid: &Paid) -> (Vec<Finding>, Fate) {
        let mut found = Vec::new();
        if !paid.counts() {
            if line.is_collected() {
                found.push(card_check(line, paid));
            }
            return (found, line.fate);
        }
        // Of a charge that ended unpaid nobody tells any more what became of its last attempt.
        let is_open = matches!(line.fate, Fate::Scheduled | Fate::Retrying);
        let moved = line.is_collected() || paid.is_approved();
        if (is_open || moved) && line.outcome != Some(paid.outcome()) {
            let is_young = self.is_in_transit(line.modified_at.max(paid.told_at));
            found.push(Finding {
                internal: paid.is_approved().then_some(paid.gross_minor),
                external: line.is_collected().then_some(line.invoiced_minor).flatten(),
                explanation: format!(
                    "invoice {} says that payment {} {}, the payment itself is `{}`",
                    named(line.invoice.as_ref()),
                    paid.payment,
                    explained::outcome(line.outcome),
                    paid.standing.name()
                ),
                ..explained::about(line, transit_or(is_young, BreakCode::PaymentStatusMismatch))
            });
            let fate = if is_young { Fate::InTransit } else { line.fate };
            return (found, fate);
        }
        if !paid.is_approved() {
            return (found, line.fate);
        }
        found.extend(other_money(line, paid));
        if let Some(other) = paid.subscription.as_ref().filter(|named| **named != line.subscription) {
            found.push(Finding {
                internal: Some(paid.gross_minor),
                external: line.invoiced_minor,
                explanation: format!(
                    "payment {} pays invoice {} of subscription {}, but names subscription {other}",
                    paid.payment,
                    named(line.invoice.as_ref()),
                    line.subscription
                ),
                ..explained::about(line, BreakCode::PaymentOfAnother)
            });
        }
        found.extend(went_back(line, paid));
        (found, self.fate(line, paid))
    }

    fn fate(&self, line: &ChargeLine, paid: &Paid) -> Fate {
        let grace = TimeDelta::hours(self.settings.options.grace_hours.into());
        let is_late = line.attempts.is_some_and(|made| made > 1)
            || paid.approved_at.is_some_and(|at| at - line.due_at > grace);
        match paid.standing {
            Standing::Disputed | Standing::ChargebackOpen => Fate::Disputed,
            _ if paid.lost_minor > 0 => Fate::ChargedBack,
            _ if paid.refunded_minor > 0 => Fate::Refunded,
            _ if is_late => Fate::CollectedLate,
            _ => Fate::Collected,
        }
    }

    /// One payment pays one invoice.
    fn find_twice_named(&mut self) {
        let mut found = Vec::new();
        for (payment, by) in &self.named {
            let lines = by.iter().filter_map(|named| named.charge).map(|at| &self.charges[at]);
            let Some(last) = lines.filter(|line| line.is_collected()).max_by_key(|line| line.due_at) else {
                continue;
            };
            let mut invoices: Vec<&str> = by.iter().map(|named| named.invoice.as_str()).collect();
            if invoices.len() < 2 {
                continue;
            }
            invoices.sort_unstable();
            found.push(Finding {
                internal: self.payments.get(payment).map(|paid| paid.gross_minor),
                external: last.invoiced_minor,
                explanation: format!(
                    "payment {} is named by more than one invoice: {}",
                    named(last.payment.as_ref()),
                    invoices.join(", ")
                ),
                ..explained::about(last, BreakCode::DuplicateCharge)
            });
        }
        self.findings.append(&mut found);
    }

    /// Compares each payment of the period with its entries, and finds those that no invoice names.
    pub(super) fn follow_payments(&mut self) {
        let mut found = Vec::new();
        for (key, paid) in &self.payments {
            match self.named.get(key) {
                Some(_) => {}
                None if !paid.is_approved() || !self.is_within(paid) => continue,
                None => found.push(self.unnamed(paid)),
            }
            if self.is_compared(key, paid) {
                found.extend(unbooked(paid, self.settings.as_of));
            }
        }
        self.findings.append(&mut found);
    }

    /// Whether a payment is one of the period: named by a charge of it, or approved in it and named by none; and
    /// told of by both sides.
    pub(super) fn is_compared(&self, key: &Text, paid: &Paid) -> bool {
        match self.named.get(key) {
            Some(by) => {
                by.iter().filter_map(|named| named.charge).any(|at| self.charges[at].fate != Fate::InTransit)
            }
            None => self.is_within(paid) && !self.is_in_transit(paid.happened_at()),
        }
    }

    pub(super) fn is_within(&self, paid: &Paid) -> bool {
        let (from, until) = self.period();
        paid.happened_at().is_some_and(|at| from <= at && at < until)
    }

    fn unnamed(&self, paid: &Paid) -> Finding {
        let is_young = self.is_in_transit(paid.happened_at());
        let of = match &paid.subscription {
            Some(subscription) if self.known.contains(format!("{}/{subscription}", paid.seller).as_str()) => {
                format!("subscription {subscription}")
            }
            Some(subscription) => format!("subscription {subscription}, of which nobody told us,"),
            None => "a subscription that it does not name".to_owned(),
        };
        Finding {
            internal: Some(paid.gross_minor),
            explanation: format!(
                "payment {} of {of} was approved for {}, but no invoice names it",
                paid.payment,
                say(paid.gross_minor, paid.currency)
            ),
            ..of_payment(paid, transit_or(is_young, BreakCode::PaymentWithoutCharge), self.settings.as_of)
        }
    }
}

/// A difference that may only be a question of time informs; else it is what it is.
fn transit_or(is_young: bool, code: BreakCode) -> BreakCode {
    if is_young { BreakCode::TimingInTransit } else { code }
}

fn named(id: Option<&Text>) -> &str {
    id.map_or("?", Text::as_str)
}

fn card_check(line: &ChargeLine, paid: &Paid) -> Finding {
    Finding {
        internal: Some(0),
        external: line.invoiced_minor,
        explanation: format!(
            "invoice {} counts as paid by payment {}, which is a check of the card and moves nothing",
            named(line.invoice.as_ref()),
            paid.payment
        ),
        ..explained::about(line, BreakCode::ChargeWithoutPayment)
    }
}

/// Another currency, else another amount.
fn other_money(line: &ChargeLine, paid: &Paid) -> Option<Finding> {
    let code = if paid.currency != line.currency {
        BreakCode::CurrencyMismatch
    } else if Some(paid.gross_minor) != line.invoiced_minor {
        BreakCode::ChargeAmountMismatch
    } else {
        return None;
    };
    Some(Finding {
        internal: Some(paid.gross_minor),
        external: line.invoiced_minor,
        explanation: format!(
            "invoice {} is of {}, its payment {} of {}",
            named(line.invoice.as_ref()),
            say(line.invoiced_minor.unwrap_or_default(), line.currency),
            paid.payment,
            say(paid.gross_minor, paid.currency)
        ),
        ..explained::about(line, code)
    })
}

/// Money that came in and went back, or may: shown, because what it paid for is not paid any more.
fn went_back(line: &ChargeLine, paid: &Paid) -> Option<Finding> {
    let gross = say(paid.gross_minor, paid.currency);
    let what = match paid.standing {
        Standing::Disputed | Standing::ChargebackOpen => format!("{gross} are disputed by the payer"),
        _ if paid.lost_minor > 0 => {
            format!("a chargeback took {} of {gross}", say(paid.lost_minor, paid.currency))
        }
        _ if paid.refunded_minor > 0 => {
            format!("{} of {gross} went back to the payer", say(paid.refunded_minor, paid.currency))
        }
        _ => return None,
    };
    Some(Finding {
        internal: Some(paid.gross_minor),
        external: Some(paid.gross_minor - paid.refunded_minor - paid.lost_minor),
        explanation: format!(
            "invoice {} was paid by payment {}, and {what}",
            named(line.invoice.as_ref()),
            paid.payment
        ),
        ..explained::about(line, BreakCode::ChargeReturned)
    })
}

/// An approved payment credits its gross once, as a sale of a subscription; any other credits nothing.
fn unbooked(paid: &Paid, as_of: Instant) -> Option<Finding> {
    let expected = if paid.is_approved() { paid.gross_minor } else { 0 };
    if paid.credited_minor == expected {
        return None;
    }
    let elsewhere = if paid.elsewhere_minor == 0 {
        String::new()
    } else {
        format!(" and {} as a one-off sale", say(paid.elsewhere_minor, paid.currency))
    };
    Some(Finding {
        internal: Some(paid.credited_minor),
        external: Some(expected),
        explanation: format!(
            "payment {} of a subscription came to {}, the ledger credits {} for it{elsewhere}",
            paid.payment,
            say(expected, paid.currency),
            say(paid.credited_minor, paid.currency)
        ),
        ..of_payment(paid, BreakCode::ChargeNotBooked, as_of)
    })
}

fn of_payment(paid: &Paid, code: BreakCode, as_of: Instant) -> Finding {
    Finding {
        code,
        currency: paid.currency,
        internal: None,
        external: None,
        reference: paid.reference.clone().unwrap_or_default(),
        source: paid.payment.clone(),
        place: None,
        at: paid.happened_at().unwrap_or(as_of),
        explanation: String::new(),
    }
}
