//! The second count of the books: from the rows of the reports and from the payments, against what was kept.

use crate::account::{Account, Money, Totals};
use crate::payment::{Payment, Pot};

/// Two counts of the same money that differ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: counted {counted} while money moved and {again} afterwards, minor units")]
pub(crate) struct Imbalance {
    what: &'static str,
    counted: i64,
    again: i64,
}

/// Counts the books of a seller again.
///
/// # Errors
/// The first sum that differs.
pub(crate) fn check<'a>(
    account: &Account,
    payments: impl Iterator<Item = &'a Payment>,
) -> Result<(), Imbalance> {
    let Totals { sold, refunded, lost, paid_out, .. } = account.totals;
    let kept = account.available_minor + account.pending_minor + account.held_minor;
    let flows = [sold, refunded, lost, paid_out].into_iter().map(Money::net).sum();
    same("all money", kept, flows)?;
    let moved = account.moved.iter().map(|row| row.money.net()).sum();
    same("available balance", account.available_minor, moved)?;
    let of = |words: &[&str]| -> Money {
        let rows = account.settled.iter().filter(|row| words.contains(&row.word));
        rows.map(|row| row.money).fold(Money::default(), Money::plus)
    };
    same_money("sales", sold, of(&["SETTLEMENT"]))?;
    same_money("refunds", refunded, of(&["REFUND"]))?;
    same_money("payouts", paid_out, of(&["PAYOUTS"]))?;
    let (mut sales, mut back, mut pending) = (Money::default(), Money::default(), 0);
    for payment in payments.filter(|payment| payment.is_credited()) {
        sales = sales.plus(payment.sold());
        back = back.plus(payment.taken());
        if payment.pot == Pot::Pending {
            pending += payment.sold().plus(payment.taken()).net();
        }
    }
    same_money("sales of payments", sold, sales)?;
    same_money("money back of payments", refunded.plus(lost), back)?;
    same("pending balance", account.pending_minor, pending)
}

fn same(what: &'static str, counted: i64, again: i64) -> Result<(), Imbalance> {
    if counted == again { Ok(()) } else { Err(Imbalance { what, counted, again }) }
}

fn same_money(what: &'static str, counted: Money, again: Money) -> Result<(), Imbalance> {
    same(what, counted.gross, again.gross)?;
    same(what, counted.fee, again.fee)?;
    same(what, counted.financing, again.financing)?;
    same(what, counted.withholding, again.withholding)?;
    same(what, counted.bank_tax, again.bank_tax)
}
