//! `conciliar refund`: orders money back, of one payment or by a file. What becomes of it is `report orders`.

use engine::act::{Act, Ask};

use super::placing::{Clerk, Wanted, check, payment_id};
use crate::app::App;
use crate::args::refund::Refund;
use crate::exit::{Exit, Usage};

mod batch;

pub async fn run(app: &App, args: &Refund) -> anyhow::Result<Exit> {
    if let Some(file) = &args.batch {
        return batch::run(app, args, file).await;
    }
    let missing = |what: &str| Usage(format!("{what} is missing"));
    let payment = payment_id(args.payment.as_deref().ok_or_else(|| missing("PAYMENT"))?)?;
    let reason = args.reason.as_deref().ok_or_else(|| missing("--reason"))?;
    let placing = &args.placing;
    check(app, "refund", placing)?;
    let clerk = Clerk::of(app, "refund", &placing.account, &placing.actor, placing.dry_run).await?;
    let amount = clerk.amount(&payment, args.amount.as_deref(), args.currency.as_deref()).await?;
    let request = args.key.as_deref().map(Into::into);
    let act = Act::Refund(Ask { request, amount, reason: reason.into() });
    let wanted = Wanted { payment: &payment, act, despite_balance: args.despite_balance };
    clerk.order(placing, &wanted).await
}
