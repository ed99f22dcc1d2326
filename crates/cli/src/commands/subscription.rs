//! `conciliar subscription`: what payers agreed to be charged again and again. What became of the charges is
//! `report collection`.

use client::calls::page::Wanted as Page;
use client::calls::preapproval::{Change as Ask, Get, Search as Find, Update};
use domain::ids::{PlanId, PreapprovalId};
use domain::money::Money;
use domain::preapproval::change::Change;
use domain::preapproval::machine::Preapproval;
use engine::subscribe::change::Wanted;

use super::order::{self, Verb};
use crate::answer::{Shown, check_format, print};
use crate::app::App;
use crate::args::subscription::{One, Search, Subscription, Switch};
use crate::exit::{Exit, Usage};
use crate::provider::Provider;

mod create;

const ONE: Shown = Shown::One(&[
    "id",
    "status",
    "reason",
    "preapproval_plan_id",
    "auto_recurring.transaction_amount",
    "auto_recurring.currency_id",
    "auto_recurring.frequency",
    "auto_recurring.frequency_type",
    "auto_recurring.start_date",
    "auto_recurring.end_date",
    "auto_recurring.billing_day",
    "payment_method_id",
    "card_id",
    "payment_method_id_secondary",
    "card_id_secondary",
    "next_payment_date",
    "summarized.quotas",
    "summarized.charged_quantity",
    "summarized.charged_amount",
    "summarized.pending_charge_quantity",
    "summarized.semaphore",
    "external_reference",
    "date_created",
    "last_modified",
    "version",
    "init_point",
]);

const LIST: Shown = Shown::List(
    "results",
    &[
        "id",
        "status",
        "reason",
        "preapproval_plan_id",
        "auto_recurring.transaction_amount",
        "auto_recurring.currency_id",
        "external_reference",
        "date_created",
    ],
);

pub async fn run(app: &App, verb: &Subscription) -> anyhow::Result<Exit> {
    match verb {
        Subscription::Create(args) => create::run(app, args).await,
        Subscription::Show { account, id } => {
            check_format(app, "subscription show")?;
            let provider = Provider::of(app, account).await?;
            let reply = provider.ask(&Get { id: PreapprovalId::from(id.as_str()) }).await?;
            print(app, "subscription show", &reply.body, &ONE)?;
            Ok(Exit::Done)
        }
        Subscription::Search(args) => search(app, args).await,
        changing => change(app, changing).await,
    }
}

/// A change and its call, of the verbs that change one subscription.
async fn change(app: &App, verb: &Subscription) -> anyhow::Result<Exit> {
    let (name, one, change, ask) = match verb {
        Subscription::Pause(one) => ("subscription pause", one, Change::Pause, Ask::Pause),
        Subscription::Cancel(one) => ("subscription cancel", one, Change::Cancel, Ask::Cancel),
        Subscription::Resume { one, until } => {
            let until = app.moment(until.as_deref())?;
            ("subscription resume", one, Change::Resume { until }, Ask::Reactivate { until })
        }
        Subscription::Amount { one, amount, site } => {
            let amount = order::amount(app, &one.ordering, site.as_deref(), amount)?;
            let change = Change::Amount { amount_minor: amount.minor };
            ("subscription amount", one, change, Ask::Amount(amount))
        }
        Subscription::Card { one, card } => {
            let token = order::needed_card_token(&one.ordering, card)?;
            ("subscription card", one, Change::Card, Ask::Card { token })
        }
        Subscription::Secondary { one, method, by_card, card } => {
            let change = Change::SecondaryMethod { method: method.as_str().into(), by_card: *by_card };
            let method = method.clone();
            let ask = match by_card {
                true => Ask::SecondCard { token: order::needed_card_token(&one.ordering, card)?, method },
                false if card.card_token_file.is_some() => {
                    return Err(Usage("--card-token-file goes with --by-card".to_owned()).into());
                }
                false => Ask::SecondMethod { method },
            };
            ("subscription secondary", one, change, ask)
        }
        Subscription::BillingDay { one, day } => {
            let ask = Ask::BillingDay(u32::from(*day));
            ("subscription billing-day", one, Change::BillingDay { day: *day }, ask)
        }
        Subscription::Proportional { one, switch } => {
            let on = *switch == Switch::On;
            ("subscription proportional", one, Change::Proportional { on }, Ask::Proportional(on))
        }
        Subscription::Create(_) | Subscription::Show { .. } | Subscription::Search(_) => {
            unreachable!("these change nothing that is there")
        }
    };
    send(app, name, one, change, ask).await
}

async fn send(app: &App, name: &'static str, one: &One, change: Change, ask: Ask) -> anyhow::Result<Exit> {
    let amount: Option<Money> = if let Ask::Amount(amount) = &ask { Some(*amount) } else { None };
    let call = Update { id: PreapprovalId::from(one.id.as_str()), change: ask };
    let wanted = Wanted { change, call, amount, name: None };
    order::change::<Preapproval, _>(app, &Verb { name, shown: ONE }, &one.ordering, &one.id, wanted).await
}

async fn search(app: &App, args: &Search) -> anyhow::Result<Exit> {
    check_format(app, "subscription search")?;
    let provider = Provider::of(app, &args.account).await?;
    let search = Find {
        plan: args.plan.as_deref().map(PlanId::from),
        payer_email: args.payer.clone(),
        status: args.status.clone(),
        page: Page { offset: args.offset, limit: args.limit },
    };
    let reply = provider.ask(&search).await?;
    print(app, "subscription search", &reply.body, &LIST)?;
    order::more(app, &reply.read()?);
    Ok(Exit::Done)
}
