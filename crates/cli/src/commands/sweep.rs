//! `conciliar sweep`: what the clock alone makes due, and what is wrong with subscriptions.

use std::io::{self, BufWriter, Write};

use anyhow::anyhow;
use chrono::Days;
use engine::error::EngineError;
use engine::sweep::findings::each_finding;
use engine::sweep::{Messages, Swept, sweep};
use report::findings::{FindingRow, write_csv, write_text};
use report::listing::json::Object;
use serde::Serialize;

use crate::app::App;
use crate::args::{Format, Sweep};
use crate::exit::Exit;

/// What a sweep did and found, as programs read it.
#[derive(Serialize)]
struct Told<'r> {
    presumed_expired: u64,
    messages: u64,
    deferred: u64,
    recognised: u64,
    ended: u64,
    findings: Vec<Object<'r, FindingRow>>,
}

pub async fn run(app: &App, args: &Sweep) -> anyhow::Result<Exit> {
    if matches!(app.format, Format::Html | Format::Hledger) {
        return app.no_such_format("sweep", "text, json, csv");
    }
    let as_of = app.clock.now();
    let too_many = || anyhow!("{} days before the clock there is no date", args.days);
    let from = as_of.checked_sub_days(Days::new(args.days.into())).ok_or_else(too_many)?;
    let store = app.open().await?;
    let swept = sweep(&store, &app.config, app.clock, as_of, Messages::Write).await?;
    tell(app, &swept);
    let mut found = Vec::new();
    each_finding::<EngineError>(&*store, &app.config, from, as_of, |stream, finding| {
        let (seller, subscription) = (stream.seller().into(), stream.id().into());
        found.push(FindingRow { seller, subscription, finding });
        Ok(())
    })
    .await?;
    print(app, &swept, &found)?;
    if !found.is_empty() {
        app.remark(&format!("{} findings about subscriptions", found.len()));
    }
    Ok(Exit::found(args.strict && !found.is_empty()))
}

/// What was written, as far as there was something.
fn tell(app: &App, swept: &Swept) {
    let Swept { presumed, told, recognised } = swept;
    app.remark(&format!("{presumed} unconfirmed payments are presumed expired"));
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

fn print(app: &App, swept: &Swept, found: &[FindingRow]) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout());
    match app.format {
        Format::Json => {
            let told = Told {
                presumed_expired: swept.presumed,
                messages: swept.told,
                deferred: swept.recognised.deferred,
                recognised: swept.recognised.recognised,
                ended: swept.recognised.ended,
                findings: found.iter().map(Object).collect(),
            };
            serde_json::to_writer_pretty(&mut out, &told)?;
            writeln!(out)?;
        }
        Format::Csv => write_csv(found.iter().cloned(), &mut out)?,
        // A table without rows would say nothing.
        _ if found.is_empty() => {}
        _ => write_text(found.iter().cloned(), app.limit(), found.len() as u64, app.lang, &mut out)?,
    }
    out.flush()?;
    Ok(())
}
