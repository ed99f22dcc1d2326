//! `conciliar payment create`: charges what a payer's browser posted, once.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context;
use domain::machine::Instant;
use domain::money::Money;
use domain::obligation::guard::{Block, is_over};
use domain::obligation::judge::Judged;
use domain::obligation::state::Answer;
use engine::charge::ask::Ask;
use engine::charge::{Charged, Charges};
use engine::execute::Desk;
use mercadopago::request::card_form::CardForm;
use mercadopago::request::payment::PaymentRequest;
use serde::Serialize;

use super::ONE;
use crate::answer::{check_format, print};
use crate::app::App;
use crate::args::Format;
use crate::args::ordering::Placing;
use crate::args::payment::create::Create;
use crate::commands::placing::{agreed, check_agreed};
use crate::exit::{Exit, Usage};
use crate::provider::Provider;

mod help;
mod hidden;
mod told;

/// The verb, as errors name it.
const VERB: &str = "payment create";

pub async fn run(app: &App, args: &Create) -> anyhow::Result<Exit> {
    check_format(app, VERB)?;
    check_agreed(&placing(args))?;
    let form = read(&args.file)?;
    let token_at = app.moment(args.token_at.as_deref())?;
    let store = if args.ordering.dry_run { app.read().await? } else { app.open().await? };
    let provider = Provider::beside(app, &args.ordering.account, &store)?;
    let seller = provider.seller().cloned();
    let seller = seller.ok_or_else(|| Usage("whose account? write --seller ID".to_owned()))?;
    let ask = ask(form, args, token_at, provider.currency(args.site.as_deref())?)?;
    let desk = Desk { store, config: app.config.clone(), clock: app.clock };
    let charges = Charges::new(provider.client(), desk, seller, args.ordering.actor.as_str().into());
    let sent = charges.check(&ask).map_err(told::explained)?;
    warn(app, &ask);
    if args.ordering.dry_run {
        let judged = charges.judge(&ask).await.map_err(told::explained)?;
        return rehearse(app, &ask, &sent, judged);
    }
    if !args.yes {
        agreed(&format!("charge {}?", what(&ask))).await?;
    }
    let charged = charges.charge(&ask).await.map_err(told::explained)?;
    tell(app, charged)
}

/// What agreeing beforehand looks like where orders are placed.
fn placing(args: &Create) -> Placing {
    let (account, actor) = (args.ordering.account.clone(), args.ordering.actor.clone());
    Placing { account, actor, dry_run: args.ordering.dry_run, yes: args.yes, send: false }
}

fn read(path: &Path) -> anyhow::Result<CardForm> {
    let name =
        if path == Path::new("-") { "standard input".to_owned() } else { format!("`{}`", path.display()) };
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().lock().read_to_end(&mut bytes),
        false => std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    read.with_context(|| format!("{name} cannot be read"))?;
    Ok(CardForm::read(&bytes).map_err(|error| Usage(format!("{name} is no payment: {error}")))?)
}

fn ask(
    form: CardForm,
    args: &Create,
    token_at: Option<Instant>,
    currency: domain::currency::Currency,
) -> anyhow::Result<Ask> {
    let CardForm { mut request, device, tokenised_at } = form;
    match (&args.reference, &request.external_reference) {
        (Some(option), Some(own)) if option.trim() != own.trim() => {
            return Err(Usage(format!("two references: --reference {option}, and {own} in the file")).into());
        }
        (Some(option), _) => request.external_reference = Some(option.clone()),
        (None, _) => {}
    }
    Ok(Ask {
        request,
        currency,
        device: args.device_id.clone().or(device),
        name: args.ordering.key.as_deref().map(Into::into),
        reason: args.reason.as_deref().map(Into::into),
        token_at: token_at.or(tokenised_at),
    })
}

/// Says what would help the payment to be approved.
fn warn(app: &App, ask: &Ask) {
    let mut missing = ask.request.missing_help();
    if ask.device.is_none() {
        missing.insert(0, "device_id");
    }
    if !missing.is_empty() {
        app.remark(&help::list(&missing));
    }
}

/// The amount, the method and what it is for.
fn what(ask: &Ask) -> String {
    let request = &ask.request;
    let amount = request.transaction_amount.to_money(ask.currency).map(|money: Money| money.to_string());
    let amount = amount.unwrap_or_else(|_| request.transaction_amount.to_string());
    let reference = request.external_reference.as_ref();
    let reference = reference.map(|reference| format!(" for {reference}")).unwrap_or_default();
    format!("{amount} {} by {}{reference}", ask.currency, request.payment_method_id)
}

/// Prints what would be sent, and what the guard says.
fn rehearse(app: &App, ask: &Ask, sent: &PaymentRequest, judged: Judged) -> anyhow::Result<Exit> {
    let request = hidden::hide(sent);
    let body = serde_json::to_string(&request).expect("a request has text keys only");
    let mut out = std::io::stdout().lock();
    match app.format {
        Format::Json => writeln!(out, r#"{{"method":"POST","path":"/v1/payments","body":{body}}}"#)?,
        _ => writeln!(out, "POST /v1/payments\n{body}")?,
    }
    match judged {
        Judged::New { .. } => app.remark(&format!("it would charge {}; nothing was sent", what(ask))),
        Judged::Open { request } => {
            app.remark(&format!(
                "it would send attempt {request} again, under its own key; nothing was sent"
            ));
        }
        Judged::Answered { request } => {
            app.remark(&format!("attempt {request} was made before; nothing would be sent"));
        }
        Judged::Blocked { block, .. } => return Err(told::blocked(app, &block)),
    }
    Ok(Exit::Done)
}

/// An attempt that is not allowed, as programs read it.
#[derive(Serialize)]
struct Blocked<'b> {
    attempt: &'b str,
    blocked: &'b Block,
}

/// A rejection that made no payment, as programs read it.
#[derive(Serialize)]
struct Unmade<'a> {
    attempt: &'a str,
    status: &'a str,
    status_detail: &'a str,
}

impl<'a> Unmade<'a> {
    fn of(attempt: &'a str, answer: &'a Answer) -> Self {
        Self { attempt, status: &answer.status, status_detail: &answer.detail }
    }
}

/// Prints what became of an attempt.
fn tell(app: &App, charged: Charged) -> anyhow::Result<Exit> {
    match charged {
        Charged::Answered { request, answer, body, was_made } => {
            if was_made {
                app.remark(&format!(
                    "attempt {request} was made before, and nothing was sent; --key TEXT makes another"
                ));
            }
            match &body {
                Some(body) => print(app, VERB, body, &ONE)?,
                None => print_json(app, &Unmade::of(&request, &answer))?,
            }
            match &answer.rejection {
                Some(rejection) => app.tell(&told::rejected(app, &answer, rejection)),
                None if is_over(answer.standing) => app.tell(&told::over(&answer)),
                None => return Ok(Exit::Done),
            }
            Ok(Exit::Findings)
        }
        Charged::Refused { source, .. } => Err(crate::provider::explained(source)),
        Charged::Blocked { request, block } => {
            print_json(app, &Blocked { attempt: &request, blocked: &block })?;
            Err(told::blocked(app, &block))
        }
    }
}

/// Prints an object for programs; people are told by a sentence.
fn print_json(app: &App, object: &impl Serialize) -> anyhow::Result<()> {
    if app.format == Format::Json {
        let json = serde_json::to_string(object).expect("an object has text keys only");
        writeln!(std::io::stdout().lock(), "{json}")?;
    }
    Ok(())
}
