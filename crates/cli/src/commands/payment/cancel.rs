//! `conciliar payment cancel`: what nobody decided yet.

use engine::act::{Act, Ask};

use crate::app::App;
use crate::args::ordering::{Placing, Reasoned};
use crate::commands::placing::{Clerk, Wanted, check, payment_id};
use crate::exit::Exit;

pub async fn run(app: &App, placing: &Placing, reasoned: &Reasoned, id: &str) -> anyhow::Result<Exit> {
    let payment = payment_id(id)?;
    check(app, "payment cancel", placing)?;
    let clerk = Clerk::of(app, "payment cancel", &placing.account, &placing.actor, placing.dry_run).await?;
    let request = reasoned.key.as_deref().map(Into::into);
    let act = Act::Cancel(Ask { request, amount: None, reason: reasoned.reason.as_str().into() });
    clerk.order(placing, &Wanted { payment: &payment, act, despite_balance: true }).await
}
