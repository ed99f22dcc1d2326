//! `conciliar plan`: the templates that subscriptions are made from.

use client::calls::page::Wanted as Page;
use client::calls::plan::{Create as Make, Get, Search as Find, Update};
use domain::ids::PlanId;
use domain::plan::{Change, machine::Plan as Machine};
use engine::subscribe::change::Wanted;
use mercadopago::number::Number;
use mercadopago::request::plan::{MethodsAllowed, Named, PlanRecurring, PlanRequest};

use super::order::{self, Verb};
use crate::answer::{Shown, check_format, print};
use crate::app::App;
use crate::args::plan::{Create, Plan, Search};
use crate::exit::Exit;
use crate::provider::Provider;

const ONE: Shown = Shown::One(&[
    "id",
    "status",
    "reason",
    "auto_recurring.transaction_amount",
    "auto_recurring.transaction_amount_proportional",
    "auto_recurring.currency_id",
    "auto_recurring.frequency",
    "auto_recurring.frequency_type",
    "auto_recurring.repetitions",
    "auto_recurring.billing_day",
    "auto_recurring.billing_day_proportional",
    "auto_recurring.free_trial.frequency",
    "auto_recurring.free_trial.frequency_type",
    "external_reference",
    "date_created",
    "last_modified",
    "init_point",
]);

const LIST: Shown = Shown::List(
    "results",
    &[
        "id",
        "status",
        "reason",
        "auto_recurring.transaction_amount",
        "auto_recurring.currency_id",
        "auto_recurring.frequency",
        "auto_recurring.frequency_type",
        "subscribed",
    ],
);

pub async fn run(app: &App, verb: &Plan) -> anyhow::Result<Exit> {
    match verb {
        Plan::Create(args) => create(app, args).await,
        Plan::Show { account, id } => {
            check_format(app, "plan show")?;
            let provider = Provider::of(app, account).await?;
            let reply = provider.ask(&Get { id: PlanId::from(id.as_str()) }).await?;
            print(app, "plan show", &reply.body, &ONE)?;
            Ok(Exit::Done)
        }
        Plan::Search(args) => search(app, args).await,
        Plan::Trial { ordering, id, period } => {
            let wanted = Wanted {
                change: Change::FreeTrial { period: period.0 },
                call: Update::free_trial(PlanId::from(id.as_str()), order::trial(period.0)),
                amount: None,
                name: None,
            };
            let verb = Verb { name: "plan trial", shown: ONE };
            order::change::<Machine, _>(app, &verb, ordering, id, wanted).await
        }
    }
}

async fn create(app: &App, args: &Create) -> anyhow::Result<Exit> {
    let amount = order::amount(app, &args.ordering, args.site.as_deref(), &args.amount)?;
    let (frequency, frequency_type) = order::words(args.every.0);
    let named = |words: &[String]| words.iter().map(|word| Named { id: Some(word.clone()) }).collect();
    let methods =
        MethodsAllowed { payment_types: named(&args.method_type), payment_methods: named(&args.method) };
    let call = Make {
        request: PlanRequest {
            reason: args.title.clone(),
            auto_recurring: PlanRecurring {
                frequency,
                frequency_type,
                repetitions: args.repetitions,
                billing_day: args.billing_day,
                billing_day_proportional: args.proportional.then_some(true),
                free_trial: args.trial.map(|period| order::trial(period.0)),
                transaction_amount: Some(Number::from(amount)),
                currency_id: amount.currency.to_string(),
            },
            back_url: args.back_url.clone(),
            external_reference: args.reference.clone(),
            payment_methods_allowed: (methods != MethodsAllowed::default()).then_some(methods),
        },
    };
    let verb = Verb { name: "plan create", shown: ONE };
    order::create::<Machine>(app, &verb, &args.ordering, &call, &order::key_of(&call)).await?;
    Ok(Exit::Done)
}

async fn search(app: &App, args: &Search) -> anyhow::Result<Exit> {
    check_format(app, "plan search")?;
    let provider = Provider::of(app, &args.account).await?;
    let page = Page { offset: args.offset, limit: args.limit };
    let reply = provider.ask(&Find { status: args.status.clone(), words: args.words.clone(), page }).await?;
    print(app, "plan search", &reply.body, &LIST)?;
    order::more(app, &reply.read()?);
    Ok(Exit::Done)
}
