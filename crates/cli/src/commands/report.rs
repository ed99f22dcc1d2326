//! `conciliar report`: one report on standard output.

use std::io::{self, BufWriter, Write};

use report::deadlines::Horizon;
use report::listing::{Listing, csv, json, text};
use report::orders::Brief;
use report::{balances, inbox, journal};
use store::read::Cut;
use store::store::Store;

use crate::app::App;
use crate::args::Format;
use crate::args::report::{Report, ReportName};
use crate::exit::{Exit, Usage};
use crate::gather;

mod attempts;
mod coverage;
mod recurring;

/// Rows printed as a table; longer lists are better read as CSV.
const TABLE: usize = 5_000;

pub async fn run(app: &App, args: &Report) -> anyhow::Result<Exit> {
    check(args)?;
    let store = app.read().await?;
    let cut =
        Cut { as_of: app.moment(args.as_of.as_deref())?, known_at: app.moment(args.known_at.as_deref())? };
    let mut out = BufWriter::new(io::stdout());
    let asked = recurring::Asked::new(app, &*store, args, cut)?;
    let mut exit = Exit::Done;
    match args.name {
        ReportName::Balances => print_balances(app, &*store, cut, &mut out).await?,
        ReportName::Payments => {
            let mut rows = Vec::new();
            gather::payments(&*store, cut, |row| {
                rows.push(row);
                Ok(())
            })
            .await?;
            list(app, rows, &mut out)?;
        }
        ReportName::Refunds => {
            let mut rows = Vec::new();
            gather::refunds(&*store, cut, |row| {
                rows.push(row);
                Ok(())
            })
            .await?;
            list(app, rows, &mut out)?;
        }
        ReportName::Intents => {
            let mut rows = Vec::new();
            gather::intents(&*store, cut, |row| {
                rows.push(row);
                Ok(())
            })
            .await?;
            list(app, rows, &mut out)?;
        }
        ReportName::Rejections => attempts::rejections(app, &*store, args, cut, &mut out).await?,
        ReportName::DoubleCharges => {
            exit = attempts::double_charges(app, &*store, args, cut, &mut out).await?;
        }
        ReportName::Statement => list(app, gather::statement(&*store, cut).await?, &mut out)?,
        ReportName::Journal => print_journal(app, &*store, cut, &mut out).await?,
        ReportName::Coverage => exit = coverage::run(app, &*store, args, &mut out).await?,
        ReportName::Deadlines => {
            let as_of = cut.as_of.unwrap_or_else(|| app.clock.now());
            let horizon = Horizon::new(as_of, args.days.unwrap_or(gather::deadlines::DAYS));
            list(app, gather::deadlines::deadlines(app, &store, cut, horizon).await?, &mut out)?;
        }
        ReportName::Orders => {
            let rows = gather::orders::orders(&*store, cut, |stage| args.orders.has(stage)).await?;
            match app.format {
                Format::Text => list(app, rows.into_iter().map(Brief).collect(), &mut out)?,
                _ => list(app, rows, &mut out)?,
            }
        }
        ReportName::Inbox => print_inbox(app, &*store, &mut out).await?,
        ReportName::Subscriptions => asked.subscriptions(&mut out).await?,
        ReportName::Mrr => asked.mrr(&mut out).await?,
        ReportName::Churn => asked.churn(&mut out).await?,
        ReportName::Collection => asked.collection(&mut out).await?,
        ReportName::Cohorts => asked.cohorts(&mut out).await?,
        ReportName::Ageing => asked.ageing(&mut out).await?,
        ReportName::Forecast => asked.forecast(&mut out).await?,
        ReportName::Deferred => asked.deferred(&mut out).await?,
    }
    out.flush()?;
    Ok(exit)
}

/// Options that a report does not have are told, not passed over.
fn check(args: &Report) -> Result<(), Usage> {
    use ReportName::{
        Churn, Cohorts, Collection, Coverage, Deadlines, Deferred, DoubleCharges, Forecast, Mrr,
    };
    let coverage = args.name == Coverage;
    let by_month = matches!(args.name, Mrr | Churn | Collection | Cohorts | Deferred);
    if args.strict && !coverage && args.name != DoubleCharges {
        return Err(Usage("--strict is of `report coverage` and `report double-charges`".to_owned()));
    }
    check_attempts(args)?;
    if args.orders.is_given() && args.name != ReportName::Orders {
        return Err(Usage("--open and --stage are of `report orders`".to_owned()));
    }
    if (args.from.is_some() || args.to.is_some()) && !coverage && !by_month {
        let of = "`report coverage` and of mrr, churn, collection, cohorts and deferred";
        return Err(Usage(format!("--from and --to are of {of}")));
    }
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Usage(format!("the period ends on {to}, before it begins on {from}")));
    }
    if args.days.is_some() && !matches!(args.name, Deadlines | Forecast) {
        return Err(Usage("--days is of `report deadlines` and `report forecast`".to_owned()));
    }
    if coverage && (args.as_of.is_some() || args.known_at.is_some()) {
        return Err(Usage("report coverage has --from and --to, and is as of now".to_owned()));
    }
    Ok(())
}

