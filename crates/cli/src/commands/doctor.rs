//! `conciliar doctor`: checks what a run needs, and says what mends each fault.

use std::io::Write;

use crate::app::App;
use crate::exit::Exit;

pub async fn run(app: &App) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    // Reaching this line means that the configuration was read.
    writeln!(out, "ok    configuration: time zone {}", app.zone())?;
    let store = match app.read().await {
        Ok(store) => store,
        Err(error) => {
            writeln!(out, "FAIL  store: {error:#}")?;
            writeln!(out, "      try: conciliar migrate --db {}", app.db())?;
            return Ok(Exit::Failure);
        }
    };
    let head = store.head().await?;
    writeln!(out, "ok    store {}: {} events", app.db(), head.count)?;
    let counts = store.inbox_counts().await?;
    let open = counts.refused + counts.undecodable;
    if open == 0 {
        writeln!(out, "ok    inbox: nothing refused or undecodable")?;
        return Ok(Exit::Done);
    }
    writeln!(out, "note  inbox: {} refused, {} undecodable", counts.refused, counts.undecodable)?;
    writeln!(out, "      try: conciliar inbox list --verdict refused --db {}", app.db())?;
    Ok(Exit::Done)
}
