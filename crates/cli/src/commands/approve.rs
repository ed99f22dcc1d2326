//! `conciliar approve` and `conciliar decline`: what the second person says of an order that waits for one.

use engine::act::Act;

use super::placing::{Clerk, Wanted, check, payment_id};
use crate::answer::check_format;
use crate::app::App;
use crate::args::approve::{Approve, Decline};
use crate::exit::Exit;

pub async fn approve(app: &App, args: &Approve) -> anyhow::Result<Exit> {
    let payment = payment_id(&args.payment)?;
    let placing = &args.placing;
    check(app, "approve", placing)?;
    let clerk = Clerk::of(app, "approve", &placing.account, &placing.actor, placing.dry_run).await?;
    let act = Act::Approve { request: args.order.as_deref().map(Into::into) };
    let wanted = Wanted { payment: &payment, act, despite_balance: args.despite_balance };
    clerk.order(placing, &wanted).await
}

pub async fn decline(app: &App, args: &Decline) -> anyhow::Result<Exit> {
    let payment = payment_id(&args.payment)?;
    check_format(app, "decline")?;
    let clerk = Clerk::of(app, "decline", &args.account, &args.actor, false).await?;
    let request = args.order.as_deref().map(Into::into);
    let act = Act::Decline { request, reason: args.reason.as_str().into() };
    clerk.decline(&payment, &act).await
}
