//! `conciliar doctor`: checks what a run needs, and says what mends each fault.

use std::io::Write;

use broker::address::Addresses;
use broker::check::check;
use store::commit::Commit;
use store::postgres::about::About;

use crate::app::App;
use crate::db::{Db, quoted};
use crate::exit::Exit;

pub async fn run(app: &App) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout();
    let addresses = app.broker_if_any()?;
    // Reaching this line means that the configuration was read.
    writeln!(out, "ok    configuration: time zone {}", app.zone())?;
    let has_store = store(app, &mut out).await?;
    let has_broker = match addresses {
        Some(addresses) => broker(app, &addresses, &mut out).await?,
        None => true,
    };
    Ok(if has_store && has_broker { Exit::Done } else { Exit::Failure })
}

/// Whether the store can be used.
async fn store(app: &App, out: &mut impl Write) -> anyhow::Result<bool> {
    let db = app.db()?;
    let store = match app.read().await {
        Ok(store) => store,
        Err(error) => {
            writeln!(out, "FAIL  store: {error:#}")?;
            writeln!(out, "      try: conciliar migrate {}", db.option())?;
            return Ok(false);
        }
    };
    if let Some(about) = app.about().await?
        && !postgres(app, &db, &about, out).await?
    {
        return Ok(false);
    }
    let count: u64 = store.heads().await?.iter().map(|head| head.count).sum();
    writeln!(out, "ok    store {db}: {count} events")?;
    let counts = store.inbox_counts().await?;
    if counts.refused + counts.undecodable == 0 {
        writeln!(out, "ok    inbox: nothing refused or undecodable")?;
    } else {
        writeln!(out, "note  inbox: {} refused, {} undecodable", counts.refused, counts.undecodable)?;
        for (count, verdict) in [(counts.refused, "refused"), (counts.undecodable, "undecodable")] {
            if count > 0 {
                writeln!(out, "      try: conciliar inbox list --verdict {verdict} {}", db.option())?;
            }
        }
    }
    Ok(true)
}

/// Whether the database can be written to.
async fn postgres(app: &App, db: &Db, about: &About, out: &mut impl Write) -> anyhow::Result<bool> {
    let About { server, schema, owner, role, missing } = about;
    writeln!(out, "ok    store: PostgreSQL {server}, schema version {schema}")?;
    if !missing.is_empty() {
        writeln!(out, "FAIL  store: its role {role} has no right to {}", missing.join("; "))?;
        let grants: Vec<_> = missing.iter().map(|right| format!("GRANT {right} TO {role};")).collect();
        let psql = db.psql(owner).expect("only a database has roles");
        writeln!(out, "      try: {psql} -c {}", quoted(&grants.join(" ")))?;
        return Ok(false);
    }
    if let Err(error) = write_nothing(app, db).await {
        writeln!(out, "FAIL  store: nothing can be written: {error:#}")?;
        return Ok(false);
    }
    writeln!(out, "ok    store: its role {role} may write")?;
    Ok(true)
}

/// Commits nothing. The store is there and its schema is current, so that opening it changes nothing either.
async fn write_nothing(app: &App, db: &Db) -> anyhow::Result<()> {
    let opened = db.open(&app.config.store).await?;
    let nothing = Commit {
        recorded_at: app.clock.now(),
        deliveries: Vec::new(),
        attempts: Vec::new(),
        events: Vec::new(),
        outbox: Vec::new(),
    };
    let committed = opened.store().commit(nothing).await;
    opened.close().await?;
    committed?;
    Ok(())
}

/// Whether the broker can be used.
async fn broker(app: &App, addresses: &Addresses, out: &mut impl Write) -> anyhow::Result<bool> {
    let findings = check(addresses, app.config.broker.topology()).await;
    for finding in &findings {
        let mark = if finding.ok { "ok  " } else { "FAIL" };
        writeln!(out, "{mark}  broker: {}", finding.what)?;
        if let Some(mend) = &finding.mend {
            writeln!(out, "      try: {mend}")?;
        }
    }
    Ok(findings.iter().all(|finding| finding.ok))
}
