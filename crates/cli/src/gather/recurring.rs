//! Rows of the reports about subscriptions, from one walk over their timelines.

use billing::expected::next_charge_at;
use billing::month::{Month, Months};
use billing::options::Options;
use billing::timeline::Timeline;
use chrono_tz::Tz;
use domain::machine::Instant;
use domain::plan::{Period, PeriodUnit};
use domain::preapproval::charge::ChargeStanding;
use domain::stream::StreamId;
use domain::text::Text;
use engine::timelines::each_timeline;
use report::subscriptions::SubscriptionRow;
use store::read::Cut;
use store::store::Store;

use super::Stop;

/// Days of a forecast that nobody gave another length.
pub const DAYS: u32 = 90;

/// Months that are shown unless others are asked for.
const MONTHS: i64 = 24;

/// The months that end with an instant's.
pub fn months(until: Instant, zone: Tz) -> Months {
    let last = Month::of(until, zone);
    let (year, month) = (i64::from(last.year), i64::from(last.month));
    let number = year * 12 + month - MONTHS;
    let first = Month {
        year: i32::try_from(number.div_euclid(12)).expect("a date's year is small"),
        month: u32::try_from(number.rem_euclid(12)).expect("a remainder is small") + 1,
    };
    Months { first, last, as_of: until, zone }
}

/// Calls `visit` with every subscription.
pub async fn timelines(
    store: &dyn Store,
    cut: Cut,
    mut visit: impl FnMut(&StreamId, &Timeline) -> anyhow::Result<()> + Send,
) -> anyhow::Result<()> {
    each_timeline::<Stop>(store, cut, |stream, timeline| Ok(visit(stream, timeline)?)).await?;
    Ok(())
}

/// A subscription as it stands at an instant; `None` while nobody knows even its currency.
pub fn subscription(
    stream: &StreamId,
    timeline: &Timeline,
    options: &Options,
    now: Instant,
) -> Option<SubscriptionRow> {
    let recurring = timeline.terms_at(now).map(|terms| &terms.recurring);
    let profile = &timeline.profile;
    let (collected, collected_amount_minor) = standing(timeline, ChargeStanding::Collected);
    Some(SubscriptionRow {
        id: stream.id().into(),
        seller: stream.seller().into(),
        plan: profile.plan.as_ref().map(|plan| plan.as_str().into()),
        title: profile.title.clone(),
        reference: profile.reference.clone(),
        standing: timeline.standing_at(now).map_or("foretold", |standing| standing.name()).into(),
        amount_minor: recurring.and_then(|terms| terms.amount_minor),
        currency: timeline.currency()?,
        every: recurring.map(|terms| every(terms.every)),
        started_at: timeline.anchored_at,
        ended_at: timeline.ended_at(),
        next_charge_at: next_charge_at(timeline, options, now),
        collected,
        collected_amount_minor,
        uncollected: standing(timeline, ChargeStanding::Uncollected).0,
    })
}

/// How many charges stand somewhere, and their sum in minor units.
fn standing(timeline: &Timeline, standing: ChargeStanding) -> (u64, i128) {
    let charges = timeline.charges.values().filter(|charge| charge.standing == standing);
    charges.fold((0, 0), |(count, sum), charge| (count + 1, sum + i128::from(charge.terms.amount_minor)))
}

fn every(period: Period) -> Text {
    let unit = match (period.unit, period.count) {
        (PeriodUnit::Days, 1) => "day",
        (PeriodUnit::Days, _) => "days",
        (PeriodUnit::Months, 1) => "month",
        (PeriodUnit::Months, _) => "months",
    };
    format!("{} {unit}", period.count).into()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::months;

    #[test]
    fn two_years_of_months_end_with_the_one_that_is_under_way() {
        let zone = Tz::America__Argentina__Buenos_Aires;
        for (until, first, last) in [
            ("2026-12-31T12:00:00Z", "2025-01", "2026-12"),
            ("2026-11-15T12:00:00Z", "2024-12", "2026-11"),
            // Still December where the seller is.
            ("2026-01-01T01:00:00Z", "2024-01", "2025-12"),
        ] {
            let months = months(until.parse().expect("an instant"), zone);
            assert_eq!([months.first.to_string(), months.last.to_string()], [first, last]);
            assert_eq!(months.count(), 24);
        }
    }
}
