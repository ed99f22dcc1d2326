//! `conciliar intent cancel`: tells apart what is cancelled, what was only asked for, and what a terminal holds.

use std::io::Write;

use anyhow::bail;
use client::call::IdempotencyKey;
use client::calls::cancellation::Cancellation;
use client::calls::payment_intent::Sandbox;
use client::calls::{instore_intent, order, payment_intent, point_order};
use client::reply::Reply;

use super::{Only, check, need};
use crate::answer::{as_it_came, check_format};
use crate::app::App;
use crate::args::Format;
use crate::args::intent::{Cancel, Generation};
use crate::exit::{Exit, Usage};
use crate::provider::Provider;

pub async fn run(app: &App, args: &Cancel) -> anyhow::Result<Exit> {
    use Generation::{Instore, Order, PaymentIntent, PointOrder};
    check_format(app, "intent cancel")?;
    let only = |name, is_given, of| Only { name, is_given, of };
    let options = [
        only("--device", args.device.is_some(), &[PointOrder, PaymentIntent]),
        only("--qr", args.qr, &[Instore]),
        only("--pos", args.pos.is_some(), &[Instore]),
        only("--at-terminal", args.at_terminal, &[Order]),
        only("--sandbox", args.sandbox, &[PaymentIntent]),
    ];
    check(args.generation, &options)?;
    let provider = Provider::of(app, &args.account).await?;
    let id = |args: &Cancel| need(args.id.as_ref(), "its id", args.generation);
    let reply = match args.generation {
        PointOrder => point(&provider, args).await?,
        PaymentIntent => {
            let device = need(args.device.as_ref(), "--device", args.generation)?;
            let call = payment_intent::Cancel { device, id: id(args)? };
            if args.sandbox { provider.ask(&Sandbox(call)).await? } else { provider.ask(&call).await? }
        }
        Instore => {
            let id = id(args)?;
            let call = match &args.pos {
                Some(pos) if args.qr => instore_intent::Cancel::Qr { id, pos: pos.clone() },
                Some(_) => return Err(Usage("--pos goes with --qr".to_owned()).into()),
                None => instore_intent::Cancel::Point { id },
            };
            provider.ask(&call).await?
        }
        Order => {
            let key = IdempotencyKey::fresh();
            let call = order::cancel::Cancel { key, id: id(args)?, at_terminal: args.at_terminal };
            provider.ask(&call).await?
        }
    };
    told(app, args, &reply)
}

/// By its id, else whatever the phone holds.
async fn point(provider: &Provider, args: &Cancel) -> anyhow::Result<Reply<Cancellation>> {
    match (&args.id, &args.device) {
        (Some(_), Some(_)) => {
            Err(Usage("an order is deleted by its id or by --device, not both".to_owned()).into())
        }
        (Some(id), None) => provider.ask(&point_order::Delete { id: id.clone() }).await,
        (None, device) => {
            let device_name = need(device.as_ref(), "an id or --device", args.generation)?;
            provider.ask(&point_order::DeleteByDevice { device_name }).await
        }
    }
}

fn told(app: &App, args: &Cancel, reply: &Reply<Cancellation>) -> anyhow::Result<Exit> {
    let outcome = reply.read()?;
    if app.format == Format::Json {
        as_it_came(&reply.body)?;
    }
    let what = args.id.as_deref().or(args.device.as_deref()).unwrap_or_default();
    let (line, exit) = match outcome {
        Cancellation::Done => (format!("{what} is cancelled"), Exit::Done),
        Cancellation::Requested => (
            format!("{what}: the terminal was asked, and may finish a payment first; read it again later"),
            Exit::Findings,
        ),
        Cancellation::Held => {
            let next = if args.generation == Generation::Order && !args.at_terminal {
                "cancel it there, or ask the terminal with --at-terminal"
            } else {
                "cancel it there, or read what became of it"
            };
            bail!("{what} is not cancelled: it is at a terminal or has ended; {next}");
        }
    };
    if app.format == Format::Text {
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(exit)
}
