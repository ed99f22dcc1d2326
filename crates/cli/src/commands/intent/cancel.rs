//! `conciliar intent cancel`: an order to cancel a request to charge, looked at before and, where that is wanted, sent at
//! once.

use anyhow::anyhow;
use client::call::{Call, IdempotencyKey};
use client::calls::device::Phones;
use domain::intent;
use domain::intent::refusal::Refusal;
use engine::act::intent::{Asked, CancelError, Cancels, Wanted};
use engine::dispatch::{Became, Dispatcher};
use engine::execute::Desk;
use engine::intent_call::Address;

use super::{Only, check, need};
use crate::answer::check_format;
use crate::app::App;
use crate::args::intent::{Cancel, Generation};
use crate::commands::order::preview;
use crate::commands::placing::{agreed, check_agreed};
use crate::exit::{Exit, Usage};
use crate::provider::{Provider, explained};

mod told;

/// In the place of a key that is not made up yet.
const NEW: &str = "(new)";

pub async fn run(app: &App, args: &Cancel) -> anyhow::Result<Exit> {
    check_format(app, "intent cancel")?;
    check_options(args)?;
    check_agreed(&args.placing)?;
    if args.placing.dry_run {
        return rehearse(app, args).await;
    }
    let store = app.open().await?;
    let provider = Provider::beside(app, &args.placing.account, &store)?;
    let seller = provider.seller().cloned();
    let seller = seller.ok_or_else(|| Usage("whose account? write --seller ID".to_owned()))?;
    let wanted = Wanted {
        address: address(args, Some(&provider)).await?,
        request: args.reasoned.key.as_deref().map(Into::into),
        reason: args.reasoned.reason.as_str().into(),
        at_terminal: args.at_terminal,
    };
    check_call(&wanted.address, args)?;
    let desk = Desk { store, config: app.config.clone(), clock: app.clock };
    let actor = args.placing.actor.as_str().into();
    let cancels = Cancels::new(desk, provider.client(), seller, actor);
    let mut asked = place(&cancels, args, &wanted).await?;
    if asked.was_placed {
        app.remark(&format!("the order was given before ({}) and is not given again", asked.request));
    }
    let mut why = None;
    if args.placing.send && asked.answer.is_none() {
        why = send(&cancels, &provider, &asked).await?;
        let now = cancels.asked(asked.stream.clone(), asked.was_placed).await?;
        asked = now.unwrap_or(asked);
    }
    told::tell(app, args, &wanted.address, &asked, why)
}

/// The order, given now or before.
async fn place(cancels: &Cancels, args: &Cancel, wanted: &Wanted) -> anyhow::Result<Asked> {
    if let Some(given) = cancels.given(wanted).await? {
        return Ok(given);
    }
    let refused = |error| refused(error, args, wanted);
    let state = cancels.look(wanted).await.map_err(refused)?;
    if !args.placing.yes {
        agreed(&told::question(&wanted.address, &state)).await?;
    }
    cancels.place(wanted).await.map_err(refused)
}

/// Sends it; answers why it waits still.
async fn send(cancels: &Cancels, provider: &Provider, asked: &Asked) -> anyhow::Result<Option<String>> {
    let Desk { store, config, clock } = cancels.desk().clone();
    let dispatcher = Dispatcher::new(provider.client(), store, config, clock);
    Ok(match dispatcher.one(&asked.stream, &asked.request).await?.became {
        Became::Done | Became::Asked | Became::Refused { .. } => None,
        Became::Waiting(why) => Some(format!("{:#}", anyhow::Error::new(why))),
    })
}

/// Prints what would be sent. Nothing is read for it but what a phone holds.
async fn rehearse(app: &App, args: &Cancel) -> anyhow::Result<Exit> {
    let is_named = args.id.is_some();
    let provider = if is_named { None } else { Some(Provider::of(app, &args.placing.account).await?) };
    let address = address(args, provider.as_ref()).await?;
    let (id, actor, reason) = (told::id(&address), &args.placing.actor, &args.reasoned.reason);
    app.remark(&format!("intent.cancel_requested of {id} by {actor} would be written: {reason}"));
    preview(app, &address.cancel(IdempotencyKey::new(NEW), args.at_terminal))
}

