//! What falls due: one walk over each machine that has ends of time, and the ends of tokens.

use std::sync::Arc;

use domain::chargeback::machine::Chargeback;
use domain::intent::machine::Intent;
use domain::obligation::machine::Obligation;
use domain::payment::machine::Payment;
use engine::error::EngineError;
use engine::project::each_state;
use engine::sweep::faults::{Faults, each_state_of};
use engine::vault::shown::Shown;
use report::deadlines::{DeadlineRow, Horizon, TokenEnd, sort};
use store::read::Cut;
use store::store::Store;

use crate::app::App;
use crate::commands::auth::tokens::vault;

/// Days that are looked ahead when nobody gave another number.
pub const DAYS: u32 = 7;

/// Everything that falls due within a horizon, by time. Tokens are those of now: what is kept of them has no history.
pub async fn deadlines(
    app: &App,
    store: &Arc<dyn Store>,
    cut: Cut,
    horizon: Horizon,
) -> anyhow::Result<Vec<DeadlineRow>> {
    let rules = app.config.rules();
    let mut rows = Vec::new();
    each_state::<Payment, EngineError>(&**store, cut, |stream, state| {
        rows.extend(state.known().and_then(|known| horizon.payment(stream, known, &rules)));
        Ok(())
    })
    .await?;
    each_state::<Intent, EngineError>(&**store, cut, |stream, state| {
        rows.extend(horizon.intent(stream, state));
        Ok(())
    })
    .await?;
    let mut faults = Faults::default();
    rows.extend(beside_payments(app, store, cut, horizon, &mut faults).await?);
    faults.none()?;
    sort(&mut rows);
    Ok(rows)
}

/// What falls due beside payments and requests to charge: documents of chargebacks, attempts without an answer, and
/// tokens. Histories that cannot be read are faults.
pub async fn beside_payments(
    app: &App,
    store: &Arc<dyn Store>,
    cut: Cut,
    horizon: Horizon,
    faults: &mut Faults,
) -> anyhow::Result<Vec<DeadlineRow>> {
    let mut rows = Vec::new();
    each_state_of::<Chargeback>(&**store, cut, faults, |stream, state| {
        rows.extend(horizon.chargeback(stream, state));
    })
    .await?;
    each_state_of::<Obligation>(&**store, cut, faults, |stream, state| {
        rows.extend(horizon.attempt(stream, state));
    })
    .await?;
    for shown in vault(app, Arc::clone(store))?.links().await? {
        if let Some(fault) = &shown.fault {
            app.remark(fault);
        }
        rows.extend(token(&shown).and_then(|token| horizon.token(token)));
    }
    Ok(rows)
}

/// The end of a link's token. Tokens of client credentials hold for hours, and a new one is had at any time.
fn token(shown: &Shown) -> Option<TokenEnd> {
    if shown.grant == Some("client_credentials") {
        return None;
    }
    Some(TokenEnd {
        seller: shown.seller.as_str().into(),
        application: shown.application.clone(),
        standing: shown.standing.into(),
        expires_at: shown.expires_at?,
    })
}
