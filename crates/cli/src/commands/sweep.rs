//! `conciliar sweep`: what the clock alone makes due.

use engine::sweep::sweep;

use crate::app::App;
use crate::exit::Exit;

pub async fn run(app: &App) -> anyhow::Result<Exit> {
    let store = app.open().await?;
    let presumed = sweep(&store, &app.config, app.clock, app.clock.now()).await?;
    app.remark(&format!("{presumed} unconfirmed payments are presumed expired"));
    Ok(Exit::Done)
}
