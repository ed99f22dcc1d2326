//! Sums the bridge from gross to net while lines stream by: the settlement report's, else the release report's.

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::movement::MovementKind;
use domain::report_line::{LineKind, ReportKind, ReportLine};

use super::row::Amounts;
use crate::outcome::{Bridge, BridgeLine};

/// Sums of both reports.
#[derive(Default)]
pub(super) struct Bridges(BTreeMap<(ReportKind, Currency), BridgeLine>);

impl Bridges {
    /// Adds a row's money, or what a restatement changed of it.
    pub(super) fn add(&mut self, line: &ReportLine, amounts: Amounts) {
        let currency = line.currency;
        let sums = self.0.entry((line.report, currency)).or_insert_with(|| empty(currency));
        let part = match line.kind {
            LineKind::Sale => &mut sums.gross_minor,
            LineKind::Refund => &mut sums.refunds_minor,
            LineKind::Chargeback | LineKind::Dispute => &mut sums.chargebacks_minor,
            LineKind::Movement(MovementKind::Payout) => {
                sums.payouts_minor = sums.payouts_minor.saturating_add(amounts.net);
                return;
            }
            LineKind::Movement(_)
            | LineKind::Hold
            | LineKind::Opening
            | LineKind::Closing
            | LineKind::Note => return,
        };
        *part = part.saturating_add(amounts.gross);
        sums.fees_minor = sums.fees_minor.saturating_sub(amounts.fees);
        sums.taxes_minor = sums.taxes_minor.saturating_sub(amounts.taxes);
        sums.net_minor = sums.net_minor.saturating_add(amounts.net);
    }

    /// The settlement's lines where there are any; payouts are the release report's where there is one, because
    /// it is the statement of the money that can be paid out.
    pub(super) fn finish(&self) -> Bridge {
        let mut lines: BTreeMap<Currency, BridgeLine> = BTreeMap::new();
        for ((report, currency), sums) in &self.0 {
            let line = lines.entry(*currency).or_insert_with(|| sums.clone());
            if *report == ReportKind::Release {
                line.payouts_minor = sums.payouts_minor;
            }
        }
        Bridge { lines: lines.into_values().collect() }
    }
}

fn empty(currency: Currency) -> BridgeLine {
    BridgeLine {
        currency,
        gross_minor: 0,
        refunds_minor: 0,
        chargebacks_minor: 0,
        fees_minor: 0,
        taxes_minor: 0,
        net_minor: 0,
        payouts_minor: 0,
    }
}
