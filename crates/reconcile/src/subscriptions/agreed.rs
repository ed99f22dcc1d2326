//! What was agreed against what was invoiced: `billing` pairs and finds, this lines up.

use std::collections::BTreeMap;

use billing::finding::findings_since;
use billing::matching::matching;
use billing::timeline::{Charge, Timeline};
use domain::ids::InvoiceId;
use domain::machine::Instant;
use domain::preapproval::charge::ChargeStanding;
use domain::stream::StreamId;

use super::outcome::{ChargeLine, Fate};
use super::{Reconciliation, explained};

impl Reconciliation {
    /// Takes the charges of the period and the findings about them.
    pub(super) fn agree(&mut self, stream: &StreamId, timeline: &Timeline) {
        let Some(currency) = timeline.currency() else { return };
        let (from, until) = self.period();
        let options = self.settings.options;
        let (always, ever) = (Instant::UNIX_EPOCH, Instant::MAX_UTC);
        let matched = matching(timeline, &options, always, ever, self.settings.as_of);
        let empty = ChargeLine {
            seller: stream.seller().into(),
            subscription: stream.id().into(),
            reference: timeline.profile.reference.clone(),
            due_at: from,
            currency,
            expected_minor: None,
            invoice: None,
            invoiced_minor: None,
            attempts: None,
            outcome: None,
            modified_at: None,
            fate: Fate::Missing,
            payment: None,
            paid_minor: None,
            paid_at: None,
            booked_minor: None,
            refunded_minor: None,
            lost_minor: None,
        };
        let is_inside = |line: &ChargeLine| from <= line.due_at && line.due_at < until;
        let agreed: BTreeMap<&InvoiceId, i64> =
            matched.pairs.iter().map(|pair| (pair.invoice, pair.expected.amount_minor)).collect();
        let charged = timeline.charges.iter();
        let charged =
            charged.map(|(invoice, charge)| invoiced(&empty, agreed.get(invoice).copied(), invoice, charge));
        let missing = matched.unmet.iter().map(|unmet| ChargeLine {
            due_at: unmet.due_at,
            expected_minor: Some(unmet.amount_minor),
            ..empty.clone()
        });
        self.charges.extend(charged.chain(missing).filter(is_inside));
        for finding in findings_since(timeline, &options, from, self.settings.as_of) {
            if finding.due_at < until {
                self.findings.push(explained::finding(&empty, &finding, &self.settings));
            }
        }
    }
}

fn invoiced(
    empty: &ChargeLine,
    expected_minor: Option<i64>,
    invoice: &InvoiceId,
    charge: &Charge,
) -> ChargeLine {
    let terms = &charge.terms;
    // The first fact of a charge that was told late carries what became known later: as of then it was not paid.
    let is_collected = charge.standing == ChargeStanding::Collected;
    let named = terms.payment.as_ref().filter(|_| is_collected || !terms.is_paid());
    ChargeLine {
        due_at: charge.due_at(),
        currency: terms.currency,
        expected_minor,
        invoice: Some(invoice.as_str().into()),
        invoiced_minor: Some(terms.amount_minor),
        attempts: terms.attempt,
        outcome: named.map(|named| named.outcome),
        modified_at: charge.modified_at,
        fate: match charge.standing {
            ChargeStanding::Scheduled => Fate::Scheduled,
            ChargeStanding::Recycling => Fate::Retrying,
            ChargeStanding::Cancelled => Fate::Cancelled,
            ChargeStanding::Uncollected => Fate::Uncollected,
            ChargeStanding::Collected => Fate::Collected,
        },
        payment: named.map(|named| named.payment.as_str().into()),
        ..empty.clone()
    }
}
