//! What the verbs share that order something of the provider: who orders, what would be sent, and what became of it.

use std::io::Write;

use anyhow::{Context, anyhow};
use client::call::Call;
use client::calls::page::Page;
use domain::changes::Settlement;
use domain::currency::Currency;
use domain::money::Money;
use domain::plan::{Period, PeriodUnit};
use engine::subscribe::Orders;
use engine::subscribe::change::{Ordered, Wanted};
use engine::subscribe::create::Made;
use engine::subscribe::error::OrderError;
use engine::subscribe::kind::Orderly;
use mercadopago::request::plan::FreeTrial;
use serde_json::value::RawValue;

use crate::answer::{Shown, check_format, print};
use crate::app::App;
use crate::args::Format;
use crate::args::ordering::{CardToken, Ordering};
use crate::exit::{Exit, Usage};
use crate::provider::{Provider, explained, token_in};

/// Where a card's token is when no file is named.
const CARD_TOKEN: &str = "CONCILIAR_CARD_TOKEN";
/// In the place of a secret, where what would be sent is printed.
const HIDDEN: &str = "(hidden)";

/// A verb that orders something, as it is printed.
pub struct Verb {
    /// Its words.
    pub name: &'static str,
    /// What a table shows of the thing.
    pub shown: Shown,
}

/// Orders a change of one thing, or prints what would be sent.
pub async fn change<M: Orderly, C: Call>(
    app: &App,
    verb: &Verb,
    ordering: &Ordering,
    id: &str,
    wanted: Wanted<M::Change, C>,
) -> anyhow::Result<Exit> {
    check_format(app, verb.name)?;
    if ordering.dry_run {
        return preview(app, &wanted.call);
    }
    let orders = orders(app, ordering).await?;
    let wanted = Wanted { name: ordering.key.as_deref().map(Into::into), ..wanted };
    let ordered = orders.change::<M, C>(id, &wanted).await.map_err(told)?;
    tell(app, verb, ordered)
}

/// Makes something under a key, else under what it says; or prints what would be sent. Answers its body; `None` when
/// nothing was sent.
pub async fn create<M: Orderly>(
    app: &App,
    verb: &Verb,
    ordering: &Ordering,
    call: &M::Create,
    said: &str,
) -> anyhow::Result<Option<Made>> {
    check_format(app, verb.name)?;
    if ordering.dry_run {
        preview(app, call)?;
        return Ok(None);
    }
    let orders = orders(app, ordering).await?;
    let key = ordering.key.as_deref().unwrap_or(said);
    let made = orders.create::<M>(call, key, said).await.map_err(told)?;
    if made.was_made {
        app.remark(&format!("it was made before: {} {}; --key TEXT makes another one", M::NOUN, made.id));
    }
    print(app, verb.name, &made.body, &verb.shown)?;
    Ok(Some(made))
}

/// The key of a request that was given none: what it says, without what differs each time.
pub fn key_of(call: &impl Call) -> String {
    String::from_utf8(call.body().unwrap_or_default()).expect("a request is JSON text")
}

/// An amount in the currency of the site.
pub fn amount(app: &App, ordering: &Ordering, site: Option<&str>, text: &str) -> anyhow::Result<Money> {
    let currency = currency(app, ordering, site)?;
    Ok(Money::parse(text, currency).map_err(|error| Usage(format!("the amount: {error}")))?)
}

/// The currency of a site, else of the account's.
pub fn currency(app: &App, ordering: &Ordering, site: Option<&str>) -> anyhow::Result<Currency> {
    let named = ordering.account.seller.as_deref().or_else(|| app.config.sellers.only());
    crate::provider::currency(site.or_else(|| named.and_then(|seller| app.config.sellers.site(seller))))
}

/// A period in the provider's words.
pub fn words(period: Period) -> (u32, String) {
    let unit = match period.unit {
        PeriodUnit::Days => "days",
        PeriodUnit::Months => "months",
    };
    (period.count, unit.to_owned())
}

/// A free time in the provider's words.
pub fn trial(period: Period) -> FreeTrial {
    let (frequency, frequency_type) = words(period);
    FreeTrial { frequency, frequency_type }
}

/// The token of a card; hidden where nothing is sent. `None` when none is given.
pub fn card_token(ordering: &Ordering, card: &CardToken) -> anyhow::Result<Option<String>> {
    let variable = std::env::var(CARD_TOKEN).ok().filter(|token| !token.is_empty());
    match (&card.card_token_file, variable) {
        (None, None) => Ok(None),
        _ if ordering.dry_run => Ok(Some(HIDDEN.to_owned())),
        (Some(path), _) => token_in(path).map(Some),
        (None, Some(token)) => Ok(Some(token)),
    }
}

