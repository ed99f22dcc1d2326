//! Refunds that would undo what was paid twice, as lines for a shell. A person puts a name in and gives them, or not.

use domain::money::format_minor;

use crate::app::App;
use crate::commands::placing::option_of;
use crate::db::quoted;
use crate::gather::alerts::Giving;

/// A line for each payment that should be given back.
pub fn refunds(app: &App, refunds: &[Giving]) -> anyhow::Result<Vec<String>> {
    let db = option_of(app)?;
    Ok(refunds.iter().map(|giving| refund(giving, &db)).collect())
}

fn refund(giving: &Giving, db: &str) -> String {
    let Giving { attempt, order } = giving;
    let amount = format_minor(attempt.held_minor, attempt.currency);
    let [payment, seller, order] = [&attempt.payment, &attempt.seller, order].map(|text| quoted(text));
    format!(
        "conciliar refund {payment} --seller {seller} --amount {amount} --actor NAME --reason 'paid twice' --key {order}{db}"
    )
}