/// The same of the options about attempts.
fn check_attempts(args: &Report) -> Result<(), Usage> {
    let asked = &args.attempts;
    let ties = asked.by.is_some() || asked.rules.is_some();
    if ties && args.name != ReportName::Rejections {
        return Err(Usage("--by and --rules are of `report rejections`".to_owned()));
    }
    if asked.within.is_some() && !ties && args.name != ReportName::DoubleCharges {
        let of = "`report double-charges`, and of `report rejections` with --by or --rules";
        return Err(Usage(format!("--within is of {of}")));
    }
    Ok(())
}

async fn print_inbox(app: &App, store: &dyn Store, out: &mut impl Write) -> anyhow::Result<()> {
    let counts: inbox::Counts = gather::counts(store).await?;
    match app.format {
        Format::Text => counts.write_text(app.lang, out)?,
        Format::Json => counts.write_json(out)?,
        Format::Csv => counts.write_csv(out)?,
        Format::Html | Format::Hledger => return app.no_such_format("report inbox", "text, json, csv"),
    }
    Ok(())
}

fn list<R: Listing>(app: &App, rows: Vec<R>, out: &mut impl Write) -> anyhow::Result<()> {
    match app.format {
        Format::Text => {
            let (limit, total) = (app.limit().min(TABLE), rows.len() as u64);
            text::write(rows.into_iter(), limit, total, app.lang, out)?;
        }
        Format::Json => {
            let mut json = json::Rows::new(out);
            rows.iter().try_for_each(|row| json.push(row))?;
            json.finish::<R>()?;
        }
        Format::Csv => {
            let mut csv = csv::Rows::new::<R>(out)?;
            rows.iter().try_for_each(|row| csv.push(row))?;
            csv.finish()?;
        }
        Format::Html | Format::Hledger => {
            return app.no_such_format(&format!("report {}", R::NAME.replace('_', "-")), "text, json, csv");
        }
    }
    Ok(())
}

async fn print_balances(app: &App, store: &dyn Store, cut: Cut, out: &mut impl Write) -> anyhow::Result<()> {
    let shown = gather::shown(store, cut, app.clock.now()).await?;
    let rows = gather::balances(store, cut, shown).await?;
    match app.format {
        Format::Text => balances::write_text(&rows, app.lang, out)?,
        Format::Json => balances::write_json(&rows, app.lang, out)?,
        Format::Csv => balances::write_csv(&rows, app.lang, out)?,
        Format::Html | Format::Hledger => return app.no_such_format("report balances", "text, json, csv"),
    }
    Ok(())
}

async fn print_journal(app: &App, store: &dyn Store, cut: Cut, out: &mut impl Write) -> anyhow::Result<()> {
    // The journal asserts its balances, so it ends where they were read.
    let held = match app.format {
        Format::Hledger => {
            let shown = gather::shown(store, cut, app.clock.now()).await?;
            Some(gather::balances(store, cut, shown).await?)
        }
        _ => None,
    };
    let known_at = held.as_ref().map_or(cut.known_at, |held| Some(held.known_at));
    let cut = Cut { as_of: cut.as_of, known_at };
    let mut rows = Vec::new();
    gather::entries(store, cut, |entry| {
        rows.push(gather::entry_row(app, entry));
        Ok(())
    })
    .await?;
    match app.format {
        Format::Text => {
            let (limit, total) = (app.limit().min(TABLE), rows.len() as u64);
            journal::write_text(rows.into_iter(), limit, total, app.lang, out)?;
        }
        Format::Json => journal::write_json(rows.into_iter(), out)?,
        Format::Csv => journal::write_csv(rows.into_iter(), app.lang, out)?,
        Format::Hledger => {
            let held = held.map(|held| held.rows).unwrap_or_default();
            journal::hledger::write(rows.into_iter(), &held, out)?;
        }
        Format::Html => return app.no_such_format("report journal", "text, json, csv, hledger"),
    }
    Ok(())
}