/// The token of a card that must be given.
pub fn needed_card_token(ordering: &Ordering, card: &CardToken) -> anyhow::Result<String> {
    let missing = || Usage(format!("which card? write --card-token-file FILE or set {CARD_TOKEN}"));
    Ok(card_token(ordering, card)?.ok_or_else(missing)?)
}

async fn orders(app: &App, ordering: &Ordering) -> anyhow::Result<Orders> {
    let store = app.open().await?;
    let provider = Provider::beside(app, &ordering.account, &store)?;
    let seller = provider.seller().cloned();
    let seller = seller.ok_or_else(|| Usage("whose account? write --seller ID".to_owned()))?;
    let actor = ordering.actor.as_str().into();
    Ok(Orders::new(provider.client(), store, app.config.clone(), app.clock, seller, actor))
}

/// Prints what would be sent.
pub fn preview(app: &App, call: &impl Call) -> anyhow::Result<Exit> {
    if let Err(broken) = call.check() {
        return Err(Usage(format!("{} would not be sent: {broken}", call.endpoint())).into());
    }
    let (method, path) = (call.method(), call.path());
    let body = call.body().unwrap_or_else(|| b"null".to_vec());
    let body: &RawValue = serde_json::from_slice(&body).context("a request is JSON")?;
    let mut out = std::io::stdout().lock();
    match app.format {
        Format::Json => writeln!(out, r#"{{"method":"{method}","path":"{path}","body":{body}}}"#)?,
        _ => writeln!(out, "{method} {path}\n{body}")?,
    }
    app.remark("nothing was sent");
    Ok(Exit::Done)
}

/// Prints what became of a change.
fn tell(app: &App, verb: &Verb, ordered: Ordered) -> anyhow::Result<Exit> {
    let Ordered { request, outcome, body, was_sent, failure } = ordered;
    if was_sent {
        app.remark(&format!("the order was given before ({request}) and is not given again"));
    }
    match outcome {
        Settlement::Done => {
            print(app, verb.name, &body, &verb.shown)?;
            Ok(Exit::Done)
        }
        Settlement::Ignored => {
            print(app, verb.name, &body, &verb.shown)?;
            app.tell("finding change_ignored: the provider answered with success, and nothing was changed");
            Ok(Exit::Findings)
        }
        Settlement::Refused { code } => {
            Err(failure.map_or_else(|| anyhow!("the provider refused it: {code}"), explained))
        }
        Settlement::Unknown | Settlement::Undelivered => {
            let next = format!("the same again with --key {request} looks before it sends");
            Err(match failure {
                Some(error) => anyhow!("{error:#}; nobody knows whether it was done: {next}"),
                None => anyhow!("nobody knows whether it was done: {next}"),
            })
        }
    }
}

/// An error with what to do next.
fn told(error: OrderError) -> anyhow::Error {
    match error {
        OrderError::Client(error) => explained(error),
        OrderError::Invalid { endpoint, source } => {
            Usage(format!("{endpoint} was not sent: {source}")).into()
        }
        OrderError::InDoubt { thing, at, actor, source } => {
            let why = source.map(|error| format!(" ({error})")).unwrap_or_default();
            anyhow!(
                "the {thing} was sent under this key at {at} by {actor}, and nobody knows whether it was made{why}; \
                 look with `conciliar {thing} search`, and if it is not there send it under another --key"
            )
        }
        OrderError::KeyTaken { thing, at, actor } => {
            anyhow!(
                "another {thing} was sent under this key at {at} by {actor}; give this one a --key of its own"
            )
        }
        OrderError::UnderWay { thing, at, actor, until } => anyhow!(
            "the {thing} was sent under this key at {at} by {actor}, and its answer may still be on its way; \
             the same again after {until} tells what is known then"
        ),
        OrderError::NotSeen { thing, id, source } => anyhow!(
            "the {thing} {id} was made, but the books do not know it yet: {:#}; the same again looks, and sends nothing",
            told(*source)
        ),
        OrderError::NotSettled { request, source } => anyhow!(
            "the order was sent, but what became of it could not be written: {:#}; \
             the same again with --key {request} looks before it sends",
            told(*source)
        ),
        other => other.into(),
    }
}

/// Says how many rows come after a page.
pub fn more(app: &App, page: &Page) {
    let shown = page.paging.offset + page.results.len() as u64;
    if shown < page.paging.total {
        app.remark(&format!("{} more: --offset {shown}", page.paging.total - shown));
    }
}
