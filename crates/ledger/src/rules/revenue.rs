//! What a subscription charge earns over time: its payment sold it whole, these facts move it into its months.
//!
//! The payment's own facts credit subscription sales (4110), and debit refunds (4190) or losses (5150); here they meet
//! deferred revenue (2120), so that R §6.2 G is again a sum of entries. They follow from what the API told, without a
//! report.

use domain::preapproval::Event;
use domain::preapproval::revenue::{
    CHARGEBACK, DeferralEnded, RevenueDeferred, RevenueRecognised, WITHDRAWAL,
};

use super::Posting;
use super::draft::Draft;
use crate::account::Account;
use crate::journal::Evidence;

/// The entry of a fact of a subscription; its standings, words and charges move nothing.
pub(super) fn posting(event: &Event) -> Option<Posting> {
    match event {
        Event::RevenueDeferred(deferred) => Some(deferral(deferred)),
        Event::RevenueRecognised(month) => Some(recognition(month)),
        Event::DeferralEnded(ended) => Some(end(ended)),
        Event::Opened(_)
        | Event::AwaitedPayer(_)
        | Event::Authorized(_)
        | Event::Paused(_)
        | Event::Resumed(_)
        | Event::Cancelled(_)
        | Event::TermsChanged(_)
        | Event::MethodsChanged(_)
        | Event::Progressed(_)
        | Event::Redescribed(_)
        | Event::Reaffirmed(_)
        | Event::ChargeScheduled(_)
        | Event::ChargeRecycled(_)
        | Event::ChargeCollected(_)
        | Event::ChargeUncollected(_)
        | Event::ChargeCancelled(_)
        | Event::ChargeRestated(_)
        | Event::ChargeReaffirmed(_)
        | Event::ChangeAsked(_)
        | Event::ChangeSettled(_)
        | Event::Reminded(_) => None,
    }
}

/// What was sold is owed to the payer month by month.
fn deferral(fact: &RevenueDeferred) -> Posting {
    Posting {
        cause: format!("deferral:{}", fact.invoice),
        at: fact.at,
        currency: fact.currency,
        evidence: Evidence::Api,
        draft: Draft::transfer(Account::DeferredRevenue, Account::SubscriptionSales, fact.amount_minor),
    }
}

/// A month of it was delivered.
fn recognition(fact: &RevenueRecognised) -> Posting {
    Posting {
        cause: format!("month:{}:{}", fact.invoice, fact.month),
        at: fact.at,
        currency: fact.currency,
        evidence: Evidence::Api,
        draft: Draft::transfer(Account::SubscriptionSales, Account::DeferredRevenue, fact.amount_minor),
    }
}

/// What was given back was never earned: no allowance on a sale and no loss, but the end of a debt. What its cause
/// debited in the payment's or the refund's own history is taken back from the same account.
fn end(fact: &DeferralEnded) -> Posting {
    let debited = match fact.cause.as_str() {
        CHARGEBACK => Account::ChargebackLosses,
        WITHDRAWAL => Account::SubscriptionSales,
        _ => Account::Refunds,
    };
    Posting {
        cause: format!("end:{}:{}", fact.invoice, fact.cause),
        at: fact.at,
        currency: fact.currency,
        evidence: Evidence::Api,
        draft: Draft::transfer(debited, Account::DeferredRevenue, fact.amount_minor),
    }
}
