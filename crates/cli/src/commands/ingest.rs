//! `conciliar ingest`: files in, a verdict for every delivery.

use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use engine::files::{self, FileKind, FilesError, Reading, Source};
use engine::ingest::{Ingester, Tally};
use engine::item::Item;
use engine::look::Looked;
use store::store::Store;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::args;
use crate::exit::Exit;
use crate::progress;

mod publish;

/// Batches that wait for the store while the next one is read.
const AHEAD: usize = 2;

/// Where deliveries come from.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file.
    File(Source),
    /// Lines on standard input.
    Stdin,
}

pub async fn run(app: &App, ingest: &args::Ingest) -> anyhow::Result<Exit> {
    let inputs = ingest.files.iter().map(|path| input(path)).collect::<anyhow::Result<Vec<_>>>()?;
    if ingest.publish {
        return publish::run(app, inputs).await;
    }
    let store = app.open().await?;
    let tally = take(app, &store, inputs).await?;
    app.remark(&sentence(&tally));
    Ok(Exit::found(ingest.strict && tally.refused + tally.undecodable > 0))
}

fn input(path: &Path) -> anyhow::Result<Input> {
    let name = path.display().to_string();
    if name == "-" {
        return Ok(Input::Stdin);
    }
    let Some(kind) = files::kind_of(path) else {
        bail!(
            "`{name}` is no delivery file: name it .ndjson (lines), .json (one provider JSON) or .csv (report)"
        );
    };
    if !path.exists() {
        bail!("`{name}` does not exist");
    }
    Ok(Input::File(Source { kind, name, path: path.to_path_buf() }))
}

/// Takes all inputs in, reading and looking at the next batch while one is committed.
pub async fn take(app: &App, store: &Arc<dyn Store>, inputs: Vec<Input>) -> anyhow::Result<Tally> {
    let ingester = Ingester::new(Arc::clone(store), app.config.clone(), app.clock);
    let mut batches = Batches::read(app, inputs);
    let bar = progress::counter(app.quiet, "deliveries");
    let mut tally = Tally::default();
    while let Some(batch) = batches.next().await {
        ingester.take(&batch, &mut tally).await?;
        bar.set_position(tally.deliveries);
    }
    bar.finish_and_clear();
    batches.end().await?;
    Ok(tally)
}

/// Batches that a thread of its own reads and looks at.
struct Batches {
    receiver: mpsc::Receiver<Vec<(Item, Looked)>>,
    reader: JoinHandle<Result<(), FilesError>>,
}

impl Batches {
    fn read(app: &App, inputs: Vec<Input>) -> Self {
        let (sender, receiver) = mpsc::channel(AHEAD);
        let (config, reading) = (app.config.clone(), app.reading());
        let reader = tokio::task::spawn_blocking(move || {
            let mut batcher = Batcher { config, sender, items: Vec::new() };
            for input in inputs {
                read(&input, &reading, &mut batcher)?;
            }
            batcher.flush()
        });
        Self { receiver, reader }
    }

    /// The next batch; nothing at the end, whether or not reading failed.
    async fn next(&mut self) -> Option<Vec<(Item, Looked)>> {
        self.receiver.recv().await
    }

    /// Fails when a file could not be read.
    async fn end(self) -> anyhow::Result<()> {
        Ok(self.reader.await.context("the reader was stopped")??)
    }
}

fn read(input: &Input, reading: &Reading, batcher: &mut Batcher) -> Result<(), FilesError> {
    let mut sink = |item: Item| batcher.push(item);
    match input {
        Input::File(source) => files::read(source, reading, &mut sink),
        Input::Stdin => files::read_lines(io::stdin().lock(), "-", reading, &mut sink),
    }
}

/// Collects deliveries and looks at a batch when it is full.
struct Batcher {
    config: engine::config::Config,
    sender: mpsc::Sender<Vec<(Item, Looked)>>,
    items: Vec<Item>,
}

impl Batcher {
    fn push(&mut self, item: Item) -> Result<(), FilesError> {
        self.items.push(item);
        if self.items.len() >= self.config.ingest.batch { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), FilesError> {
        if self.items.is_empty() {
            return Ok(());
        }
        let looked = Ingester::look(&self.config, std::mem::take(&mut self.items));
        self.sender.blocking_send(looked).map_err(|_| FilesError::Stopped)
    }
}

/// Kinds of inputs in the order in which they are best taken: messages before the reports about them.
pub fn in_order(mut sources: Vec<Source>) -> Vec<Input> {
    sources.sort_by(|a, b| (a.kind == FileKind::Report, &a.name).cmp(&(b.kind == FileKind::Report, &b.name)));
    sources.into_iter().map(Input::File).collect()
}

/// The tally as a sentence.
pub fn sentence(tally: &Tally) -> String {
    let Tally { deliveries, duplicates, applied, unchanged, needs_fetch, refused, undecodable, events } =
        tally;
    if *deliveries > 0 && *duplicates == *deliveries {
        return format!("{deliveries} deliveries: every one is a duplicate, nothing was written");
    }
    format!(
        "{deliveries} deliveries: {applied} applied, {unchanged} unchanged, {needs_fetch} need a fetch, \
         {refused} refused, {undecodable} undecodable, {duplicates} duplicates; {events} facts written"
    )
}
