//! The part of `conciliar relay` that carries orders out: whose, with which token, and what is told of them.

use std::sync::Arc;

use anyhow::Context;
use client::client::Client;
use client::error::code::ErrorCode;
use client::vault::{Fixed, TokenVault};
use domain::ids::SellerId;
use domain::text::Text;
use engine::dispatch::{Became, Dispatched, Dispatcher, Ended, Followed};
use engine::errand::Errand;
use serde::Serialize;
use store::store::Store;
use tokio_util::sync::CancellationToken;

use crate::answer::{Shown, check_format, print};
use crate::app::App;
use crate::args::relay::Relay as Asked;
use crate::commands::auth::tokens::tokens;
use crate::exit::{Exit, Usage};
use crate::provider::token_in;

/// What a table shows of each order.
const COLUMNS: [&str; 8] = ["became", "what", "amount", "currency", "id", "order", "code", "why"];

/// What is needed to carry orders out, before the store is open.
pub struct Errands {
    sellers: Vec<SellerId>,
    token: Option<Fixed>,
}

/// Carries orders out.
pub struct Sender(Dispatcher);

/// All orders that were looked after, as they are printed. The names of the fields are stable.
#[derive(Serialize)]
struct Listed {
    orders: Vec<Row>,
    /// Orders that wait and are too many to be listed.
    more_waiting: u64,
}

#[derive(Serialize)]
struct Row {
    /// `done`, `asked`, `refused` or `waiting`.
    became: &'static str,
    /// `refund`, `capture`, `cancel` or `cancel_intent`.
    what: Option<&'static str>,
    /// Decimal text in major units; none where all there is was ordered.
    amount: Option<Text>,
    currency: Option<String>,
    /// `payment` or `intent`.
    thing: &'static str,
    id: Text,
    seller: Text,
    /// The name of the order.
    order: Text,
    /// The provider's code, when it refused.
    code: Option<Text>,
    /// What the code means, or why it waits.
    why: Option<String>,
}

impl Errands {
    /// Looks at the options.
    pub fn of(app: &App, args: &Asked) -> anyhow::Result<Self> {
        if args.once {
            check_format(app, "relay --provider --once")?;
        }
        let sellers: Vec<SellerId> = args.sellers.iter().map(|id| SellerId::from(id.as_str())).collect();
        if let Some(stranger) = sellers.iter().find(|seller| !app.config.sellers.accept(seller.as_str())) {
            return Err(Usage(format!("seller {stranger} is not configured; add it under [sellers]")).into());
        }
        let path = args.token_file.as_deref().filter(|_| args.to.is_none());
        let Some(path) = path else { return Ok(Self { sellers, token: None }) };
        // To another seller's payments the provider says that there are none: their orders would all wait.
        let sellers = match (sellers.len(), app.config.sellers.only()) {
            (0, Some(only)) => vec![SellerId::from(only)],
            (1, _) => sellers,
            _ => {
                let whose = "--token-file is the token of one account; write whose with --seller ID";
                return Err(Usage(whose.to_owned()).into());
            }
        };
        Ok(Self { sellers, token: Some(Fixed::new(token_in(path)?)) })
    }

    /// Over a store.
    pub fn over(self, app: &App, store: &Arc<dyn Store>) -> anyhow::Result<Sender> {
        let vault: Arc<dyn TokenVault> = match self.token {
            Some(token) => Arc::new(token),
            None => tokens(app, Arc::clone(store))?,
        };
        let client = Client::new(app.config.client.options(), vault)?;
        let dispatcher = Dispatcher::new(client, Arc::clone(store), app.config.clone(), app.clock);
        Ok(Sender(dispatcher.only(self.sellers)))
    }
}

impl Sender {
    /// Tries what is open, and tells what became of each.
    pub async fn once(&self, app: &App, stop: &CancellationToken) -> anyhow::Result<Exit> {
        let dispatched = self.0.once(stop).await?;
        let Dispatched { done, refused, waiting, more_waiting } = &dispatched;
        let all_waiting = waiting.len() as u64 + more_waiting;
        let followed = done.iter().chain(refused).chain(waiting);
        let listed = Listed { orders: followed.map(row).collect(), more_waiting: *more_waiting };
        if !listed.orders.is_empty() || app.format == crate::args::Format::Json {
            let body = serde_json::to_vec(&listed).context("texts are JSON")?;
            print(app, "relay --provider --once", &body, &Shown::List("orders", &COLUMNS))?;
        }
        let (done, refused) = (done.len(), refused.len());
        app.remark(&format!("orders: {done} done, {refused} refused, {all_waiting} waiting"));
        Ok(match (refused, all_waiting) {
            (0, 0) => Exit::Done,
            // What waits is told by the next run too; what was refused is told this once.
            (0, _) => Exit::Failure,
            _ => Exit::Findings,
        })
    }

    /// Carries out what is open and what comes, until the stop.
    pub async fn run(&self, app: &App, stop: &CancellationToken) -> anyhow::Result<Exit> {
        let Ended { done, refused } = self.0.run(stop).await?;
        app.remark(&format!("orders: {done} done, {refused} refused"));
        Ok(Exit::Done)
    }
}

fn row(followed: &Followed) -> Row {
    let Followed { stream, request, errand, became } = followed;
    let (word, code, why) = match became {
        Became::Done => ("done", None, None),
        Became::Asked => ("asked", None, Some("the terminal may finish a payment first".to_owned())),
        Became::Refused { code } => {
            ("refused", Some(code.clone()), ErrorCode::of(code).advice().map(str::to_owned))
        }
        Became::Waiting(why) => ("waiting", None, Some(engine::look::chain(why))),
    };
    let errand = errand.as_ref();
    Row {
        became: word,
        what: errand.map(Errand::word),
        amount: errand.and_then(Errand::amount).cloned(),
        currency: errand.and_then(Errand::currency).map(|currency| currency.to_string()),
        thing: stream.kind().name(),
        id: stream.id().into(),
        seller: stream.seller().into(),
        order: request.clone(),
        code,
        why,
    }
}