fn check_options(args: &Cancel) -> anyhow::Result<()> {
    use Generation::{Instore, Order, PaymentIntent, PointOrder};
    let only = |name, is_given, of| Only { name, is_given, of };
    let options = [
        only("--device", args.device.is_some(), &[PointOrder, PaymentIntent]),
        only("--qr", args.qr, &[Instore]),
        only("--pos", args.pos.is_some(), &[Instore]),
        only("--at-terminal", args.at_terminal, &[Order]),
        only("--sandbox", args.sandbox, &[PaymentIntent]),
    ];
    check(args.generation, &options)?;
    match args.generation {
        PointOrder if args.id.is_some() && args.device.is_some() => {
            Err(Usage("an order is deleted by its id or by --device, not both".to_owned()).into())
        }
        PointOrder if args.id.is_none() => {
            need(args.device.as_ref(), "an id or --device", PointOrder).map(drop)
        }
        PaymentIntent => {
            need(args.device.as_ref(), "--device", PaymentIntent)?;
            need(args.id.as_ref(), "its id", PaymentIntent).map(drop)
        }
        Instore if args.pos.is_some() && !args.qr => Err(Usage("--pos goes with --qr".to_owned()).into()),
        generation => need(args.id.as_ref(), "its id", generation).map(drop),
    }
}

/// What breaks a rule of the provider's requests is told before anything is looked at.
fn check_call(address: &Address, args: &Cancel) -> anyhow::Result<()> {
    let call = address.cancel(IdempotencyKey::new(NEW), args.at_terminal);
    let endpoint = call.endpoint();
    Ok(call.check().map_err(|source| Usage(format!("{endpoint} was not sent: {source}")))?)
}

/// Where it is found. Of a phone it is what the phone holds now: by its id, so that it is that one and no later one.
async fn address(args: &Cancel, provider: Option<&Provider>) -> anyhow::Result<Address> {
    let id = match (&args.id, provider, &args.device) {
        (Some(id), ..) => id.as_str().into(),
        (None, Some(provider), Some(name)) => {
            let phones = provider.ask(&Phones).await?.read()?.devices;
            let phone = phones.into_iter().find(|phone| phone.name == *name);
            let phone = phone.ok_or_else(|| {
                anyhow!(
                    "there is no phone `{name}`; `conciliar device list --generation point-order` shows them"
                )
            })?;
            let held = phone.status.payment_attempt;
            held.ok_or_else(|| anyhow!("`{name}` holds no order"))?.as_str().into()
        }
        (None, ..) => return need(None, "its id", args.generation),
    };
    let generation = match args.generation {
        Generation::PointOrder => intent::Generation::A,
        Generation::PaymentIntent => intent::Generation::B,
        Generation::Instore => intent::Generation::C,
        Generation::Order => intent::Generation::D,
    };
    let text = |text: &Option<String>| text.as_deref().map(Into::into);
    let (device, pos) = (text(&args.device), text(&args.pos));
    Ok(Address { generation, id, device, pos, is_qr: args.qr, is_sandbox: args.sandbox })
}

/// An error with what to do next.
fn refused(error: CancelError, args: &Cancel, wanted: &Wanted) -> anyhow::Error {
    let id = &wanted.address.id;
    match error {
        CancelError::Client(error) => explained(error),
        CancelError::Refused(Refusal::NotCancelable { progress }) => {
            let word = progress.name();
            anyhow!("{id} is not cancelled: it is {word}; {}", told::next(args, progress))
        }
        CancelError::Refused(Refusal::CancelPending) => {
            let read = told::reading(args, id);
            anyhow!("{id}: another request to cancel it is not answered yet; `{read}` reads it")
        }
        error => anyhow::Error::new(error).context(format!("{id} is not cancelled")),
    }
}
