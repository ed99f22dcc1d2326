//! What becomes of a drawn sale: how it is paid, for how much, and what happens to it later.
//!
//! Drawn from the seed and the sale's number alone. Rates are invented, and high enough that a month shows everything.

use crate::draw::{Draw, Family};
use crate::site::{Place, Site, Way};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A sale to be made.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) way: Way,
    pub(crate) installments: u16,
    pub(crate) amount_minor: i64,
    pub(crate) reference: String,
    pub(crate) story: Story,
}

/// What becomes of it; times are milliseconds after it is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Story {
    /// Approved, and nothing more.
    Plain,
    /// Reviewed, then approved or rejected.
    Reviewed { after_ms: i64, approved: bool },
    /// A voucher, paid later or never.
    Voucher { paid_after_ms: Option<i64> },
    /// Rejected with a detail.
    Rejected(&'static str),
    /// Given back in parts (basis points of the gross), the first after a time and each next a day later.
    Refunded { shares_bps: &'static [i64], after_ms: i64 },
    /// Disputed.
    Disputed { chargeback: bool, won: bool, after_ms: i64 },
}

/// Draws a sale. `early` ones may be disputed: they leave time for a dispute to end.
pub(crate) fn plan(seed: u64, site: Site, number: u64, early: bool) -> Plan {
    let mut draw = Draw::of(seed, Family::Sale, number);
    let forced = forced(number, early);
    let way = match forced {
        Some(_) => site.ways()[0],
        None => way(site, draw.below(100)),
    };
    let installments = match way.place {
        Place::Online => draw.pick(&[1, 1, 1, 1, 3, 6]),
        Place::Voucher | Place::Qr | Place::Point => 1,
    };
    // 1,500 to 43,500 in the major unit of the site, and as many of its minor ones where it has no cents.
    let amount_minor = 150_000 + draw.below_i64(4_200_000);
    let drawn = story(way, &mut draw);
    let story = forced.unwrap_or(drawn);
    Plan { way, installments, amount_minor, reference: format!("pedido-{:06}", number + 1), story }
}

/// The stories that must not be missing in a month.
fn forced(number: u64, early: bool) -> Option<Story> {
    if !early {
        return None;
    }
    // Half of the disputes come before the money is released, half after.
    let after_ms = if number % 400 < 200 { 11 * DAY_MS + 3 * HOUR_MS } else { 30 * HOUR_MS };
    match number % 200 {
        7 => Some(Story::Disputed { chargeback: true, won: false, after_ms }),
        17 => Some(Story::Disputed { chargeback: true, won: true, after_ms }),
        27 => Some(Story::Disputed { chargeback: false, won: true, after_ms }),
        _ => None,
    }
}

fn story(way: Way, draw: &mut Draw) -> Story {
    let number = draw.below(1_000);
    let span = draw.below_i64(40 * HOUR_MS);
    if way.place == Place::Voucher {
        return Story::Voucher { paid_after_ms: (number < 650).then_some(5 * HOUR_MS + span) };
    }
    // Cards are given back before the release as well as after it.
    let after_ms = HOUR_MS + span * 8;
    match number {
        0..=19 => Story::Refunded { shares_bps: &[10_000], after_ms },
        20..=49 => Story::Refunded { shares_bps: &[2_750], after_ms },
        // In parts only after the release, so that no release falls between two of them.
        50..=59 => Story::Refunded { shares_bps: &[4_000, 3_500, 2_500], after_ms: 12 * DAY_MS + span },
        60..=139 => Story::Rejected(draw.pick(rejections(way.place))),
        140..=169 if way.place == Place::Online => {
            Story::Reviewed { after_ms: 2 * HOUR_MS + span, approved: number < 162 }
        }
        _ => Story::Plain,
    }
}

fn way(site: Site, number: u64) -> Way {
    let mut below = 0;
    let ways = site.ways();
    let hit = ways.iter().find(|way| {
        below += way.percent;
        number < below
    });
    *hit.expect("the ways of a site are a hundred in a hundred")
}

fn rejections(place: Place) -> &'static [&'static str] {
    match place {
        Place::Qr => &["rejected_high_risk", "am_insufficient_amount", "rejected_by_bank"],
        Place::Point => {
            &["cc_rejected_insufficient_amount", "cc_rejected_other_reason", "cc_rejected_card_disabled"]
        }
        Place::Online | Place::Voucher => &[
            "cc_rejected_bad_filled_security_code",
            "cc_rejected_bad_filled_date",
            "cc_rejected_call_for_authorize",
            "cc_rejected_insufficient_amount",
            "cc_rejected_high_risk",
            "cc_rejected_max_attempts",
            "cc_rejected_duplicated_payment",
        ],
    }
}

#[cfg(test)]
mod tests;
