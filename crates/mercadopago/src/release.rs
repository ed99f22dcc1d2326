//! Rows of the release report: the statement of the available balance.
//!
//! A row that names a payment tells the payment that its money moved; a row that names none is a movement of its
//! own. Which word is which stands in [`words`]. Whether the payment is known, and whether holds are ever freed,
//! is not asked here. Columns: the provider's released-money report glossary.

use domain::ids::{PaymentId, SellerId};
use domain::machine::Instant;
use domain::movement;
use domain::observation::{Observation, Observed};
use domain::payment::{self, Release, ReleaseWay};
use domain::report_line::{LineKind, ReportKind, ReportLine};
use domain::stream::StreamId;

use crate::report_file::cells::Cells;
use crate::report_file::identity::Parts;
use crate::report_file::layout::Column;
use crate::report_file::{Reading, RowError, Why};
use crate::settlement::seller;
use crate::taxes;

pub mod words;

const AMOUNTS: [Column; 9] = [
    Column::NetCredit,
    Column::NetDebit,
    Column::Gross,
    Column::MpFee,
    Column::Financing,
    Column::Shipping,
    Column::Taxes,
    Column::Coupon,
    Column::Balance,
];

/// What a line tells about a payment or a movement.
///
/// `None` for balances and notes, which move nothing, and for every settlement row (see [`crate::settlement`]).
#[must_use]
pub fn observe(line: &ReportLine, seller: &SellerId) -> Option<Observed> {
    if line.report == ReportKind::Settlement {
        return None;
    }
    match line.kind {
        LineKind::Opening | LineKind::Closing | LineKind::Note => None,
        LineKind::Sale | LineKind::Refund | LineKind::Chargeback | LineKind::Dispute => {
            Some(released(line, seller, ReleaseWay::Moved))
        }
        LineKind::Hold => Some(released(line, seller, ReleaseWay::Held)),
        LineKind::Movement(kind) => Some(Observed {
            stream: StreamId::movement(seller, &line.row),
            observation: Observation::Movement(movement::Row {
                kind,
                word: line.word.clone(),
                source: line.source.clone(),
                reference: line.reference.clone(),
                currency: line.currency,
                net_minor: line.net_minor,
                gross_minor: line.gross_minor,
                fee_minor: line.fees_minor(),
                tax_minor: line.tax_minor,
                at: line.at,
            }),
        }),
    }
}

fn released(line: &ReportLine, seller: &SellerId, way: ReleaseWay) -> Observed {
    Observed {
        stream: StreamId::payment(seller, &PaymentId::from(line.source.clone())),
        observation: Observation::Payment(payment::Observation::Released(Release {
            row: line.row.clone(),
            way,
            word: line.word.clone(),
            amount_minor: line.net_minor,
            currency: line.currency,
            at: line.at,
        })),
    }
}

/// Reads one row.
pub(crate) fn read(cells: &Cells<'_>, reading: &mut Reading<'_>) -> Result<(ReportLine, SellerId), RowError> {
    let seller = seller(cells, reading)?;
    let currency = cells
        .currency(&[Column::Currency, Column::SettlementCurrency, Column::TransactionCurrency])?
        .or(reading.options.currency)
        .ok_or_else(|| cells.error(Column::Currency, "", Why::Missing))?;
    let source = cells.id(Column::Source)?;
    let description = cells.text(Column::Description)?;
    let record_type = record_type(cells, source, description, reading.after)?;
    let amounts = cells.amounts(&AMOUNTS, currency)?;
    let (credit_minor, debit_minor) =
        match (amounts.optional(Column::NetCredit)?, amounts.optional(Column::NetDebit)?) {
            (None, None) => return Err(cells.error(Column::NetCredit, "", Why::Missing)),
            (credit, debit) => (credit.unwrap_or_default(), debit.unwrap_or_default()),
        };
    for (column, minor) in [(Column::NetCredit, credit_minor), (Column::NetDebit, debit_minor)] {
        if minor < 0 {
            return Err(cells.error(column, cells.text(column)?, Why::Negative));
        }
    }
    let gross_minor = match words::balance(record_type, description) {
        Some(_) => amounts.get(Column::Gross)?,
        None => amounts.needed(Column::Gross)?,
    };
    let kind = words::line(record_type, description, !source.is_empty(), gross_minor);
    let at = time(cells, kind, reading)?;
    let tax_minor = amounts.get(Column::Taxes)?;
    taxes::doubt(cells, currency, tax_minor, reading)?;
    let essence = Parts::new(ReportKind::Release, &seller)
        .text(source.as_bytes())
        .text(description.as_bytes())
        .text(record_type.as_bytes())
        .number(at.timestamp_micros())
        .number(credit_minor)
        .number(debit_minor)
        .number(gross_minor)
        .essence();
    let line = ReportLine {
        report: ReportKind::Release,
        line: cells.line,
        kind,
        word: reading.words.shared(if description.is_empty() { record_type } else { description }),
        source: source.into(),
        reference: cells.text(Column::Reference)?.into(),
        at,
        release_at: None,
        currency,
        gross_minor,
        fee_minor: amounts.get(Column::MpFee)?,
        financing_minor: amounts.get(Column::Financing)?,
        shipping_minor: amounts.get(Column::Shipping)?,
        tax_minor,
        coupon_minor: amounts.get(Column::Coupon)?,
        net_minor: credit_minor - debit_minor,
        balance_minor: amounts.optional(Column::Balance)?,
        // Last, because it counts the row: a row that fails is not counted.
        row: essence.row((reading.ordinal)(&essence)),
    };
    Ok((line, seller))
}

/// The record type, printed or implied: accounts may leave the column out, and then a row with neither source
/// nor description is a balance, the opening one when no row stands before it.
fn record_type<'a>(
    cells: &Cells<'a>,
    source: &str,
    description: &str,
    after: Option<Instant>,
) -> Result<&'a str, RowError> {
    let printed = cells.text(Column::RecordType)?;
    Ok(match (printed, source.is_empty() && description.is_empty(), after) {
        ("", true, None) => words::OPENING,
        ("", true, Some(_)) => words::CLOSING,
        ("", false, _) if words::is_note(description) => words::NOTE,
        ("", false, _) => words::RELEASE,
        (printed, _, _) => printed,
    })
}

/// When the row hit the balance; a closing balance or note without a time holds as of the row before it.
fn time(cells: &Cells<'_>, kind: LineKind, reading: &Reading<'_>) -> Result<Instant, RowError> {
    let printed = cells.time(Column::Date)?;
    let time = match kind {
        LineKind::Closing | LineKind::Note => printed.or(reading.after),
        LineKind::Opening
        | LineKind::Sale
        | LineKind::Refund
        | LineKind::Chargeback
        | LineKind::Dispute
        | LineKind::Hold
        | LineKind::Movement(_) => printed,
    };
    time.ok_or_else(|| cells.error(Column::Date, "", Why::Missing))
}

#[cfg(test)]
mod tests;
