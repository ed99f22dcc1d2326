//! What people ordered about payments: one walk over their histories.

use client::error::code::ErrorCode;
use domain::currency::Currency;
use domain::payment::machine::Payment;
use domain::payment::{Order, Stage};
use domain::stream::StreamId;
use domain::text::Text;
use engine::error::EngineError;
use engine::project::each_state;
use report::orders::{OrderRow, sort};
use store::read::Cut;
use store::store::Store;

/// Every order of a stage that is asked for, in the order in which they were given.
pub async fn orders(
    store: &dyn Store,
    cut: Cut,
    has: impl Fn(&str) -> bool + Send + Sync,
) -> anyhow::Result<Vec<OrderRow>> {
    let mut rows = Vec::new();
    each_state::<Payment, EngineError>(store, cut, |stream, state| {
        let Some(known) = state.known() else { return Ok(()) };
        let currency = known.described.terms.currency;
        let orders = known.asked.orders.iter();
        let orders = orders.map(|(request, order)| (request, order, known.stage_of(request, order)));
        let asked_for = orders.filter(|(_, _, stage)| has(stage.name()));
        rows.extend(asked_for.map(|(request, order, stage)| row(stream, currency, request, order, stage)));
        Ok(())
    })
    .await?;
    sort(&mut rows);
    Ok(rows)
}

fn row(stream: &StreamId, currency: Currency, request: &Text, order: &Order, stage: Stage) -> OrderRow {
    let row = OrderRow {
        seller: stream.seller().into(),
        payment: stream.id().into(),
        request: request.clone(),
        wish: order.wish.name().into(),
        amount_minor: order.wish.amount_minor(),
        currency,
        asked_at: order.at,
        actor: order.actor.clone(),
        reason: order.reason.clone(),
        stage: stage.name().into(),
        approved_by: order.approved_by.clone(),
        declined: None,
        refund: None,
        code: None,
        advice: None,
    };
    match stage {
        Stage::Held | Stage::Open => row,
        Stage::Done { refund } => OrderRow { refund: refund.map(|refund| refund.as_str().into()), ..row },
        Stage::Refused { code } => {
            let advice = ErrorCode::of(&code).advice().map(Text::from);
            OrderRow { code: Some(code), advice, ..row }
        }
        Stage::Declined { actor, reason } => OrderRow { declined: Some((actor, reason)), ..row },
    }
}
