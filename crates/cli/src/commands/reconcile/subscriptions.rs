//! `conciliar reconcile subscriptions`: what was due, invoiced, paid and booked, all of it from the store.

use std::io::{self, BufWriter, Write};

use domain::machine::Instant;
use domain::payment::machine::Payment;
use engine::error::EngineError;
use engine::project::each_state;
use engine::timelines::each_timeline;
use reconcile::subscriptions::outcome::{ChargeLine, Outcome};
use reconcile::subscriptions::{Reconciliation, Settings};
use report::reconciliation::charges::{self, ChargeRow};
use report::reconciliation::{self, Summary};
use store::read::Cut;
use store::store::Store;

use super::{RULES, TABLE, break_row, proof_row};
use crate::app::App;
use crate::args::Format;
use crate::args::reconcile::Reconcile;
use crate::exit::{Exit, Usage};
use crate::gather;
use crate::moment::{end_of, start_of};

pub async fn run(app: &App, args: &Reconcile) -> anyhow::Result<Exit> {
    if !args.files.is_empty() {
        return Err(
            Usage("reconcile subscriptions takes no files; all of it is in the store".to_owned()).into()
        );
    }
    let settings = settings(app, args)?;
    if matches!(app.format, Format::Html | Format::Hledger) {
        return app.no_such_format("reconcile subscriptions", "text, json, csv");
    }
    let store = app.read().await?;
    let outcome = compare(&*store, settings).await?;
    print(app, &outcome)?;
    Ok(Exit::found(!outcome.is_clean()))
}

/// As of the given instant, else of the end of the period when it has passed, else of now.
fn settings(app: &App, args: &Reconcile) -> anyhow::Result<Settings> {
    if let (Some(first), Some(last)) = (args.from, args.to)
        && first > last
    {
        return Err(Usage(format!("the period ends on {last}, before it begins on {first}")).into());
    }
    let now = app.clock.now();
    let from = args.from.map(|day| start_of(day, app.zone())).transpose()?;
    let to = args.to.map(|day| end_of(day, app.zone())).transpose()?;
    let given = app.moment(args.as_of.as_deref())?;
    let as_of = given.unwrap_or_else(|| to.map_or(now, |to: Instant| to.min(now)));
    Ok(Settings { as_of, from, to, rules: RULES, options: app.config.billing() })
}

/// Compares what the store tells of subscriptions, payments and entries as of an instant.
async fn compare(store: &dyn Store, settings: Settings) -> anyhow::Result<Outcome> {
    let cut = Cut { as_of: Some(settings.as_of), known_at: None };
    let mut run = Reconciliation::start(settings);
    each_timeline::<EngineError>(store, cut, |stream, timeline| {
        run.subscription(stream, timeline);
        Ok(())
    })
    .await?;
    each_state::<Payment, EngineError>(store, cut, |stream, state| {
        run.payment(stream, state);
        Ok(())
    })
    .await?;
    gather::entries(store, cut, |entry| {
        let lines = entry.lines.iter().map(|line| (line.account, line.amount_minor));
        run.entry(&entry.stream, entry.at, entry.currency, lines);
        Ok(())
    })
    .await?;
    if run.defers() {
        each_timeline::<EngineError>(store, cut, |stream, timeline| {
            run.deferral(stream, timeline);
            Ok(())
        })
        .await?;
    }
    let balances = store.balances(cut).await?;
    let balances: Vec<_> = balances.into_iter().map(|b| (b.account, b.currency, b.balance_minor)).collect();
    Ok(run.finish(&balances))
}

fn print(app: &App, outcome: &Outcome) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout());
    match app.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, outcome)?;
            writeln!(out)?;
        }
        Format::Csv => reconciliation::write_csv(&summary(outcome), &mut out)?,
        Format::Text | Format::Html | Format::Hledger => {
            let rows: Vec<ChargeRow> = outcome.charges.iter().map(charge_row).collect();
            charges::write_text(&summary(outcome), &rows, TABLE, app.lang, &mut out)?;
        }
    }
    Ok(out.flush()?)
}

fn summary(outcome: &Outcome) -> Summary {
    Summary {
        run_id: outcome.run_id.clone(),
        rows: outcome.charges.len() as u64,
        matched: outcome.matched,
        breaks: outcome.breaks.iter().map(break_row).collect(),
        proofs: outcome.proofs.iter().map(proof_row).collect(),
        files: Vec::new(),
    }
}

fn charge_row(line: &ChargeLine) -> ChargeRow {
    ChargeRow {
        subscription: line.subscription.clone(),
        seller: line.seller.clone(),
        due_at: line.due_at,
        currency: line.currency,
        expected_minor: line.expected_minor,
        invoice: line.invoice.clone(),
        invoiced_minor: line.invoiced_minor,
        attempts: line.attempts,
        standing: line.fate.word().into(),
        payment: line.payment.clone(),
        paid_minor: line.paid_minor,
        paid_at: line.paid_at,
        booked_minor: line.booked_minor,
        refunded_minor: line.refunded_minor,
        lost_minor: line.lost_minor,
    }
}
