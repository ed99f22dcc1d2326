//! `conciliar subscription create`: one request in its three ways.

use client::calls::preapproval::Create as Make;
use domain::machine::Instant;
use domain::plan::{Period, PeriodUnit};
use domain::preapproval::machine::Preapproval;
use mercadopago::number::Number;
use mercadopago::request::preapproval::{PreapprovalRequest, Recurring};
use serde::Deserialize;

use super::ONE;
use crate::app::App;
use crate::args::subscription::Create;
use crate::commands::order::{self, Verb};
use crate::exit::{Exit, Usage};
use crate::moment;

/// A month, unless something else is agreed on.
const MONTH: Period = Period { count: 1, unit: PeriodUnit::Months };

pub async fn run(app: &App, args: &Create) -> anyhow::Result<Exit> {
    let token = match args.pending {
        true => None,
        false => Some(order::needed_card_token(&args.ordering, &args.card)?),
    };
    let request = PreapprovalRequest {
        preapproval_plan_id: args.plan.clone(),
        reason: args.title.clone(),
        external_reference: args.reference.clone(),
        payer_email: args.payer.clone(),
        card_token_id: None,
        auto_recurring: recurring(app, args)?,
        back_url: args.back_url.clone(),
        status: Some(if args.pending { "pending" } else { "authorized" }.to_owned()),
    };
    // A card's token is another one each time, and the same order all the same.
    let key = order::key_of(&Make { request: request.clone() });
    let call = Make { request: PreapprovalRequest { card_token_id: token, ..request } };
    let verb = Verb { name: "subscription create", shown: ONE };
    let made = order::create::<Preapproval>(app, &verb, &args.ordering, &call, &key).await?;
    if let Some(made) = made.filter(|_| args.pending) {
        tell_link(app, &made.body);
    }
    Ok(Exit::Done)
}

fn recurring(app: &App, args: &Create) -> anyhow::Result<Option<Recurring>> {
    let amount = match (&args.plan, &args.amount) {
        (Some(_), _) => return Ok(None),
        (None, Some(amount)) => order::amount(app, &args.ordering, args.site.as_deref(), amount)?,
        (None, None) => return Err(Usage("how much? write --amount, or --plan".to_owned()).into()),
    };
    let (frequency, frequency_type) = order::words(args.every.map_or(MONTH, |every| every.0));
    let start = args.start.as_deref().map(|text| moment::beginning(text, app.zone()));
    Ok(Some(Recurring {
        frequency,
        frequency_type,
        start_date: start.transpose()?.map(written),
        end_date: app.moment(args.end.as_deref())?.map(written),
        free_trial: args.trial.map(|period| order::trial(period.0)),
        transaction_amount: Number::from(amount),
        currency_id: amount.currency.to_string(),
    }))
}

/// An instant as the provider writes it.
fn written(at: Instant) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The link is what the merchant gives to the payer.
fn tell_link(app: &App, body: &[u8]) {
    #[derive(Deserialize)]
    struct Link {
        init_point: Option<String>,
    }
    let link = serde_json::from_slice::<Link>(body).ok().and_then(|link| link.init_point);
    if let Some(link) = link {
        app.tell(&format!("the payer chooses a method at {link}"));
    }
}
