//! What the report set tells of subscriptions: its lists and the page's sections, from one walk.

use std::io::Write;
use std::path::Path;

use billing::ageing::Ageing;
use billing::cohort::Cohorts;
use billing::collection::Collection;
use billing::deferral::Roll;
use billing::forecast::Forecast;
use billing::mrr::Mrr;
use domain::rejection::RejectionTable;
use report::churn::ChurnRow;
use report::html::Sample;
use report::html::recurring::Recurring;
use report::listing::{csv, json};
use report::subscriptions::SubscriptionRow;
use store::read::Cut;
use store::store::Store;

use super::{create, keep, list};
use crate::app::App;
use crate::gather::Shown;
use crate::gather::recurring::{self, DAYS, subscription, timelines};

/// Writes the lists; what the page shows of them, when there are subscriptions.
pub async fn write(
    app: &App,
    store: &dyn Store,
    cut: Cut,
    shown: Shown,
    out: &Path,
) -> anyhow::Result<Option<Recurring>> {
    let (now, zone, options) = (shown.as_of, app.zone(), app.config.billing());
    let (months, table) = (recurring::months(now, zone), RejectionTable::builtin());
    let (mut mrr, mut cohorts) = (Mrr::new(months, &options), Cohorts::new(months, &options));
    let (mut collection, mut ageing) = (Collection::new(months, &table), Ageing::new(now, zone));
    let (mut forecast, mut roll) = (Forecast::new(now, DAYS, &options), Roll::new(months));
    let (mut as_csv, mut as_json) = (create(out, "subscriptions.csv")?, create(out, "subscriptions.json")?);
    let mut csv = csv::Rows::new::<SubscriptionRow>(&mut as_csv)?;
    let mut json = json::Rows::new(&mut as_json);
    let mut sample = Sample { rows: Vec::new(), total: 0 };
    timelines(store, cut, |stream, timeline| {
        if let Some(row) = subscription(stream, timeline, &options, now) {
            csv.push(&row)?;
            json.push(&row)?;
            keep(&mut sample, row);
        }
        let seller = stream.seller();
        mrr.add(seller, timeline);
        cohorts.add(seller, timeline);
        collection.add(seller, timeline);
        ageing.add(seller, timeline);
        forecast.add(seller, timeline);
        roll.add(seller, timeline);
        Ok(())
    })
    .await?;
    csv.finish()?;
    json.finish::<SubscriptionRow>()?;
    as_csv.flush()?;
    as_json.flush()?;
    let told = Recurring {
        subscriptions: sample,
        mrr: mrr.rows(),
        collection: collection.rows(),
        cohorts: cohorts.rows(),
        ageing: ageing.rows(),
        forecast: forecast.rows(),
        deferred: roll.rows(),
    };
    lists(out, &told)?;
    Ok((told.subscriptions.total > 0).then_some(told))
}

fn lists(out: &Path, told: &Recurring) -> anyhow::Result<()> {
    list(out, &told.mrr)?;
    list(out, &told.mrr.iter().cloned().map(ChurnRow).collect::<Vec<_>>())?;
    list(out, &told.collection)?;
    list(out, &told.cohorts)?;
    list(out, &told.ageing)?;
    list(out, &told.forecast)?;
    list(out, &told.deferred)
}
