//! Rows of the settlement report: every approved movement, available or not.
//!
//! Settlement rows create no facts. The payment's own resource tells the same money with its charges one by one,
//! and the release report tells when it moves; a third teller of the same money would only let it be booked
//! twice. The rows are evidence: matching compares them with what the ledger already holds.
//! Columns and words: the provider's account-money report glossary.

use domain::currency::Currency;
use domain::ids::{RowId, SellerId};
use domain::movement::MovementKind;
use domain::report_line::{LineKind, ReportKind, ReportLine};

use crate::release;
use crate::report_file::cells::{Amounts, Cells};
use crate::report_file::identity::Parts;
use crate::report_file::layout::Column;
use crate::report_file::{Doubt, Reading, RowError, Why};
use crate::taxes;

const AMOUNTS: [Column; 8] = [
    Column::TransactionAmount,
    Column::SettlementNet,
    Column::FeeTotal,
    Column::MarketFee,
    Column::Financing,
    Column::Shipping,
    Column::Taxes,
    Column::Coupon,
];

/// Reads one row.
pub(crate) fn read(cells: &Cells<'_>, reading: &mut Reading<'_>) -> Result<(ReportLine, SellerId), RowError> {
    let seller = seller(cells, reading)?;
    let currency = currency(cells, reading)?;
    let word = cells.needed(Column::TransactionType)?;
    let source = cells.id(Column::Source)?;
    let amounts = cells.amounts(&AMOUNTS, currency)?;
    let gross_minor = amounts.needed(Column::TransactionAmount)?;
    let net_minor = amounts.needed(Column::SettlementNet)?;
    let fees_minor = amounts.get(Column::FeeTotal)?;
    let financing_minor = amounts.get(Column::Financing)?;
    let shipping_minor = amounts.get(Column::Shipping)?;
    let tax_minor = amounts.get(Column::Taxes)?;
    let coupon_minor = amounts.get(Column::Coupon)?;
    let at = cells
        .time(Column::SettlementDate)?
        .ok_or_else(|| cells.error(Column::SettlementDate, "", Why::Missing))?;
    let release_at = cells.time(Column::ReleaseDate)?;
    let reference = cells.text(Column::Reference)?.into();
    let yields = fees_minor == 0 && tax_minor == 0 && is_yield(cells)?;
    check_fee(cells, &amounts, fees_minor, reading)?;
    taxes::doubt(cells, currency, tax_minor, reading)?;
    let row = identity(
        cells,
        &seller,
        word,
        source,
        if net_minor == 0 { gross_minor } else { net_minor },
        reading,
    )?;
    let line = ReportLine {
        report: ReportKind::Settlement,
        line: cells.line,
        row,
        kind: kind(word, !source.is_empty(), gross_minor, yields),
        word: reading.words.shared(word),
        source: source.into(),
        reference,
        at,
        release_at,
        currency,
        gross_minor,
        // The report's fee is the sum of its components; what is not financing or shipping is commission.
        fee_minor: fees_minor - financing_minor - shipping_minor,
        financing_minor,
        shipping_minor,
        tax_minor,
        coupon_minor,
        net_minor,
        balance_minor: None,
    };
    Ok((line, seller))
}

/// The seller of a row: its own user id, else the options'.
pub(crate) fn seller(cells: &Cells<'_>, reading: &mut Reading<'_>) -> Result<SellerId, RowError> {
    match (cells.id(Column::User)?, &reading.options.seller) {
        ("", Some(seller)) => Ok(seller.clone()),
        ("", None) => Err(cells.error(Column::User, "", Why::Missing)),
        (user, _) => Ok(SellerId::from(reading.words.shared(user))),
    }
}

fn currency(cells: &Cells<'_>, reading: &Reading<'_>) -> Result<Currency, RowError> {
    let settled = cells.currency(&[Column::SettlementCurrency, Column::Currency])?;
    let charged = cells.currency(&[Column::TransactionCurrency])?;
    match (settled, charged) {
        (Some(settled), Some(charged)) if settled != charged => {
            Err(cells.error(Column::TransactionCurrency, charged.code(), Why::TwoCurrencies))
        }
        _ => settled
            .or(charged)
            .or(reading.options.currency)
            .ok_or_else(|| cells.error(Column::SettlementCurrency, "", Why::Missing)),
    }
}

