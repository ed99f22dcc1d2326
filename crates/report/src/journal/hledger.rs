//! The journal as hledger reads it, so that a program that is not ours can prove our balances.
//!
//! Every posting states its amount, every account and commodity is declared, and one closing transaction asserts
//! the balances that the caller gives: `hledger check --strict` then compares them with the sum of the postings.
//! Entries stand in the order of recording; hledger orders by date itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use chrono::NaiveDate;
use domain::currency::Currency;
use ledger::account::{Account, Lang};

use super::EntryRow;
use crate::balances::BalanceRow;
use crate::listing::{format_total, moment, printable};

/// Writes entries as they come, then asserts balances: those given, and zero for every other account that an
/// entry touched.
///
/// The entries must be all that the balances count; balances of several sellers are summed.
///
/// # Errors
/// When the writer fails.
pub fn write(
    rows: impl Iterator<Item = EntryRow>,
    balances: &[BalanceRow],
    out: &mut impl Write,
) -> io::Result<()> {
    head(out)?;
    let mut declared = BTreeSet::new();
    let mut expected: BTreeMap<(Account, Currency), i128> = BTreeMap::new();
    let mut last_day = None;
    for row in rows {
        if declared.insert(row.currency) {
            commodity(row.currency, out)?;
        }
        entry(&row, out)?;
        last_day = last_day.max(Some(row.day));
        for (account, _) in &row.lines {
            expected.entry((*account, row.currency)).or_insert(0);
        }
    }
    for row in balances {
        if declared.insert(row.currency) {
            commodity(row.currency, out)?;
        }
        *expected.entry((row.account, row.currency)).or_insert(0) += i128::from(row.balance_minor);
    }
    // Balances without any entry still have to fail, whatever their day.
    closing(last_day.unwrap_or(NaiveDate::default()), &expected, out)
}

/// The hledger name of an account.
#[must_use]
pub fn name(account: Account) -> &'static str {
    match account {
        Account::Bank => "assets:bank",
        Account::Available => "assets:psp:available",
        Account::Pending => "assets:psp:pending",
        Account::Held => "assets:psp:held",
        Account::InTransit => "assets:psp:in-transit",
        Account::Receivable => "assets:receivable",
        Account::InputVat => "assets:tax:input-vat",
        Account::Withholdings => "assets:tax:withholdings",
        Account::InputVatInvoiced => "assets:tax:input-vat-invoiced",
        Account::Suspense => "assets:psp:suspense",
        Account::OutputVat => "liabilities:output-vat",
        Account::DeferredRevenue => "liabilities:deferred-revenue",
        Account::CustomerCredits => "liabilities:customer-credits",
        Account::PayableToSellers => "liabilities:payable-to-sellers",
        Account::Tips => "liabilities:tips",
        Account::Loans => "liabilities:loans",
        Account::Sales => "income:sales",
        Account::SubscriptionSales => "income:subscriptions",
        Account::Refunds => "income:refunds",
        Account::MarketplaceIncome => "income:marketplace",
        Account::ProcessingFees => "expenses:processing-fees",
        Account::FinancingFees => "expenses:financing-fees",
        Account::Shipping => "expenses:shipping",
        Account::TransactionTaxes => "expenses:transaction-taxes",
        Account::ChargebackLosses => "expenses:chargeback-losses",
        Account::DisputeFees => "expenses:dispute-fees",
        Account::Differences => "expenses:differences",
        Account::Yield => "income:yield",
        Account::PromotionalCredits => "income:promotional-credits",
        Account::Exchange => "income:exchange",
    }
}

fn head(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "; Journal of Conciliar: debit positive, one balanced transaction for each fact")?;
    writeln!(out, "decimal-mark .")?;
    for (root, kind) in [("assets", 'A'), ("liabilities", 'L'), ("income", 'R'), ("expenses", 'X')] {
        writeln!(out, "account {root}  ; type: {kind}")?;
    }
    for account in Account::ALL {
        writeln!(out, "account {}  ; {account} {}", name(*account), account.label(Lang::En))?;
    }
    Ok(())
}

/// hledger wants a decimal mark even where there are no decimals.
fn commodity(currency: Currency, out: &mut impl Write) -> io::Result<()> {
    let zeros = "0".repeat(currency.exponent() as usize);
    writeln!(out, "\ncommodity 1000.{zeros} {currency}")
}

fn entry(row: &EntryRow, out: &mut impl Write) -> io::Result<()> {
    let (id, fact, stream) = (plain(&row.id), plain(&row.fact), plain(&row.stream));
    writeln!(out, "\n{} * ({id}) {fact} | {stream}", row.day)?;
    let (at, evidence) = (moment(row.at), plain(&row.evidence));
    writeln!(out, "    ; position:{}, at:{at}, evidence:{evidence}", row.position)?;
    for &(account, minor) in &row.lines {
        let amount = format_total(i128::from(minor), row.currency);
        writeln!(out, "    {:<32}  {amount} {}", name(account), row.currency)?;
    }
    Ok(())
}

fn closing(
    day: NaiveDate,
    expected: &BTreeMap<(Account, Currency), i128>,
    out: &mut impl Write,
) -> io::Result<()> {
    if expected.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{day} * balances as the books state them")?;
    for (&(account, currency), &minor) in expected {
        let balance = format_total(minor, currency);
        writeln!(out, "    {:<32}  0 {currency} = {balance} {currency}", name(account))?;
    }
    Ok(())
}

/// Text that cannot end a description, a code or a tag early.
fn plain(text: &str) -> String {
    printable(text).replace([';', ',', '(', ')'], "_")
}

#[cfg(test)]
mod tests;
