//! What falls due: one walk over each machine that has ends of time, and the ends of tokens.

use std::sync::Arc;

use domain::chargeback::machine::Chargeback;
use domain::intent::machine::Intent;
use domain::payment::machine::Payment;
use engine::error::EngineError;
use engine::project::each_state;
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
    each_state::<Chargeback, EngineError>(&**store, cut, |stream, state| {
        rows.extend(horizon.chargeback(stream, state));
        Ok(())
    })
    .await?;
    for shown in vault(app, Arc::clone(store))?.links().await? {
        if let Some(fault) = &shown.fault {
            app.remark(fault);
        }
        rows.extend(token(&shown).and_then(|token| horizon.token(token)));
    }
    sort(&mut rows);
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
