//! Rows for the tests of every format.

use billing::ageing::{AgeingRow, Bucket};
use billing::cohort::CohortRow;
use billing::collection::CollectionRow;
use billing::deferral::RollRow;
use billing::forecast::ForecastRow;
use billing::level::Level;
use billing::month::Month;
use billing::mrr::MrrRow;
use chrono::{NaiveDate, TimeZone, Utc};
use domain::attempt::doubled::{Doubled, Proposal};
use domain::attempt::obligation::Owed;
use domain::attempt::rates::{By, Rate};
use domain::attempt::verdicts::Verdict;
use domain::attempt::{Attempt, Way};
use domain::currency::Currency;
use domain::machine::Instant;
use domain::obligation::blocks::Blocks;
use domain::obligation::guard::Why;
use domain::payment::Standing;
use domain::rejection::{Rejection, RejectionClass, Retry};
use ledger::account::Account;

use crate::balances::{BalanceRow, Balances};
use crate::inbox::Listed;
use crate::journal::EntryRow;
use crate::payments::PaymentRow;
use crate::reconciliation::{BreakRow, FileRow, ProofRow, Summary};
use crate::refunds::RefundRow;
use crate::rejections::RejectionRow;
use crate::rejections::rates::RateRow;
use crate::subscriptions::SubscriptionRow;

/// What a writer wrote.
pub fn written<E: std::fmt::Debug>(write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("memory can be written");
    String::from_utf8(bytes).expect("reports are UTF-8")
}

pub fn at(day: u32, hour: u32) -> Instant {
    Utc.with_ymd_and_hms(2026, 3, day, hour, 0, 0).single().expect("a day of March")
}

pub fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).expect("a day of March")
}

pub fn payment(id: &str, gross_minor: i64) -> PaymentRow {
    PaymentRow {
        id: id.into(),
        seller: "123".into(),
        status: "approved".into(),
        status_detail: "accredited".into(),
        class: None,
        gross_minor,
        net_minor: gross_minor - 6_050,
        refunded_minor: 0,
        currency: Currency::ARS,
        approved_at: Some(at(2, 15)),
        external_reference: Some("order-1".into()),
    }
}

pub fn rejected() -> PaymentRow {
    PaymentRow {
        status: "rejected".into(),
        status_detail: "cc_rejected_high_risk".into(),
        class: Some("fraud".into()),
        net_minor: 0,
        approved_at: None,
        external_reference: Some("=HYPERLINK(\"x\"),\"<b>\"".into()),
        ..payment("9007199254740993", 50_000)
    }
}

pub fn refund() -> RefundRow {
    RefundRow {
        id: "77".into(),
        payment: "1".into(),
        seller: "123".into(),
        standing: "approved".into(),
        amount_minor: 21_000,
        returned_charges_minor: 1_050,
        currency: Currency::ARS,
        made_at: at(3, 9),
    }
}

pub fn rejection() -> RejectionRow {
    RejectionRow {
        class: "fraud".into(),
        status_detail: "cc_rejected_high_risk".into(),
        action: "offer_other_method".into(),
        retry: "never".into(),
        count: 1,
        amount_minor: 50_000,
        currency: Currency::ARS,
        message: Some("Choose another way to pay.".to_owned()),
    }
}

pub fn rate(code: Option<&str>, rejected: u64) -> RateRow {
    let rate = Rate {
        by: By::Code,
        group: code.map(Into::into),
        currency: Currency::ARS,
        attempts: rejected * 3,
        rejected,
        rejected_minor: i128::from(rejected) * 50_000,
        recovered: rejected / 2,
        action: code.map(|_| "offer_other_method".into()),
    };
    RateRow { rate, message: code.map(|_| "Choose another way to pay.".to_owned()) }
}

/// Charges that were not made because something was paid.
pub fn blocks(why: Why, count: u64) -> Blocks {
    Blocks { why, currency: Currency::ARS, count, obligations: count, amount_minor: 50_000, paid: count / 2 }
}

