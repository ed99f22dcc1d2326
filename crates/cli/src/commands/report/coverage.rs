//! `conciliar report coverage`: who told us of what, and what nobody told.

use std::io::{self, Write};

use engine::coverage::{Asked, Summary, coverage};
use report::coverage::{self as paper, Json, Period, Row};
use report::listing::csv;
use store::store::Store;

use super::TABLE;
use crate::app::App;
use crate::args::Format;
use crate::args::report::Report;
use crate::exit::Exit;
use crate::moment::{end_of, start_of};

pub async fn run(
    app: &App,
    store: &dyn Store,
    args: &Report,
    out: &mut (impl Write + Send),
) -> anyhow::Result<Exit> {
    let period = Period {
        from: args.from.map(|day| start_of(day, app.zone())).transpose()?,
        to: args.to.map(|day| end_of(day, app.zone())).transpose()?,
    };
    let (now, lag) = (app.clock.now(), app.config.poll.coverage_lag());
    let asked = Asked { period, now, lag, sellers: &app.config.sellers };
    let summary = match app.format {
        Format::Text => text(app, store, &asked, out).await?,
        Format::Json => {
            let mut json = Json::new(out)?;
            let mut written = Ok(());
            let summary = coverage(store, &asked, |row| push(&mut written, || json.push(&row))).await?;
            written?;
            json.finish(&summary.types, &summary.files_not_read)?;
            summary
        }
        Format::Csv => {
            let mut csv = csv::Rows::new::<Row>(out)?;
            let mut written = Ok(());
            let summary = coverage(store, &asked, |row| push(&mut written, || csv.push(&row))).await?;
            written?;
            csv.finish()?;
            summary
        }
        Format::Html | Format::Hledger => return app.no_such_format("report coverage", "text, json, csv"),
    };
    for file in &summary.files_not_read {
        app.remark(&format!("{file} is not kept or cannot be read; its sales are not compared"));
    }
    let gaps: u64 = summary.types.iter().map(|counted| counted.gaps).sum();
    Ok(Exit::found(args.strict && gaps > 0))
}

/// Counts for every seller and type, then what was missed.
async fn text(
    app: &App,
    store: &dyn Store,
    asked: &Asked<'_>,
    out: &mut (impl Write + Send),
) -> anyhow::Result<Summary> {
    let limit = app.limit().min(TABLE);
    let (mut missed, mut total) = (Vec::new(), 0_u64);
    let summary = coverage(store, asked, |row| {
        if row.finding.is_some() {
            total += 1;
            if missed.len() < limit {
                missed.push(row);
            }
        }
    })
    .await?;
    paper::write_types_text(&summary.types, app.lang, out)?;
    paper::write_text(missed.into_iter(), limit, total, app.lang, out)?;
    Ok(summary)
}

/// Goes on writing until the first failure.
fn push(written: &mut io::Result<()>, write: impl FnOnce() -> io::Result<()>) {
    if written.is_ok() {
        *written = write();
    }
}
