//! The words for differences: codes, severities, ages. Tolerance is zero: one cent is a break.

use domain::currency::Currency;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// Why a row and the books do not agree.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum BreakCode { $( $(#[$doc])* $name, )* }

        impl BreakCode {
            /// Every code, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable word.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $( Self::$name => $word, )* }
            }
        }
    };
}

codes! {
    /// The provider has it, we do not.
    MissingInternal = "missing_internal";
    /// We have it, the provider's report does not.
    MissingExternal = "missing_external";
    /// Approved so late in the report's days that its row may stand in the next report.
    TimingInTransit = "timing_in_transit";
    /// Due to be released, but not released.
    OverdueExpected = "overdue_expected";
    /// Another amount.
    AmountMismatch = "amount_mismatch";
    /// Another fee.
    FeeMismatch = "fee_mismatch";
    /// Another tax.
    TaxMismatch = "tax_mismatch";
    /// Another currency.
    CurrencyMismatch = "currency_mismatch";
    /// The report moves money that the payment's status does not allow.
    StatusMismatch = "status_mismatch";
    /// The books have the same payment twice.
    DuplicateInternal = "duplicate_internal";
    /// The report has the same sale twice.
    DuplicateExternal = "duplicate_external";
    /// Only a part of the net was released, and the rest is due.
    PartialMatch = "partial_match";
    /// A refund in the report that no refund in the books accounts for.
    UnmatchedRefund = "unmatched_refund";
    /// Money on hold for a dispute or chargeback that is open.
    ChargebackOpenHold = "chargeback_open_hold";
    /// Money on hold that nothing explains.
    OrphanReserve = "orphan_reserve";
    /// The balances of a file do not follow from its rows.
    BalanceBreak = "balance_break";
    /// A file does not open with the balance the one before closed with.
    ContinuityBreak = "continuity_break";
    /// The amounts of a row do not add up.
    RowIdentityBreak = "row_identity_break";
    /// A word of the report that we do not know.
    UnknownCode = "unknown_code";
    /// A row that cannot be read.
    LayoutDrift = "layout_drift";
    /// The same row with another content in another file.
    RestatedRow = "restated_row";
    /// A charge of a subscription was due, and no invoice tells of it.
    MissingCharge = "missing_charge";
    /// The same period was invoiced twice, or one payment pays two invoices.
    DuplicateCharge = "duplicate_charge";
    /// Due, invoiced and paid are not the same amount.
    ChargeAmountMismatch = "charge_amount_mismatch";
    /// A charge that the terms do not have: after the end, in a pause, or on another day.
    ChargeOutsideTerms = "charge_outside_terms";
    /// So many charges were not collected that one more ends the subscription.
    UncollectedRun = "uncollected_run";
    /// A collected charge whose payment nobody told us of, or is no sale.
    ChargeWithoutPayment = "charge_without_payment";
    /// An approved payment of a subscription that no invoice names.
    PaymentWithoutCharge = "payment_without_charge";
    /// The payment of a charge names another subscription.
    PaymentOfAnother = "payment_of_another";
    /// The invoice says of its payment what the payment does not.
    PaymentStatusMismatch = "payment_status_mismatch";
    /// The entries of a payment do not credit what was charged as a sale of a subscription.
    ChargeNotBooked = "charge_not_booked";
    /// Money of a collected charge that went back or is disputed.
    ChargeReturned = "charge_returned";
    /// What is deferred and what the books have deferred differ.
    DeferredMismatch = "deferred_mismatch";
    /// The provider's own count of charges is not ours.
    ProviderSummaryDiffers = "provider_summary_differs";
    /// The provider accepted a change and did not make it.
    ChangeIgnored = "change_ignored";
}

impl BreakCode {
    /// Whether it only informs: money is where it should be for now.
    #[must_use]
    pub fn is_information(self) -> bool {
        matches!(
            self,
            Self::TimingInTransit
                | Self::ChargebackOpenHold
                | Self::OrphanReserve
                | Self::UncollectedRun
                | Self::ChargeReturned
        )
    }
}

/// How urgent a break is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Nothing to do yet.
    Information,
    /// Below the thresholds.
    Low,
    /// From 1,000 major units or one day of age.
    Medium,
    /// From 10,000 major units or three days of age.
    High,
    /// From 100,000 major units or five days of age.
    Critical,
}

/// Thresholds in major units and hours of age, the greatest first; the defaults of reconciliation tools.
const THRESHOLDS: [(Severity, u64, i64); 3] =
    [(Severity::Critical, 100_000, 120), (Severity::High, 10_000, 72), (Severity::Medium, 1_000, 24)];

impl Severity {
    /// The severity of an amount in minor units that is `age_hours` old.
    #[must_use]
    pub fn of(code: BreakCode, delta_minor: i64, currency: Currency, age_hours: i64) -> Self {
        if code.is_information() {
            return Self::Information;
        }
        let unit = 10_u64.pow(currency.exponent());
        let reached = THRESHOLDS
            .iter()
            .find(|(_, major, hours)| delta_minor.unsigned_abs() >= major * unit || age_hours >= *hours);
        reached.map_or(Self::Low, |(severity, _, _)| *severity)
    }

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Within how many hours somebody must have looked; `None` when nobody must.
    #[must_use]
    pub fn due_hours(self) -> Option<u32> {
        match self {
            Self::Information => None,
            Self::Low => Some(168),
            Self::Medium => Some(120),
            Self::High => Some(72),
            Self::Critical => Some(24),
        }
    }
}

/// The bucket of an age in days, as control reports group them.
#[must_use]
pub fn age_bucket(days: i64) -> &'static str {
    match days {
        ..=1 => "0-1",
        2..=3 => "2-3",
        4..=7 => "4-7",
        8..=30 => "8-30",
        31..=60 => "31-60",
        61..=90 => "61-90",
        91.. => ">90",
    }
}
