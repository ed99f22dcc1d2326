//! `conciliar relay`: hands messages for payers to the merchant's own sender.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use client::hook::Hook;
use client::vault::AccessToken;
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

pub async fn run(app: &App, args: &Asked) -> anyhow::Result<Exit> {
    // Wrong options are told before anything is opened.
    let receiver = receiver(app, args)?;
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    signals::listen(stop.clone(), hurry.clone())?;
    let watched = Watched::listen(app, args.listen.as_deref(), meters::describe).await?;
    let Some(store) = app.open_unless(&stop).await? else { return Ok(Exit::Done) };
    let relay = Relay::new(store, receiver, DESTINATION, app.config.relay, app.clock);
    if let Some(key) = &args.skip {
        relay.skip(key).await.map_err(explained)?;
        app.remark(&format!("message {key} is passed over"));
        return Ok(Exit::Done);
    }
    let serving = watched.map(|watched| {
        let ready = until(stop.clone(), "the relay is stopping", Arc::new(|| Ok(())));
        watched.serve(Arc::new(|| Ok(())), ready)
    });
    let relaying = async { if args.once { relay.once(&stop).await } else { relay.run(&stop).await } };
    let ended = tokio::select! {
        ended = relaying => ended.map_err(explained),
        () = hurry.cancelled() => Err(anyhow!("stopped at once; the message that was under way is sent again")),
    };
    if let Some(serving) = serving {
        serving.end().await?;
    }
    let handed = ended?;
    app.remark(&format!("{handed} messages were handed over"));
    Ok(Exit::Done)
}

fn receiver(app: &App, args: &Asked) -> anyhow::Result<Receiver> {
    let is_address = args.to.contains("://");
    if !is_address {
        if args.token_file.is_some() {
            return Err(Usage("--token-file is for an address; a file wants no token".to_owned()).into());
        }
        let path = PathBuf::from(&args.to);
        if path.is_dir() {
            bail!("--to `{}` is a folder", args.to);
        }
        return Ok(Receiver::File(path));
    }
    // Parts of an address may be secret, so it is not repeated.
    let address: Url = args.to.parse().map_err(|_| {
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
