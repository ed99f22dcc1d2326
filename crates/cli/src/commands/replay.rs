//! `conciliar replay`: the whole history again, or one stream; with `--verify` compared with what is stored.

use std::io::Write;

use anyhow::{anyhow, bail};
use domain::machine::Instant;
use domain::stream::{StreamId, StreamKind};
use engine::replay::replay;
use engine::verify::verify;
use store::store::Store;

use crate::app::App;
use crate::args::{Format, Replay};
use crate::exit::Exit;
use crate::progress;

pub async fn run(app: &App, args: &Replay) -> anyhow::Result<Exit> {
    if !matches!(app.format, Format::Text | Format::Json) {
        return app.no_such_format("replay", "text, json");
    }
    let store = app.read().await?;
    let as_of = app.moment(args.as_of.as_deref())?;
    match &args.stream {
        _ if args.verify => verified(app, &*store).await,
        Some(stream) => history(app, &*store, stream, as_of).await,
        None => replayed(app, &*store, as_of).await,
    }
}

async fn verified(app: &App, store: &dyn Store) -> anyhow::Result<Exit> {
    // A head that cannot be read is a finding of the verification, which looks for itself.
    let end = store.heads().await.map_or(0, |heads| heads.iter().map(|head| head.count).sum());
    let bar = progress::bar(app.quiet, "verifying", end);
    let verified = verify(store, &app.config.policies(), |position| bar.set_position(position)).await?;
    bar.finish_and_clear();
    let mut out = std::io::stdout().lock();
    if app.format == Format::Json {
        serde_json::to_writer_pretty(&mut out, &verified)?;
        writeln!(out)?;
    } else {
        for d in &verified.differences {
            let at = d.position.map_or(String::new(), |position| format!(" at position {position}"));
            writeln!(out, "{}{at}: {}: {}", d.what, d.subject, d.detail)?;
        }
        let engine::verify::Verified { events, streams, entries, differences } = &verified;
        let count = differences.len();
        writeln!(out, "{events} events, {streams} streams, {entries} entries: {count} differences")?;
    }
    Ok(Exit::found(!verified.differences.is_empty()))
}

async fn replayed(app: &App, store: &dyn Store, as_of: Option<Instant>) -> anyhow::Result<Exit> {
    let end = store.heads().await?.iter().map(|head| head.count).sum();
    let bar = progress::bar(app.quiet, "replaying", end);
    let replayed = replay(store, as_of, |position| bar.set_position(position)).await?;
    bar.finish_and_clear();
    let by_kind = StreamKind::ALL.iter().zip(replayed.by_kind);
    let mut out = std::io::stdout().lock();
    if app.format == Format::Json {
        let kinds: std::collections::BTreeMap<_, _> = by_kind.map(|(k, n)| (k.name(), n)).collect();
        let json = serde_json::json!({ "events": replayed.events, "by_kind": kinds });
        writeln!(out, "{json:#}")?;
    } else {
        for (kind, events) in by_kind {
            writeln!(out, "{:<12} {events:>12}", kind.name())?;
        }
        writeln!(out, "{:<12} {:>12}", "all", replayed.events)?;
    }
    Ok(Exit::Done)
}

async fn history(app: &App, store: &dyn Store, name: &str, as_of: Option<Instant>) -> anyhow::Result<Exit> {
    let unknown =
        || anyhow!("`{name}` is no stream; write kind/seller/id, such as payment/1122334455/129000000009");
    let (kind, key) = name.split_once('/').ok_or_else(unknown)?;
    let kind = StreamKind::from_name(kind).ok_or_else(unknown)?;
    let stream = StreamId::from_stored(kind, key).ok_or_else(unknown)?;
    let mut loaded = store.load(std::slice::from_ref(&stream), &[]).await?;
    let Some(events) = loaded.histories.remove(&stream) else { bail!("nothing is known of {stream}") };
    let mut out = std::io::stdout().lock();
    for event in events.iter().filter(|event| as_of.is_none_or(|as_of| event.occurred_at <= as_of)) {
        let at = report::listing::moment(event.occurred_at);
        if app.format == Format::Json {
            let (sequence, position) = (event.sequence, event.position);
            let head = serde_json::json!({ "sequence": sequence, "position": position, "at": at, "event": &*event.name });
            let head = head.to_string();
            let head = head.strip_suffix('}').expect("a JSON object ends with a brace");
            writeln!(out, "{head},\"payload\":{}}}", event.payload)?;
        } else {
            writeln!(out, "{:>3}  {at}  {:<28} {}", event.sequence, event.name, event.payload)?;
        }
    }
    Ok(Exit::Done)
}
