//! `conciliar report` of subscriptions: what they bring in, whether it is collected, who stays, what is to come.

use std::io::Write;

use billing::ageing::Ageing;
use billing::cohort::Cohorts;
use billing::collection::Collection;
use billing::deferral::Roll;
use billing::forecast::Forecast;
use billing::month::{Month, Months};
use billing::mrr::Mrr;
use billing::options::Options;
use billing::timeline::Timeline;
use domain::machine::Instant;
use domain::rejection::RejectionTable;
use report::churn::ChurnRow;
use store::read::Cut;
use store::store::Store;

use super::list;
use crate::app::App;
use crate::args::report::Report;
use crate::gather::recurring::{self, DAYS, subscription, timelines};
use crate::moment::{end_of, start_of};

/// A report about subscriptions, and of what.
pub struct Asked<'a> {
    app: &'a App,
    store: &'a dyn Store,
    cut: Cut,
    now: Instant,
    days: u32,
    months: Months,
    options: Options,
}

impl<'a> Asked<'a> {
    pub fn new(app: &'a App, store: &'a dyn Store, args: &Report, cut: Cut) -> anyhow::Result<Self> {
        let zone = app.zone();
        let now = cut.as_of.unwrap_or_else(|| app.clock.now());
        let until = args.to.map_or(Ok(now), |day| Ok::<_, anyhow::Error>(end_of(day, zone)?.min(now)))?;
        let mut months = Months { as_of: now, ..recurring::months(until, zone) };
        if let Some(day) = args.from {
            months.first = Month::of(start_of(day, zone)?, zone);
        }
        let (days, options) = (args.days.unwrap_or(DAYS), app.config.billing());
        Ok(Self { app, store, cut, now, days, months, options })
    }

    pub async fn subscriptions(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let mut rows = Vec::new();
        timelines(self.store, self.cut, |stream, timeline| {
            rows.extend(subscription(stream, timeline, &self.options, self.now));
            Ok(())
        })
        .await?;
        list(self.app, rows, out)
    }

    pub async fn mrr(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let mrr = self.counted(Mrr::new(self.months, &self.options), Mrr::add).await?;
        list(self.app, mrr.rows(), out)
    }

    pub async fn churn(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let mrr = self.counted(Mrr::new(self.months, &self.options), Mrr::add).await?;
        list(self.app, mrr.rows().into_iter().map(ChurnRow).collect(), out)
    }

    pub async fn collection(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let table = RejectionTable::builtin();
        let counted = self.counted(Collection::new(self.months, &table), Collection::add).await?;
        list(self.app, counted.rows(), out)
    }

    pub async fn cohorts(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let counted = self.counted(Cohorts::new(self.months, &self.options), Cohorts::add).await?;
        list(self.app, counted.rows(), out)
    }

    pub async fn ageing(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let counted = self.counted(Ageing::new(self.now, self.app.zone()), Ageing::add).await?;
        list(self.app, counted.rows(), out)
    }

    pub async fn forecast(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let forecast = Forecast::new(self.now, self.days, &self.options);
        list(self.app, self.counted(forecast, Forecast::add).await?.rows(), out)
    }

    pub async fn deferred(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let counted = self.counted(Roll::new(self.months), Roll::add).await?;
        list(self.app, counted.rows(), out)
    }

    /// One walk over all subscriptions, each counted once.
    async fn counted<C: Send>(
        &self,
        mut count: C,
        add: impl Fn(&mut C, &str, &Timeline) + Send + Sync,
    ) -> anyhow::Result<C> {
        timelines(self.store, self.cut, |stream, timeline| {
            add(&mut count, stream.seller(), timeline);
            Ok(())
        })
        .await?;
        Ok(count)
    }
}
