//! `conciliar payment`: what the provider says of payments, now, and what is ordered about them. What the books say is
//! `report payments` and `report orders`.

use client::calls::page::Wanted;
use client::calls::payment::{Get, Moment, Order, Search as Find, Window};
use domain::ids::PaymentId;

use crate::answer::{Shown, check_format, print};
use crate::app::App;
use crate::args::payment::{MomentName, Payment, Search};
use crate::exit::{Exit, Usage};
use crate::moment;
use crate::provider::Provider;

mod cancel;
mod capture;
mod create;

const ONE: Shown = Shown::One(&[
    "id",
    "status",
    "status_detail",
    "transaction_amount",
    "currency_id",
    "transaction_amount_refunded",
    "transaction_details.net_received_amount",
    "transaction_details.total_paid_amount",
    "payment_method_id",
    "installments",
    "date_created",
    "date_approved",
    "date_last_updated",
    "money_release_date",
    "external_reference",
    "collector_id",
    "order.id",
]);

const LIST: Shown = Shown::List(
    "results",
    &[
        "id",
        "status",
        "status_detail",
        "transaction_amount",
        "currency_id",
        "date_created",
        "external_reference",
    ],
);

pub async fn run(app: &App, verb: &Payment) -> anyhow::Result<Exit> {
    match verb {
        Payment::Get { account, id } => {
            check_format(app, "payment get")?;
            let provider = Provider::of(app, account).await?;
            let reply = provider.ask(&Get { id: PaymentId::from(id.as_str()) }).await?;
            print(app, "payment get", &reply.body, &ONE)?;
            Ok(Exit::Done)
        }
        Payment::Search(search) => find(app, search).await,
        Payment::Create(args) => create::run(app, args).await,
        Payment::Cancel { placing, reasoned, id } => cancel::run(app, placing, reasoned, id).await,
        Payment::Capture(capture) => capture::run(app, capture).await,
    }
}

async fn find(app: &App, args: &Search) -> anyhow::Result<Exit> {
    check_format(app, "payment search")?;
    let by = moment_of(args.by);
    let window = match (&args.from, &args.to) {
        (Some(from), Some(to)) => {
            let (begin, end) = (moment::beginning(from, app.zone())?, moment::parse(to, app.zone())?);
            Some(Window { of: by, begin, end })
        }
        _ => None,
    };
    if window.is_none() && args.by != MomentName::Created {
        return Err(Usage("--by goes with --from and --to".to_owned()).into());
    }
    let provider = Provider::of(app, &args.account).await?;
    let search = Find {
        window,
        order: Some(Order { by, is_descending: true }),
        collector: None,
        external_reference: args.reference.clone(),
        status: args.status.clone(),
        page: Wanted { offset: args.offset, limit: args.limit },
    };
    let reply = provider.ask(&search).await?;
    print(app, "payment search", &reply.body, &LIST)?;
    let page = reply.read()?;
    let shown = page.paging.offset + page.results.len() as u64;
    if shown < page.paging.total {
        app.remark(&format!("{} more: --offset {shown}", page.paging.total - shown));
    }
    Ok(Exit::Done)
}

fn moment_of(name: MomentName) -> Moment {
    match name {
        MomentName::Created => Moment::Created,
        MomentName::LastUpdated => Moment::LastUpdated,
        MomentName::Approved => Moment::Approved,
        MomentName::Released => Moment::MoneyReleased,
    }
}