/// Fraud never to be tried again, and what another table says.
pub fn verdict(then: Retry) -> Verdict {
    let said = |retry, table| Rejection {
        class: RejectionClass::Fraud,
        action: "offer_other_method".into(),
        retry,
        table,
    };
    Verdict {
        detail: "cc_rejected_other_reason".into(),
        currency: Currency::ARS,
        count: 3,
        amount_minor: 150_000,
        recovered: 1,
        now: said(Retry::Never, 1),
        then: said(then, 2),
    }
}

pub fn doubled(owed: Owed, payment: &str, proposal: Proposal) -> Doubled {
    let attempt = Attempt {
        payment: payment.into(),
        seller: "123".into(),
        at: Some(at(2, 14)),
        approved_at: Some(at(2, 15)),
        standing: Standing::Approved,
        status: "approved".into(),
        detail: "accredited".into(),
        way: Way::Qr,
        method: "visa".into(),
        device: None,
        reference: Some("order <7>".into()),
        subscription: None,
        amount_minor: 10_000,
        currency: Currency::ARS,
        held_minor: 10_000,
        refund_closes_at: None,
    };
    let refund_minor = if proposal == Proposal::Refund { 10_000 } else { 0 };
    Doubled { owed, attempt, proposal, refund_minor }
}

pub fn subscription(id: &str) -> SubscriptionRow {
    SubscriptionRow {
        id: id.into(),
        seller: "123".into(),
        plan: None,
        title: Some("Coffee <monthly>".into()),
        reference: Some("club-1".into()),
        standing: "authorized".into(),
        amount_minor: Some(1_000),
        currency: Currency::ARS,
        every: Some("1 month".into()),
        started_at: Some(at(5, 12)),
        ended_at: None,
        next_charge_at: Some(at(10, 12)),
        collected: 3,
        collected_amount_minor: 2_167,
        uncollected: 1,
    }
}

fn level(count: u64, minor: i128) -> Level {
    Level { count, minor }
}

/// March of a seller: two new, one more, one less, one gone, one back.
pub fn mrr(month: u32, currency: Currency) -> MrrRow {
    MrrRow {
        month: Month { year: 2026, month },
        seller: "123".into(),
        currency,
        opening: level(4, 40_000),
        new: level(2, 20_000),
        expansion: level(1, 5_000),
        contraction: level(1, 2_500),
        churn: level(1, 10_000),
        reactivation: level(1, 7_500),
        closing: level(6, 60_000),
    }
}

pub fn cohort(cohort: u32, age: u32, retained: u64) -> CohortRow {
    CohortRow {
        cohort: Month { year: 2026, month: cohort },
        seller: "123".into(),
        currency: Currency::ARS,
        age,
        size: 3,
        began_minor: 30_000,
        retained: level(retained, i128::from(retained) * 10_000),
    }
}

pub fn collection(month: u32, class: Option<RejectionClass>) -> CollectionRow {
    CollectionRow {
        month: Month { year: 2026, month },
        seller: "123".into(),
        currency: Currency::ARS,
        class,
        charges: level(6, 60_000),
        collected: level(2, 20_000),
        open: level(2, 20_000),
        uncollected: level(1, 10_000),
        cancelled: level(1, 10_000),
    }
}

pub fn ageing(bucket: Bucket) -> AgeingRow {
    AgeingRow {
        seller: "123".into(),
        currency: Currency::ARS,
        bucket,
        retried: level(1, 10_000),
        uncollected: level(2, 20_050),
    }
}

pub fn forecast(on: u32, minor: i128) -> ForecastRow {
    ForecastRow { day: day(on), seller: "123".into(), currency: Currency::ARS, charges: level(2, minor) }
}

