//! `conciliar payment capture`: takes reserved money.

use engine::act::{Act, Ask};

use crate::app::App;
use crate::args::payment::Capture;
use crate::commands::placing::{Clerk, Wanted, check, payment_id};
use crate::exit::Exit;

pub async fn run(app: &App, args: &Capture) -> anyhow::Result<Exit> {
    let Capture { placing, reasoned, id, amount, currency } = args;
    let payment = payment_id(id)?;
    check(app, "payment capture", placing)?;
    let clerk = Clerk::of(app, "payment capture", &placing.account, &placing.actor, placing.dry_run).await?;
    let amount = clerk.amount(&payment, amount.as_deref(), currency.as_deref()).await?;
    let request = reasoned.key.as_deref().map(Into::into);
    let act = Act::Capture(Ask { request, amount, reason: reasoned.reason.as_str().into() });
    clerk.order(placing, &Wanted { payment: &payment, act, despite_balance: true }).await
}
