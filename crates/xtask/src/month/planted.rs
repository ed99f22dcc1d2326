//! The five discrepancies that are planted in a month, each alone on its own payment, so that each is one break.
//!
//! The three that need a sale take plain card sales of the last week whose money is released after the month, so
//! that the release report says nothing about them.

use super::fate::Fate;
use super::money::Pesos;
use super::sale::{Origin, Sale, Way, World};
use super::settlement::Amounts;
use super::time::{HOUR, MINUTE, MONTH_END, Time};

/// How much higher the fee of the fee mismatch is, minor units.
const FEE_EXTRA_MINOR: i64 = 100;
/// How much higher the gross of the amount mismatch is, minor units.
const GROSS_EXTRA_MINOR: i64 = 1_000;
/// The unknown row: word, operation id, amount in minor units.
pub const ADJUSTMENT: (&str, u64, i64) = ("ajuste_especial", 2_026_102_000_555, 3_750);

/// The sales that carry a discrepancy.
#[derive(Clone, Copy, Debug)]
pub struct Planted {
    absent: u64,
    dearer: u64,
    bigger: u64,
}

impl Planted {
    /// Picks the sales; `None` when the month has too few.
    pub fn pick(world: &World) -> Option<Self> {
        let fit = |sale: &Sale| {
            sale.fate == Fate::Plain && sale.way == Way::OnlineCard && sale.release >= MONTH_END
        };
        let mut sales =
            (world.payments * 3 / 4..world.payments).map(|n| world.sale(Origin::Sale(n))).filter(fit);
        Some(Self { absent: sales.next()?.id, dearer: sales.next()?.id, bigger: sales.next()?.id })
    }

    /// What the settlement report says of a sale; `None` when it is left out.
    pub fn settled(&self, sale: &Sale) -> Option<Amounts> {
        let mut amounts = Amounts::of_sale(sale);
        if sale.id == self.absent {
            return None;
        }
        if sale.id == self.dearer {
            amounts.fee -= FEE_EXTRA_MINOR;
        }
        if sale.id == self.bigger {
            amounts.gross += GROSS_EXTRA_MINOR;
        }
        Some(amounts)
    }

    /// When the unknown row hits the balance.
    pub fn adjusted_at() -> Time {
        Time::on_day(20, 12 * HOUR + 30 * MINUTE)
    }

    /// The rows of the README: code, operation id, what is wrong.
    pub fn rows(&self, world: &World) -> Vec<(&'static str, u64, String)> {
        let find = |id: u64| world.sale(Origin::Sale((id - 129_000_000_000) / 41));
        let phantom = world.sale(Origin::Phantom);
        let (absent, dearer, bigger) = (find(self.absent), find(self.dearer), find(self.bigger));
        let (word, adjustment, amount) = ADJUSTMENT;
        vec![
            (
                "missing_internal",
                phantom.id,
                format!(
                    "settlement row of {} (net {}); no delivery names the payment",
                    Pesos(phantom.gross_minor),
                    Pesos(phantom.net_minor())
                ),
            ),
            (
                "missing_external",
                absent.id,
                format!(
                    "approved for {} (net {}); the settlement report has no row for it",
                    Pesos(absent.gross_minor),
                    Pesos(absent.net_minor())
                ),
            ),
            (
                "fee_mismatch",
                dearer.id,
                format!(
                    "settlement fee {} where the API says {}: {} more",
                    Pesos(dearer.fee_minor + dearer.financing_minor + FEE_EXTRA_MINOR),
                    Pesos(dearer.fee_minor + dearer.financing_minor),
                    Pesos(FEE_EXTRA_MINOR)
                ),
            ),
            (
                "amount_mismatch",
                bigger.id,
                format!(
                    "settlement gross {} where the API says {}: {} more",
                    Pesos(bigger.gross_minor + GROSS_EXTRA_MINOR),
                    Pesos(bigger.gross_minor),
                    Pesos(GROSS_EXTRA_MINOR)
                ),
            ),
            ("unknown_code", adjustment, format!("release row `{word}` of {}", Pesos(amount))),
        ]
    }
}
