//! `conciliar relay`: hands messages for payers to the merchant's own sender, and carries orders out at the provider.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use client::hook::Hook;
use client::vault::AccessToken;
use engine::dispatch;
use engine::relay::error::RelayError;
use engine::relay::receiver::Receiver;
use engine::relay::{Relay, meters};
use engine::sweep::dunning::DESTINATION;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::app::App;
use crate::args::relay::Relay as Asked;
use crate::exit::{Exit, Usage};
use crate::provider::token_in;
use crate::signals;
use crate::watched::{Watched, until};

mod errands;

use errands::Errands;

pub async fn run(app: &App, args: &Asked) -> anyhow::Result<Exit> {
    // Wrong options are told before anything is opened.
    let receiver = args.to.as_deref().map(|to| receiver(app, to, args)).transpose()?;
    let errands = args.provider.then(|| Errands::of(app, args)).transpose()?;
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    signals::listen(stop.clone(), hurry.clone())?;
    let watched = Watched::listen(app, args.listen.as_deref(), describe).await?;
    let Some(store) = app.open_unless(&stop).await? else { return Ok(Exit::Done) };
    let letters = receiver
        .map(|receiver| Relay::new(Arc::clone(&store), receiver, DESTINATION, app.config.relay, app.clock));
    if let (Some(key), Some(letters)) = (&args.skip, &letters) {
        letters.skip(key).await.map_err(explained)?;
        app.remark(&format!("message {key} is passed over"));
        return Ok(Exit::Done);
    }
    let errands = errands.map(|errands| errands.over(app, &store)).transpose()?;
    let serving = watched.map(|watched| {
        let ready = until(stop.clone(), "the relay is stopping", Arc::new(|| Ok(())));
        watched.serve(Arc::new(|| Ok(())), ready)
    });
    let letters = async {
        let Some(letters) = &letters else { return Ok(Exit::Done) };
        let handed = if args.once { letters.once(&stop).await } else { letters.run(&stop).await };
        let handed = unless_once(args, &stop, handed.map_err(explained))?;
        app.remark(&format!("{handed} messages were handed over"));
        Ok(Exit::Done)
    };
    let orders = async {
        let Some(errands) = &errands else { return Ok(Exit::Done) };
        let ended = if args.once { errands.once(app, &stop).await } else { errands.run(app, &stop).await };
        unless_once(args, &stop, ended)
    };
    let ended = tokio::select! {
        (letters, orders) = async { tokio::join!(letters, orders) } => both(app, letters, orders),
        () = hurry.cancelled() => Err(anyhow!("stopped at once; what was under way is sent again")),
    };
    if let Some(serving) = serving {
        serving.end().await?;
    }
    ended
}

fn describe() {
    meters::describe();
    dispatch::meters::describe();
}

/// What runs until it is stopped is stopped by the failure of the other; what runs once is not.
fn unless_once<T>(args: &Asked, stop: &CancellationToken, ended: anyhow::Result<T>) -> anyhow::Result<T> {
    if ended.is_err() && !args.once {
        stop.cancel();
    }
    ended
}

/// How both ended; of two failures one is only told.
fn both(app: &App, letters: anyhow::Result<Exit>, orders: anyhow::Result<Exit>) -> anyhow::Result<Exit> {
    match (letters, orders) {
        (Err(letters), Err(orders)) => {
            app.tell(&format!("orders: {orders:#}"));
            Err(letters)
        }
        (Err(failure), Ok(_)) | (Ok(_), Err(failure)) => Err(failure),
        (Ok(_), Ok(orders)) => Ok(orders),
    }
}

fn receiver(app: &App, to: &str, args: &Asked) -> anyhow::Result<Receiver> {
    let is_address = to.contains("://");
    if !is_address {
        if args.token_file.is_some() {
            return Err(Usage("--token-file is for an address; a file wants no token".to_owned()).into());
        }
        let path = PathBuf::from(to);
        if path.is_dir() {
            bail!("--to `{to}` is a folder");
        }
        return Ok(Receiver::File(path));
    }
    // Parts of an address may be secret, so it is not repeated.
    let address: Url = to.parse().map_err(|_| {
        Usage("--to is no address; write https://HOST/PATH, or the name of a file".to_owned())
    })?;
    let token = args.token_file.as_deref().map(token_in).transpose()?.map(AccessToken::new);
    let hook = Hook::new(address, token.as_ref(), app.config.relay.options());
    Ok(Receiver::Hook(Box::new(hook.map_err(|error| Usage(format!("--to cannot be used: {error}")))?)))
}

/// An error with what to do next.
fn explained(error: RelayError) -> anyhow::Error {
    let next = match &error {
        RelayError::Receiver { key, .. } if !error.is_transient() => {
            format!("mend the receiver, or pass over the message with `conciliar relay --to … --skip {key}`")
        }
        RelayError::Receiver { .. } => "try again in a while".to_owned(),
        RelayError::Held { .. } => "end that program, or write to another file".to_owned(),
        RelayError::Torn { .. } => "give it a line end, or write to another file".to_owned(),
        _ => return error.into(),
    };
    let error = anyhow::Error::new(error);
    anyhow!("{error:#}; {next}")
}
