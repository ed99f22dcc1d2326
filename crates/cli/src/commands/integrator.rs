//! `conciliar integrator`: what is set up once to charge in person.
//!
//! The key of the challenge is a secret: it goes into a file, or nowhere.

use std::io::Write;
use std::path::Path;

use client::calls::integrator::{Check, Enable, Integrator as Registered, SetWebhook, Show};
use secrecy::ExposeSecret;

use crate::answer::{as_it_came, check_format};
use crate::app::App;
use crate::args::Format;
use crate::args::integrator::Integrator;
use crate::args::provider::Account;
use crate::exit::{Exit, Usage};
use crate::new_file;
use crate::provider::Provider;

pub async fn run(app: &App, verb: &Integrator) -> anyhow::Result<Exit> {
    check_format(app, "integrator")?;
    match verb {
        Integrator::Enable { account, user } => enable(app, account, user.as_deref()).await,
        Integrator::Show { account, key_out } => show(app, account, key_out.as_deref()).await,
        Integrator::Webhook { account, address } => {
            let provider = Provider::of(app, account).await?;
            let body = provider.ask(&SetWebhook { address: address.clone() }).await?.body;
            told(app, &body, &format!("{address} is registered"))?;
            app.remark("next: conciliar integrator check");
            Ok(Exit::Done)
        }
        Integrator::Check { account } => {
            let provider = Provider::of(app, account).await?;
            let body = provider.ask(&Check).await?.body;
            told(app, &body, "the registered address was challenged")?;
            app.remark("whether it answered well: conciliar integrator show");
            Ok(Exit::Done)
        }
    }
}

async fn enable(app: &App, account: &Account, user: Option<&str>) -> anyhow::Result<Exit> {
    let provider = Provider::of(app, account).await?;
    let user = user.or(provider.seller().map(|seller| seller.as_str()));
    let user = user.ok_or_else(|| Usage("which account? write --user ID or --seller ID".to_owned()))?;
    let body = provider.ask(&Enable { user_id: user.to_owned() }).await?.body;
    told(app, &body, &format!("integrated charges are on for {user}"))?;
    Ok(Exit::Done)
}

async fn show(app: &App, account: &Account, key_out: Option<&Path>) -> anyhow::Result<Exit> {
    let provider = Provider::of(app, account).await?;
    let Registered { token, webhook, is_valid_webhook } = provider.ask(&Show).await?.read()?;
    if let Some(path) = key_out {
        new_file::write(path, token.expose_secret().as_bytes())?;
        app.remark(&format!("the key of the challenge is in {}", path.display()));
    }
    let mut out = std::io::stdout().lock();
    if app.format == Format::Json {
        let shown = serde_json::json!({ "webhook": webhook, "is_valid_webhook": is_valid_webhook });
        writeln!(out, "{shown}")?;
    } else {
        let address = if webhook.is_empty() { "(none)" } else { &report::listing::printable(&webhook) };
        let valid =
            if is_valid_webhook { "has answered the challenge" } else { "has not answered a challenge yet" };
        writeln!(out, "webhook  {address}\n         {valid}")?;
    }
    Ok(Exit::Done)
}

/// What was done, for people; else the answer, which is often empty.
fn told(app: &App, body: &[u8], text: &str) -> anyhow::Result<()> {
    if app.format == Format::Json {
        return as_it_came(body);
    }
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
