//! `conciliar intent`: a request to charge in person, in any generation of the provider's API.

use client::calls::instore_intent::{self, Device};
use client::calls::payment_intent::{self, Sandbox};
use client::calls::{order, point_order};

use crate::answer::{Shown, check_format, print};
use crate::app::App;
use crate::args::intent::{Generation, Intent};
use crate::args::provider::Account;
use crate::exit::{Exit, Usage};
use crate::provider::Provider;

mod cancel;
mod create;

pub async fn run(app: &App, verb: &Intent) -> anyhow::Result<Exit> {
    match verb {
        Intent::Create(args) => create::run(app, args).await,
        Intent::Cancel(args) => cancel::run(app, args).await,
        Intent::Get { account, generation, id, qr, sandbox } => {
            let options = [
                Only { name: "--qr", is_given: *qr, of: &[Generation::Instore] },
                Only { name: "--sandbox", is_given: *sandbox, of: &[Generation::PaymentIntent] },
            ];
            check(*generation, &options)?;
            get(app, account, *generation, id.clone(), *qr, *sandbox).await
        }
    }
}

async fn get(
    app: &App,
    account: &Account,
    generation: Generation,
    id: String,
    qr: bool,
    sandbox: bool,
) -> anyhow::Result<Exit> {
    let verb = "intent get";
    check_format(app, verb)?;
    let provider = Provider::of(app, account).await?;
    let body = match generation {
        Generation::PointOrder => provider.ask(&point_order::Get { id }).await?.body,
        Generation::PaymentIntent if sandbox => {
            provider.ask(&Sandbox(payment_intent::Get { id })).await?.body
        }
        Generation::PaymentIntent => provider.ask(&payment_intent::Get { id }).await?.body,
        Generation::Instore => {
            let device = if qr { Device::Qr } else { Device::Point };
            provider.ask(&instore_intent::Get { id, device }).await?.body
        }
        Generation::Order => provider.ask(&order::Get { id }).await?.body,
    };
    print(app, verb, &body, &shown(generation))?;
    Ok(Exit::Done)
}

/// What a table shows of a request to charge.
fn shown(generation: Generation) -> Shown {
    Shown::One(match generation {
        Generation::PointOrder => &["id", "status", "payment_id", "payment_status", "external_reference"],
        Generation::PaymentIntent => &[
            "id",
            "state",
            "device_id",
            "amount",
            "description",
            "payment.id",
            "payment.type",
            "payment.installments",
            "additional_info.external_reference",
            "additional_info.ticket_number",
        ],
        Generation::Instore => &[
            "id",
            "status",
            "external_reference",
            "description",
            "operations.0.type",
            "operations.0.amount",
            "operations.0.results.0.id",
            "operations.0.results.0.source",
            "operations.1.type",
            "operations.1.amount",
            "operations.1.results.0.id",
            "operations.1.results.0.source",
            "expiration_date",
        ],
        Generation::Order => &[
            "id",
            "type",
            "status",
            "status_detail",
            "external_reference",
            "expiration_time",
            "total_amount",
            "config.point.terminal_id",
            "config.qr.external_pos_id",
            "transactions.payments.0.id",
            "transactions.payments.0.reference_id",
            "transactions.payments.0.amount",
            "transactions.payments.0.status",
            "transactions.payments.0.status_detail",
            "type_response.qr_data",
        ],
    })
}

/// An option that some generations know.
struct Only {
    name: &'static str,
    is_given: bool,
    of: &'static [Generation],
}

/// Refuses options that the generation does not know: they would be dropped in silence.
fn check(generation: Generation, options: &[Only]) -> anyhow::Result<()> {
    match options.iter().find(|option| option.is_given && !option.of.contains(&generation)) {
        None => Ok(()),
        Some(option) => {
            let known: Vec<_> = option.of.iter().map(|known| word(*known)).collect();
            let (name, known) = (option.name, known.join(" or "));
            Err(Usage(format!("{name} goes with --generation {known}, not {}", word(generation))).into())
        }
    }
}

/// The word of the command line for a generation.
fn word(generation: Generation) -> &'static str {
    match generation {
        Generation::PointOrder => "point-order",
        Generation::PaymentIntent => "payment-intent",
        Generation::Instore => "instore",
        Generation::Order => "order",
    }
}

/// An option that the generation cannot do without.
fn need<T: Clone>(option: Option<&T>, name: &str, generation: Generation) -> anyhow::Result<T> {
    option.cloned().ok_or_else(|| Usage(format!("--generation {} needs {name}", word(generation))).into())
}
