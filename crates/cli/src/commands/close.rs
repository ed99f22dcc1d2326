//! `conciliar close`: a folder of provider data becomes proven books and a report set.

use std::io::{self, Write};
use std::path::Path;

use ::reconcile::outcome::Outcome;
use anyhow::{Context, bail};
use chrono::NaiveDate;
use domain::machine::Instant;
use engine::files::{self, FileKind, Source, open_report};
use engine::sweep::faults::Faults;
use engine::sweep::{Broom, Messages, sweep};
use report::{balances, reconciliation};
use store::read::Cut;
use store::store::Store;

use crate::app::App;
use crate::args::{Close, Format};
use crate::commands::{ingest, reconcile};
use crate::exit::Exit;
use crate::gather;
use crate::moment::{day_of, end_of, start_of};

mod set;

/// Breaks printed on the terminal; the files hold all.
const TABLE: usize = 200;

/// The period that is closed, and the instant its books are of.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// First local day.
    pub first: NaiveDate,
    /// Last local day.
    pub last: NaiveDate,
    /// Business time of the books.
    pub as_of: Instant,
}

pub async fn run(app: &App, args: &Close) -> anyhow::Result<Exit> {
    if app.format == Format::Hledger {
        return app.no_such_format("close", "text, json, csv, html; the report set holds journal.hledger");
    }
    // Wrong options are told before anything is written.
    let as_of = app.moment(args.as_of.as_deref())?;
    if let (Some(first), Some(last)) = (args.from, args.to) {
        check_days(first, last)?;
    }
    check_folders(&args.folder, &args.out)?;
    let (sources, passed) = files::discover(&args.folder)?;
    if sources.is_empty() {
        bail!("there is nothing to close in `{}`: no .ndjson, .json or .csv file", args.folder.display());
    }
    let store = app.open().await?;
    let tally = ingest::take(app, &store, ingest::in_order(sources.clone())).await?;
    app.remark(&ingest::sentence(&tally));
    if !passed.is_empty() {
        app.remark(&format!("not read, no delivery files: {}", passed.join(", ")));
    }
    let reports: Vec<Source> = sources.into_iter().filter(|s| s.kind == FileKind::Report).collect();
    let period = period(app, args, &reports, as_of)?;
    // A period that is over is looked back on: nobody is told anything.
    let broom = Broom { store: &store, config: &app.config, clock: app.clock, as_of: period.as_of };
    let mut faults = Faults::default();
    let swept = sweep(broom, Messages::Leave, &mut faults, |_| {}).await?;
    faults.none()?;
    if swept.presumed > 0 {
        app.remark(&format!("{} unconfirmed payments are presumed expired", swept.presumed));
    }
    if swept.intents > 0 {
        app.remark(&format!("{} requests to charge are presumed ended", swept.intents));
    }
    let books = reconcile::books(&*store, period.as_of).await?;
    let scope = reconcile::Scope {
        as_of: period.as_of,
        from: Some(start_of(period.first, app.zone())?),
        to: Some(end_of(period.last, app.zone())?),
    };
    let outcome = reconcile::compare(app, &books, &reports, scope, None)?;
    drop(books);
    let shown = set::write(app, &*store, &args.out, period, &outcome).await?;
    print(app, &*store, &outcome, shown).await?;
    app.remark(&format!("the report set is in {}", args.out.display()));
    let counts = store.inbox_counts().await?;
    let findings = !outcome.is_clean() || counts.refused + counts.undecodable > 0;
    Ok(Exit::found(args.strict && findings))
}

/// The folder must be one, and the report set may not land among what is read.
fn check_folders(folder: &Path, out: &Path) -> anyhow::Result<()> {
    if !folder.is_dir() {
        bail!("`{}` is not a folder", folder.display());
    }
    if out.exists() && !out.is_dir() {
        bail!("--out `{}` is not a folder", out.display());
    }
    let folder = folder.canonicalize().with_context(|| format!("`{}` cannot be read", folder.display()))?;
    let absolute = std::path::absolute(out).with_context(|| format!("`{}` is no path", out.display()))?;
    let existing =
        absolute.ancestors().find_map(|at| at.canonicalize().ok().map(|real| (at.to_path_buf(), real)));
    let real = existing.map_or(absolute.clone(), |(at, real)| {
        real.join(absolute.strip_prefix(&at).unwrap_or(Path::new("")))
    });
    if real.starts_with(&folder) {
        bail!("--out `{}` lies inside the folder that is closed; choose another", out.display());
    }
    Ok(())
}

/// The period: as given, else the whole local days that report rows cover; as-of is its end unless given.
fn period(app: &App, args: &Close, reports: &[Source], given: Option<Instant>) -> anyhow::Result<Period> {
    let covered = match (args.from, args.to) {
        (Some(from), Some(to)) => Some((from, to)),
        _ => covered(app, reports)?,
    };
    let today = day_of(app.clock.now(), app.zone());
    let (first, last) = covered.unwrap_or((today, today));
    let (first, last) = (args.from.unwrap_or(first), args.to.unwrap_or(last));
    check_days(first, last)?;
    let as_of = given.map_or_else(|| end_of(last, app.zone()), Ok)?;
    Ok(Period { first, last, as_of })
}

fn check_days(first: NaiveDate, last: NaiveDate) -> anyhow::Result<()> {
    if first > last {
        bail!("the period ends on {last}, before it begins on {first}");
    }
    Ok(())
}

fn covered(app: &App, reports: &[Source]) -> anyhow::Result<Option<(NaiveDate, NaiveDate)>> {
    let mut days: Option<(Instant, Instant)> = None;
    for source in reports {
        let Ok(report) = open_report(source, &app.reading())? else { continue };
        for line in report.rows().filter_map(|row| row.outcome.ok()) {
            let (first, last) = days.unwrap_or((line.at, line.at));
            days = Some((first.min(line.at), last.max(line.at)));
        }
    }
    Ok(days.map(|(first, last)| (day_of(first, app.zone()), day_of(last, app.zone()))))
}

/// What a person wants to see at once: balances, proofs, breaks, and the deliveries that need a look.
async fn print(app: &App, store: &dyn Store, outcome: &Outcome, shown: gather::Shown) -> anyhow::Result<()> {
    let mut out = io::stdout();
    match app.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, outcome)?;
            return Ok(writeln!(out)?);
        }
        Format::Csv => return Ok(reconciliation::write_csv(&reconcile::summary(outcome), &mut out)?),
        // The page is in the report set.
        Format::Text | Format::Html | Format::Hledger => {}
    }
    let cut = Cut { as_of: Some(shown.as_of), known_at: None };
    let rows = gather::balances(store, cut, shown).await?;
    let listed = gather::listed(store).await?;
    let mut out = io::stdout().lock();
    balances::write_text(&rows, app.lang, &mut out)?;
    reconciliation::write_text(&reconcile::summary(outcome), TABLE, app.lang, &mut out)?;
    for delivery in &listed {
        let reason = delivery.reason.as_deref().unwrap_or_default();
        let detail = delivery.detail.as_deref().unwrap_or_default();
        writeln!(out, "{} {} ({}): {reason}: {detail}", delivery.verdict, delivery.key, delivery.origin)?;
    }
    Ok(())
}
