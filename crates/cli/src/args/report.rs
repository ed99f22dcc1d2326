//! Options of `conciliar report`.

use clap::ValueEnum;

use super::attempts::Attempts;
use super::orders::Orders;

#[derive(Debug, clap::Args)]
pub struct Report {
    /// Which report.
    #[arg(value_enum)]
    pub name: ReportName,
    /// Only what happened by this instant or date.
    #[arg(long, value_name = "T")]
    pub as_of: Option<String>,
    /// Only what was recorded by this instant or date.
    #[arg(long, value_name = "T")]
    pub known_at: Option<String>,
    /// Only what was first seen on this day or later (coverage); the first month (mrr, churn, collection,
    /// cohorts, deferred).
    #[arg(long, value_name = "DATE")]
    pub from: Option<chrono::NaiveDate>,
    /// Only what was first seen on this day or earlier (coverage); the last month (mrr, churn, collection,
    /// cohorts, deferred).
    #[arg(long, value_name = "DATE")]
    pub to: Option<chrono::NaiveDate>,
    /// Days from now, or from --as-of, that are looked ahead (forecast; default: 90. deadlines; default: 7).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3_660))]
    pub days: Option<u32>,
    /// Exit with 3 when there are gaps (coverage) or something was paid twice (double-charges).
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub attempts: Attempts,
    #[command(flatten)]
    pub orders: Orders,
}

/// A report by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ReportName {
    /// Balances of all accounts.
    Balances,
    /// Every payment.
    Payments,
    /// Every refund.
    Refunds,
    /// Every in-person charge request and order.
    Intents,
    /// Rejections by class and code; rates with --by, another table with --rules.
    Rejections,
    /// What was paid more than once, with the refund that would undo it.
    DoubleCharges,
    /// What people ordered about payments, who agreed, and how far it is.
    Orders,
    /// Movements of the available balance.
    Statement,
    /// Journal entries.
    Journal,
    /// Deliveries by verdict.
    Inbox,
    /// What falls due: refund, capture and confirmation windows, charge requests, chargeback documents, tokens.
    Deadlines,
    /// Who told of what first, and what nobody told: lost webhooks, missing sales.
    Coverage,
    /// Every subscription, with its next charge and what was collected.
    Subscriptions,
    /// Monthly recurring revenue: new, expansion, contraction, churn, reactivation.
    Mrr,
    /// Subscriptions and revenue that each month lost.
    Churn,
    /// What became of charges that were due, by the class of their rejection.
    Collection,
    /// How many of a month's new subscriptions are still there, month by month.
    Cohorts,
    /// Charges that were not collected, by age.
    Ageing,
    /// Charges that the calendar expects, by day.
    Forecast,
    /// Deferred revenue rolled forward, month by month.
    Deferred,
}
