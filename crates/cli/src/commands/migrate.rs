//! `conciliar migrate`: the store exists and its schema is this program's.

use crate::app::App;
use crate::exit::Exit;

pub async fn run(app: &App) -> anyhow::Result<Exit> {
    app.open().await?;
    app.remark(&format!("the store `{}` is up to date", app.db()));
    Ok(Exit::Done)
}
