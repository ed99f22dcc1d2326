//! `conciliar report` of attempts to pay: rejections by what one asks for, other rules over the same history, and
//! what was paid twice. Writes nothing.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use domain::attempt::doubled::{Doubled, doubled};
use domain::attempt::obligation::Obligation;
use domain::attempt::rates::{Rate, rates};
use domain::attempt::verdicts::verdicts;
use domain::rejection::RejectionTable;
use report::rejections::rates::RateRow;
use store::read::Cut;
use store::store::Store;

use super::list;
use crate::app::App;
use crate::args::report::Report;
use crate::exit::Exit;
use crate::gather;

/// `report rejections`: counts by class and code, rates, or two tables side by side.
pub async fn rejections(
    app: &App,
    store: &dyn Store,
    args: &Report,
    cut: Cut,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let table = RejectionTable::builtin();
    if let Some(path) = &args.attempts.rules {
        let other = read(path)?;
        let obligations = obligations(app, store, args, cut).await?;
        return list(app, verdicts(&obligations, &table, &other), out);
    }
    let Some(by) = args.attempts.by else {
        return list(app, gather::rejections(store, cut, app.lang).await?, out);
    };
    let Some(by) = by.rates() else {
        return list(app, gather::attempts::blocks(store, cut).await?, out);
    };
    let obligations = obligations(app, store, args, cut).await?;
    let lang = report::words::code(app.lang);
    let row = |rate: Rate| {
        let message = rate.action.as_ref().and_then(|action| table.message(action, lang));
        RateRow { message: message.map(str::to_owned), rate }
    };
    let rates = rates(&obligations, by, &table, &app.zone());
    list(app, rates.into_iter().map(row).collect(), out)
}

/// `report double-charges`: what was paid more than once, and what to give back.
pub async fn double_charges(
    app: &App,
    store: &dyn Store,
    args: &Report,
    cut: Cut,
    out: &mut impl Write,
) -> anyhow::Result<Exit> {
    let now = cut.as_of.unwrap_or_else(|| app.clock.now());
    let obligations = obligations(app, store, args, cut).await?;
    let rows: Vec<Doubled> = obligations.iter().flat_map(|obligation| doubled(obligation, now)).collect();
    let exit = Exit::found(args.strict && !rows.is_empty());
    list(app, rows, out)?;
    Ok(exit)
}

async fn obligations(
    app: &App,
    store: &dyn Store,
    args: &Report,
    cut: Cut,
) -> anyhow::Result<Vec<Obligation>> {
    gather::attempts::obligations(store, cut, &app.config.rules(), args.attempts.within()).await
}

/// The rejection table of a file.
fn read(path: &Path) -> anyhow::Result<RejectionTable> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("`{name}` cannot be read"))?;
    RejectionTable::parse(&text).with_context(|| format!("`{name}` cannot be used"))
}
