//! `conciliar auth`: access to the accounts of sellers. Prints no token, and takes none on the command line.

use std::io::{self, Write};

use anyhow::{Context, bail};
use domain::ids::SellerId;
use engine::config::auth::place::{NoPlace, Place};
use engine::vault::shown::Shown;
use report::links::LinkRow;
use report::listing::{csv, json, text};

use crate::app::App;
use crate::args::Format;
use crate::args::auth::{Auth, Import, Whose};
use crate::exit::{Exit, Usage};
use tokens::vault;

mod browser;
mod key;
mod login;
mod redirect;
pub mod tokens;

pub async fn run(app: &App, verb: &Auth) -> anyhow::Result<Exit> {
    match verb {
        Auth::Login(args) => login::run(app, args).await,
        Auth::Refresh(whose) => refresh(app, &seller(app, whose)?).await,
        Auth::Status { strict } => status(app, *strict).await,
        Auth::Import(args) => import(app, args).await,
        Auth::Forget(whose) => forget(app, &seller(app, whose)?).await,
        Auth::Key(args) => key::run(app, args),
        Auth::Reseal => reseal(app).await,
    }
}

/// The seller that was named, or the only one there is.
fn seller(app: &App, whose: &Whose) -> anyhow::Result<SellerId> {
    let named = whose.seller.as_deref().or_else(|| app.config.sellers.only());
    let named = named.ok_or_else(|| Usage("whose account? write --seller ID".to_owned()))?;
    if named.is_empty() || !named.bytes().all(|digit| digit.is_ascii_digit()) {
        bail!(Usage(format!("--seller `{named}` is no id of an account: ids are digits")));
    }
    Ok(named.into())
}

async fn refresh(app: &App, seller: &SellerId) -> anyhow::Result<Exit> {
    let vault = vault(app, app.open().await?)?;
    vault.refresh(seller).await?;
    let links = vault.links().await?;
    print(app, &links.into_iter().filter(|shown| shown.seller == *seller).collect::<Vec<_>>())?;
    Ok(Exit::Done)
}

async fn status(app: &App, strict: bool) -> anyhow::Result<Exit> {
    let links = vault(app, app.read().await?)?.links().await?;
    print(app, &links)?;
    for shown in &links {
        if let Some(fault) = &shown.fault {
            app.remark(fault);
        }
    }
    let is_lost = |shown: &Shown| matches!(shown.standing, "ended" | "unreadable");
    Ok(Exit::found(strict && links.iter().any(is_lost)))
}

async fn import(app: &App, args: &Import) -> anyhow::Result<Exit> {
    let seller = seller(app, &args.whose)?;
    let expires_at = app.moment(args.expires.as_deref())?;
    // What stands there by mistake may be the token: it is not repeated, as an option's own parser would.
    let place: Place = args.token.parse().map_err(|error: NoPlace| Usage(format!("--token: {error}")))?;
    let token = place.read().context("there is no token")?;
    let shown = vault(app, app.open().await?)?.import(&seller, token, expires_at).await?;
    print(app, &[shown])?;
    Ok(Exit::Done)
}

async fn forget(app: &App, seller: &SellerId) -> anyhow::Result<Exit> {
    if vault(app, app.open().await?)?.forget(seller).await? {
        app.remark(&format!("the tokens of seller {seller} are forgotten"));
        Ok(Exit::Done)
    } else {
        bail!("there are no tokens of seller {seller}; `conciliar auth status` shows whose there are")
    }
}

async fn reseal(app: &App) -> anyhow::Result<Exit> {
    let resealed = vault(app, app.open().await?)?.reseal().await?;
    app.remark(&format!("{resealed} links were sealed again"));
    Ok(Exit::Done)
}

/// Prints links as a table, JSON or CSV.
fn print(app: &App, links: &[Shown]) -> anyhow::Result<()> {
    let rows: Vec<LinkRow> = links.iter().map(row).collect();
    let mut out = io::stdout().lock();
    match app.format {
        Format::Text => {
            let total = rows.len() as u64;
            text::write(rows.into_iter(), usize::MAX, total, app.lang, &mut out)?;
        }
        Format::Json => {
            let mut json = json::Rows::new(&mut out);
            rows.iter().try_for_each(|row| json.push(row))?;
            json.finish::<LinkRow>()?;
        }
        Format::Csv => {
            let mut csv = csv::Rows::new::<LinkRow>(&mut out)?;
            rows.iter().try_for_each(|row| csv.push(row))?;
            csv.finish()?;
        }
        Format::Html | Format::Hledger => return app.no_such_format("auth", "text, json, csv"),
    }
    out.flush()?;
    Ok(())
}

fn row(shown: &Shown) -> LinkRow {
    LinkRow {
        seller: shown.seller.as_str().into(),
        application: shown.application.clone(),
        grant: shown.grant.map(Into::into),
        scope: shown.scope.clone(),
        standing: shown.standing.into(),
        expires_at: shown.expires_at,
        refreshed_at: shown.refreshed_at,
        failure: shown.failure.map(|failure| failure.cause.word().into()),
        failed_at: shown.failure.map(|failure| failure.at),
    }
}
