//! `conciliar auth login`: a seller authorises, and the tokens are kept.

use std::io::{self, IsTerminal};

use anyhow::{Context, bail};
use domain::ids::SellerId;
use engine::config::auth::{Address, Application};
use engine::vault::Vault;
use engine::vault::login::Login;
use engine::vault::orders::Code;
use engine::vault::shown::Shown;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::redirect::Redirect;
use super::tokens::vault;
use super::{browser, print, seller};
use crate::app::App;
use crate::args::auth::{self, GrantName};
use crate::exit::{Exit, Usage};

pub async fn run(app: &App, args: &auth::Login) -> anyhow::Result<Exit> {
    let seller = seller(app, &args.whose)?;
    let (id, application) = application(app, args.application.as_deref())?;
    let vault = vault(app, app.open().await?)?;
    vault.check(id)?;
    let shown = match args.grant {
        GrantName::ClientCredentials => vault.own(&seller, id).await?,
        GrantName::AuthorizationCode => authorize(app, args, &vault, &seller, id, application).await?,
    };
    print(app, &[shown])?;
    Ok(Exit::Done)
}

/// The application that was named, or the only one there is.
fn application<'a>(app: &'a App, named: Option<&str>) -> anyhow::Result<(&'a str, &'a Application)> {
    let all = &app.config.auth.applications;
    let found = match named {
        Some(id) => all.get_key_value(id),
        None if all.len() > 1 => bail!(Usage("through which application? write --application ID".to_owned())),
        None => all.first_key_value(),
    };
    let missing =
        || Usage(format!("write [auth.applications.{}] into the configuration", named.unwrap_or("ID")));
    let (id, application) = found.ok_or_else(missing)?;
    Ok((id, application))
}

async fn authorize(
    app: &App,
    args: &auth::Login,
    vault: &Vault,
    seller: &SellerId,
    id: &str,
    application: &Application,
) -> anyhow::Result<Shown> {
    let configured = application.redirect.as_ref();
    let configured = configured
        .ok_or_else(|| Usage(format!("write auth.applications.{id}.redirect into the configuration")))?;
    let code = if args.no_browser {
        by_hand(app, id, application, configured).await?
    } else {
        by_browser(app, id, application, configured).await?
    };
    Ok(vault.login(seller, id, Code { is_test: args.test_token, ..code }).await?)
}

/// The seller's browser brings the code to this machine.
async fn by_browser(app: &App, id: &str, application: &Application, at: &Address) -> anyhow::Result<Code> {
    let redirect = Redirect::listen(at).await?;
    let page = &app.config.auth.authorization_url;
    let login = Login::begin(page, id, redirect.address().clone(), application.pkce)?;
    if browser::open(login.url()) {
        app.tell(&format!("authorise in the browser; where none has opened, open\n{}", login.url()));
    } else {
        app.tell(&format!("open this in a browser on this machine:\n{}", login.url()));
    }
    redirect.wait(login, app.config.auth.login()).await
}

/// A person brings the code here.
async fn by_hand(app: &App, id: &str, application: &Application, at: &Address) -> anyhow::Result<Code> {
    let mut login = Login::begin(&app.config.auth.authorization_url, id, at.clone(), application.pkce)?;
    app.tell(&format!("open this in any browser:\n{}", login.url()));
    if io::stdin().is_terminal() {
        app.tell("then paste the whole address on which the browser ended, or the code:");
    }
    let line = spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    let seconds = app.config.auth.login_seconds;
    let waited = timeout(app.config.auth.login(), line).await;
    let line =
        waited.with_context(|| format!("nothing was pasted in {seconds} s (auth.login_seconds)"))??;
    Ok(login.answer_by_hand(&line.context("standard input cannot be read")?)?)
}
