//! `conciliar sweep`: what the clock alone makes due, what is wrong with subscriptions, and what needs a person.

use std::io::{self, BufWriter, Write};

use anyhow::{anyhow, bail};
use chrono::Days;
use domain::attempt::doubled::Doubled;
use engine::sweep::faults::Faults;
use engine::sweep::findings::each_finding;
use engine::sweep::{Broom, Messages, Swept, sweep};
use report::deadlines::{DeadlineKind, DeadlineRow};
use report::findings::{FindingRow, write_csv, write_text};
use report::listing::json::Object;
use report::{deadlines, double_charges};
use serde::Serialize;

use crate::app::App;
use crate::args::{Format, Sweep};
use crate::exit::Exit;
use crate::gather::alerts::{Alerts, Watch};

mod proposal;

/// What a sweep did and found, as programs read it.
#[derive(Serialize)]
struct Told<'r> {
    presumed_expired: u64,
    presumed_ended: u64,
    messages: u64,
    deferred: u64,
    recognised: u64,
    ended: u64,
    findings: Vec<Object<'r, FindingRow>>,
    deadlines: Vec<Object<'r, DeadlineRow>>,
    double_charges: Vec<Object<'r, Doubled>>,
    /// Orders that a person may give, each a line for a shell.
    proposals: Vec<String>,
    /// Histories that could not be read.
    unreadable: Vec<String>,
}

/// What a sweep found.
struct Found {
    subscriptions: Vec<FindingRow>,
    alerts: Alerts,
}

pub async fn run(app: &App, args: &Sweep) -> anyhow::Result<Exit> {
    if matches!(app.format, Format::Html | Format::Hledger) {
        return app.no_such_format("sweep", "text, json, csv");
    }
    let as_of = app.clock.now();
    let too_many = || anyhow!("{} days before the clock there is no date", args.days);
    let from = as_of.checked_sub_days(Days::new(args.days.into())).ok_or_else(too_many)?;
    let store = app.open().await?;
    let broom = Broom { store: &store, config: &app.config, clock: app.clock, as_of };
    let (mut faults, mut watch) = (Faults::default(), Watch::new(app, as_of, args.ahead));
    let swept = sweep(broom, Messages::Write, &mut faults, |seen| watch.see(seen)).await?;
    tell(app, &swept);
    let mut subscriptions = Vec::new();
    each_finding(&*store, &app.config, from, as_of, &mut faults, |stream, finding| {
        let (seller, subscription) = (stream.seller().into(), stream.id().into());
        subscriptions.push(FindingRow { seller, subscription, finding });
    })
    .await?;
    let found = Found { subscriptions, alerts: watch.alerts(app, &store, &mut faults).await? };
    let unreadable: Vec<String> = faults.iter().map(|fault| engine::look::chain(fault)).collect();
    print(app, &swept, &found, &unreadable)?;
    found.count(app);
    if !unreadable.is_empty() {
        unreadable.iter().for_each(|fault| app.tell(fault));
        bail!("{} histories cannot be read and were passed over; all others were swept", unreadable.len());
    }
    Ok(Exit::found(args.strict && !found.is_empty()))
}

impl Found {
    fn is_empty(&self) -> bool {
        let Self { subscriptions, alerts: Alerts { deadlines, doubled, .. } } = self;
        subscriptions.is_empty() && deadlines.is_empty() && doubled.is_empty()
    }

    /// Says how much there is to look at.
    fn count(&self, app: &App) {
        let Self { subscriptions, alerts: Alerts { deadlines, doubled, .. } } = self;
        if !subscriptions.is_empty() {
            app.remark(&format!("{} findings about subscriptions", subscriptions.len()));
        }
        if !deadlines.is_empty() {
            app.remark(&format!("{} deadlines need a person", deadlines.len()));
        }
        let unanswered = deadlines.iter().filter(|row| row.kind == DeadlineKind::Attempt).count();
        if unanswered > 0 {
            app.remark(&format!(
                "{unanswered} charges have no answer: the same `conciliar payment create` again finds out, and charges once"
            ));
        }
        if !doubled.is_empty() {
            app.remark(&format!("{} payments of what was paid more than once", doubled.len()));
        }
    }
}

/// What was written, as far as there was something.
fn tell(app: &App, swept: &Swept) {
    let Swept { presumed, intents, told, recognised } = swept;
    app.remark(&format!("{presumed} unconfirmed payments are presumed expired"));
    if *intents > 0 {
        app.remark(&format!("{intents} requests to charge are presumed ended"));
    }
    if *told > 0 {
        app.remark(&format!("{told} messages for payers were written; `conciliar relay` hands them over"));
    }
    let (deferred, months, ended) = (recognised.deferred, recognised.recognised, recognised.ended);
    if deferred + months + ended > 0 {
        app.remark(&format!(
            "revenue: {deferred} charges deferred, {months} months recognised, {ended} deferrals ended"
        ));
    }
}

fn print(app: &App, swept: &Swept, found: &Found, unreadable: &[String]) -> anyhow::Result<()> {
    let Found { subscriptions, alerts: Alerts { deadlines, doubled, .. } } = found;
    let mut out = BufWriter::new(io::stdout());
    match app.format {
        Format::Json => {
            let told = Told {
                presumed_expired: swept.presumed,
                presumed_ended: swept.intents,
                messages: swept.told,
                deferred: swept.recognised.deferred,
                recognised: swept.recognised.recognised,
                ended: swept.recognised.ended,
                findings: subscriptions.iter().map(Object).collect(),
                deadlines: deadlines.iter().map(Object).collect(),
                double_charges: doubled.iter().map(Object).collect(),
                proposals: proposal::refunds(app, &found.alerts.refunds)?,
                unreadable: unreadable.to_vec(),
            };
            serde_json::to_writer_pretty(&mut out, &told)?;
            writeln!(out)?;
        }
        // A file of rows has one shape: the other two are `report deadlines` and `report double-charges`.
        Format::Csv => write_csv(subscriptions.iter().cloned(), &mut out)?,
        _ => write_tables(app, found, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

/// A table each of what there is; one without rows would say nothing.
fn write_tables(app: &App, found: &Found, out: &mut impl Write) -> anyhow::Result<()> {
    let Found { subscriptions, alerts: Alerts { deadlines, doubled, .. } } = found;
    let (limit, lang) = (app.limit(), app.lang);
    if !subscriptions.is_empty() {
        write_text(subscriptions.iter().cloned(), limit, subscriptions.len() as u64, lang, out)?;
    }
    if !deadlines.is_empty() {
        deadlines::write_text(deadlines.iter().cloned(), limit, deadlines.len() as u64, lang, out)?;
    }
    if !doubled.is_empty() {
        double_charges::write_text(doubled.iter().cloned(), limit, doubled.len() as u64, lang, out)?;
    }
    for order in proposal::refunds(app, &found.alerts.refunds)? {
        writeln!(out, "{order}")?;
    }
    Ok(())
}