/// What a row is, by its word. Words of the release report serve where the two reports share them.
fn kind(word: &str, names_source: bool, gross_minor: i64, yields: bool) -> LineKind {
    let kind = match word {
        "SETTLEMENT" if yields => LineKind::Movement(MovementKind::Yield),
        // A negative settlement is a purchase made with the account: no sale of ours.
        "SETTLEMENT" if gross_minor < 0 => LineKind::Movement(MovementKind::Unknown),
        "SETTLEMENT" => LineKind::Sale,
        "REFUND" => LineKind::Refund,
        "CHARGEBACK" | "CHARGEBACK_CANCEL" => LineKind::Chargeback,
        "DISPUTE" => LineKind::Dispute,
        "SETTLEMENT_SHIPPING" | "REFUND_SHIPPING" | "CHARGEBACK_SHIPPING" | "DISPUTE_SHIPPING" => {
            LineKind::Movement(MovementKind::Shipping)
        }
        other => release::words::kind(&other.to_ascii_lowercase(), gross_minor),
    };
    release::words::with_source(kind, names_source)
}

/// Whether a row shows every mark that daily yields were seen with: no method, no planned release, never
/// released. A file without these columns cannot tell.
fn is_yield(cells: &Cells<'_>) -> Result<bool, RowError> {
    let marks = [Column::MethodType, Column::Method, Column::ReleaseDate];
    if marks.iter().any(|column| cells.layout.position(*column).is_none()) {
        return Ok(false);
    }
    for column in marks {
        if !cells.text(column)?.is_empty() {
            return Ok(false);
        }
    }
    Ok(cells.text(Column::IsReleased)?.eq_ignore_ascii_case("false"))
}

/// Compares the fee with its components; a coupon the seller pays may be one of them.
fn check_fee(
    cells: &Cells<'_>,
    amounts: &Amounts<'_>,
    actual_minor: i64,
    reading: &mut Reading<'_>,
) -> Result<(), RowError> {
    let components = [Column::FeeTotal, Column::MarketFee, Column::Financing, Column::Shipping];
    if components.iter().any(|column| cells.layout.position(*column).is_none()) {
        return Ok(());
    }
    let mut expected_minor = 0;
    for column in &components[1..] {
        expected_minor += amounts.get(*column)?;
    }
    let coupon_minor = amounts.get(Column::Coupon)?.abs();
    let difference = expected_minor - actual_minor;
    if difference != 0 && difference != coupon_minor {
        reading.doubts.push(Doubt::FeeComponents { expected_minor, actual_minor });
    }
    Ok(())
}

/// Word, source, direction, and the refund's id or else the ordinal. Dates and amounts stay out: the provider
/// restates them, and a restated row is the same row.
fn identity(
    cells: &Cells<'_>,
    seller: &SellerId,
    word: &str,
    source: &str,
    effect_minor: i64,
    reading: &mut Reading<'_>,
) -> Result<RowId, RowError> {
    let parts = Parts::new(ReportKind::Settlement, seller)
        .text(word.as_bytes())
        .text(source.as_bytes())
        .number(effect_minor.signum());
    let metadata = cells.text(Column::Metadata)?;
    Ok(match refund_id(metadata) {
        Some(refund) => parts.text(refund.as_bytes()).essence().row(0),
        None => {
            let essence = parts.essence();
            essence.row((reading.ordinal)(&essence))
        }
    })
}

/// The refund that the row's metadata names, in JSON or in the provider's unquoted form of it.
fn refund_id(metadata: &str) -> Option<&str> {
    let (_, after) = metadata.split_once("refund_id")?;
    let value =
        after.trim_start_matches(['"', '\'', ' ']).strip_prefix(':')?.trim_start_matches(['"', '\'', ' ']);
    let end =
        value.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(value.len());
    Some(&value[..end]).filter(|id| !id.is_empty() && *id != "null")
}

#[cfg(test)]
mod tests;