pub fn roll(month: u32) -> RollRow {
    RollRow {
        month: Month { year: 2026, month },
        seller: "123".into(),
        currency: Currency::ARS,
        opening_minor: 120_000,
        billed_minor: 60_000,
        recognised_minor: 15_000,
        ended_minor: 5_000,
        closing_minor: 160_000,
    }
}

pub fn listed() -> Listed {
    Listed {
        key: "k-1".into(),
        verdict: "undecodable".into(),
        reason: Some("unknown_topic".into()),
        detail: Some("topic `<script>` is not known".into()),
        origin: "day.ndjson:7".into(),
        topic: Some("<script>".into()),
    }
}

/// A sale of 1,210.00, its release, and a sale in a currency without cents.
pub fn entries() -> Vec<EntryRow> {
    let entry = |position: u64, id: &str, on: u32, fact: &str, currency, lines: &[(Account, i64)]| EntryRow {
        position,
        id: id.into(),
        at: at(on, 1),
        // 01:00 in UTC is the day before in Buenos Aires.
        day: day(on - 1),
        fact: fact.into(),
        stream: "payment/123/1".into(),
        currency,
        lines: lines.to_vec(),
        evidence: "api".into(),
    };
    let (ars, clp) = (Currency::ARS, Currency::CLP);
    let sale = [(Account::Pending, 114_950), (Account::Sales, -121_000), (Account::ProcessingFees, 6_050)];
    vec![
        entry(1, "aa01", 3, "payment.approved", ars, &sale),
        entry(
            4,
            "bb02",
            9,
            "payment.released",
            ars,
            &[(Account::Available, 114_950), (Account::Pending, -114_950)],
        ),
        entry(6, "cc03", 5, "payment.approved", clp, &[(Account::Pending, 1_500), (Account::Sales, -1_500)]),
    ]
}

/// The balances that the entries make.
pub fn balances() -> Balances {
    let row = |account, currency, balance_minor| BalanceRow {
        account,
        currency,
        seller: "123".into(),
        balance_minor,
    };
    Balances {
        as_of: at(31, 23),
        known_at: at(31, 23),
        rows: vec![
            row(Account::Available, Currency::ARS, 114_950),
            row(Account::Pending, Currency::ARS, 0),
            row(Account::Pending, Currency::CLP, 1_500),
            row(Account::Sales, Currency::ARS, -121_000),
            row(Account::Sales, Currency::CLP, -1_500),
            row(Account::ProcessingFees, Currency::ARS, 6_050),
        ],
    }
}

pub fn summary() -> Summary {
    let missing = BreakRow {
        code: "missing_internal".into(),
        severity: "high".into(),
        currency: Some(Currency::ARS),
        internal_minor: None,
        external_minor: Some(10_000),
        delta_minor: Some(10_000),
        reference: Some("@order".into()),
        source_id: Some("555".into()),
        file: Some("settlement.csv".into()),
        line: Some(12),
        age: "2-3".into(),
        explanation: "the provider reports a payment that the books do not have".to_owned(),
    };
    let layout = BreakRow {
        code: "layout_drift".into(),
        severity: "low".into(),
        currency: None,
        external_minor: None,
        delta_minor: None,
        reference: None,
        source_id: None,
        line: None,
        ..missing.clone()
    };
    Summary {
        run_id: "5e7f".into(),
        rows: 10,
        matched: 9,
        breaks: vec![missing, layout],
        proofs: vec![
            ProofRow {
                name: "available".into(),
                expected_minor: 114_950,
                actual_minor: 114_950,
                currency: Some(Currency::ARS),
                holds: true,
            },
            ProofRow {
                name: "pending".into(),
                expected_minor: 1_501,
                actual_minor: 1_500,
                currency: Some(Currency::CLP),
                holds: false,
            },
        ],
        files: vec![FileRow {
            name: "settlement.csv".into(),
            sha256: "ab12".into(),
            kind: "settlement".into(),
            rows: 10,
            bad_rows: 0,
        }],
    }
}
