//! `conciliar inbox`: every delivery, its verdicts, and another try.

use std::io::Write;

use anyhow::bail;
use engine::ingest::Ingester;
use std::sync::Arc;
use store::inbox::{InboxKey, Verdict};
use store::read::{Delivery, InboxFilter};

use crate::app::App;
use crate::args::Format;
use crate::args::inbox::{Inbox, VerdictName};
use crate::exit::Exit;

pub async fn run(app: &App, verb: &Inbox) -> anyhow::Result<Exit> {
    match verb {
        Inbox::List { verdict, unclassified, limit, after } => {
            let verdict = verdict.map(|v| verdict_word(v).into());
            let (unclassified, after, limit) = (*unclassified, *after, *limit);
            list(app, InboxFilter { verdict, kind: None, unclassified, after, limit }).await
        }
        Inbox::Show { key } => show(app, key).await,
        Inbox::Retry { key } => retry(app, key).await,
    }
}

fn verdict_word(name: VerdictName) -> &'static str {
    match name {
        VerdictName::Applied => "applied",
        VerdictName::Unchanged => "unchanged",
        VerdictName::NeedsFetch => "needs_fetch",
        VerdictName::Refused => "refused",
        VerdictName::Undecodable => "undecodable",
    }
}

async fn list(app: &App, filter: InboxFilter) -> anyhow::Result<Exit> {
    if !matches!(app.format, Format::Text | Format::Json) {
        return app.no_such_format("inbox list", "text, json");
    }
    let store = app.read().await?;
    let rows = store.inbox_list(&filter).await?;
    let mut out = std::io::stdout().lock();
    if app.format == Format::Json {
        let rows: Vec<_> = rows.iter().map(json).collect();
        writeln!(out, "{:#}", serde_json::json!({ "deliveries": rows }))?;
        return Ok(Exit::Done);
    }
    for row in &rows {
        let (verdict, origin) = (row.verdict.word(), &row.origin);
        writeln!(out, "{:>8}  {verdict:<12} {:<14} {}  {origin}", row.arrival, row.topic, row.key)?;
        if let Some(detail) = detail(&row.verdict) {
            writeln!(out, "          {detail}")?;
        }
    }
    if rows.len() as u64 == filter.limit
        && let Some(last) = rows.last()
    {
        app.remark(&format!("there may be more: --after {}", last.arrival));
    }
    Ok(Exit::Done)
}

fn detail(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Refused { reason, detail } | Verdict::Undecodable { reason, detail } => {
            Some(format!("{reason}: {detail}"))
        }
        Verdict::Applied | Verdict::Unchanged | Verdict::NeedsFetch => None,
    }
}

fn json(row: &Delivery) -> serde_json::Value {
    serde_json::json!({
        "arrival": row.arrival,
        "key": &*row.key.0,
        "kind": &*row.kind,
        "topic": &*row.topic,
        "channel": &*row.channel,
        "seller": &*row.seller,
        "origin": &*row.origin,
        "received_at": report::listing::moment(row.received_at),
        "body_sha256": &*row.body_sha256,
        "verdict": row.verdict.word(),
        "detail": detail(&row.verdict),
        "attempts": row.attempts,
        "unclassified": row.unclassified,
    })
}

async fn show(app: &App, key: &str) -> anyhow::Result<Exit> {
    let store = app.read().await?;
    let key = InboxKey(key.into());
    let Some((delivery, attempts)) = store.inbox_show(&key).await? else {
        bail!("there is no delivery `{key}` in the inbox; `conciliar inbox list` shows them");
    };
    let body = store.inbox_body(&key).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:#}", json(&delivery))?;
    for attempt in attempts {
        let at = report::listing::moment(attempt.at);
        let detail = detail(&attempt.verdict).unwrap_or_default();
        writeln!(out, "{at}  {:<12} {detail}", attempt.verdict.word())?;
    }
    match body {
        Some(body) => {
            out.write_all(&body)?;
            writeln!(out)?;
        }
        None => writeln!(out, "(the body is not kept)")?,
    }
    Ok(Exit::Done)
}

async fn retry(app: &App, key: &str) -> anyhow::Result<Exit> {
    let store = app.open().await?;
    let ingester = Ingester::new(Arc::clone(&store), app.config.clone(), app.clock);
    let verdict = ingester.retry(&InboxKey(key.into())).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", verdict.word())?;
    if let Some(detail) = detail(&verdict) {
        writeln!(out, "{detail}")?;
    }
    Ok(Exit::Done)
}
