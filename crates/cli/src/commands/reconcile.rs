//! `conciliar reconcile`: the books against report files, or subscriptions against their payments, printed; nothing is
//! written.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, bail};
use domain::machine::Instant;
use domain::report_line::ReportKind;
use engine::files::{FileKind, Source, open_report};
use engine::look::chain;
use reconcile::outcome::{Break, Outcome, ProofLine};
use reconcile::run::{Books, Reconciliation, Settings};
use report::reconciliation::{self, BreakRow, FileRow, ProofRow, Summary};
use store::read::Cut;
use store::store::Store;

use crate::app::App;
use crate::args::Format;
use crate::args::reconcile::{Reconcile, ReconcileKind};
use crate::exit::{Exit, Usage};
use crate::gather;
use crate::progress;

mod subscriptions;

/// Version of the matching rules; part of a run's id.
const RULES: u32 = 1;
/// Breaks printed as a table.
const TABLE: usize = 200;

/// What a comparison covers.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Business time of the books.
    pub as_of: Instant,
    /// First instant of the period.
    pub from: Option<Instant>,
    /// Last instant of the period.
    pub to: Option<Instant>,
}

pub async fn run(app: &App, args: &Reconcile) -> anyhow::Result<Exit> {
    match args.kind {
        ReconcileKind::Settlement => files(app, args, ReportKind::Settlement).await,
        ReconcileKind::Release => files(app, args, ReportKind::Release).await,
        ReconcileKind::Subscriptions => subscriptions::run(app, args).await,
    }
}

async fn files(app: &App, args: &Reconcile, wanted: ReportKind) -> anyhow::Result<Exit> {
    if args.from.is_some() || args.to.is_some() {
        return Err(Usage("--from and --to are of `reconcile subscriptions`".to_owned()).into());
    }
    let store = app.read().await?;
    let as_of = app.moment(args.as_of.as_deref())?.unwrap_or_else(|| app.clock.now());
    let sources: Vec<Source> = args.files.iter().map(|path| source(path)).collect();
    let books = books(&*store, as_of).await?;
    let scope = Scope { as_of, from: None, to: None };
    let outcome = compare(app, &books, &sources, scope, Some(wanted))?;
    let mut out = BufWriter::new(io::stdout());
    match app.format {
        Format::Json => serde_json::to_writer_pretty(&mut out, &outcome)?,
        Format::Csv => reconciliation::write_csv(&summary(&outcome), &mut out)?,
        Format::Text => reconciliation::write_text(&summary(&outcome), TABLE, app.lang, &mut out)?,
        Format::Html | Format::Hledger => return app.no_such_format("reconcile", "text, json, csv"),
    }
    writeln!(out)?;
    out.flush()?;
    Ok(Exit::found(!outcome.is_clean()))
}

fn source(path: &Path) -> Source {
    Source { kind: FileKind::Report, name: path.display().to_string(), path: path.to_path_buf() }
}

/// The books at an instant, for matching.
pub async fn books(store: &dyn Store, as_of: Instant) -> anyhow::Result<Books> {
    let cut = Cut { as_of: Some(as_of), known_at: None };
    let payments = gather::books(store, cut).await?;
    let balances = store.balances(cut).await?;
    let balances = balances.into_iter().map(|b| (b.account, b.currency, b.balance_minor)).collect();
    Ok(Books { payments, balances })
}

/// Compares the books with report files.
pub fn compare(
    app: &App,
    books: &Books,
    sources: &[Source],
    scope: Scope,
    wanted: Option<ReportKind>,
) -> anyhow::Result<Outcome> {
    let Scope { as_of, from, to } = scope;
    let settings = Settings { as_of, from, to, time_zone: app.zone(), rules: RULES };
    let mut run = Reconciliation::start(settings, books);
    let reading = app.reading();
    let bar = progress::counter(app.quiet, "report rows");
    for source in sources {
        let name = &source.name;
        let report = match open_report(source, &reading)? {
            Ok(report) => report,
            // The folder's other files go on; ingest gave this one its verdict.
            Err(error) if wanted.is_none() => {
                app.remark(&format!("{name} is left out of the comparison: {}", chain(&error)));
                continue;
            }
            Err(error) => return Err(error).with_context(|| format!("`{name}` cannot be compared")),
        };
        let kind = report.kind();
        if wanted.is_some_and(|wanted| wanted != kind) {
            let kind = word(kind);
            bail!("`{name}` is a {kind} report; give it to `conciliar reconcile {kind}`");
        }
        run.file(name, &source.sha256()?, kind);
        let mut proof = report.proof();
        for row in report.rows() {
            bar.inc(1);
            match &row.outcome {
                Ok(line) => {
                    proof.feed(line);
                    run.line(line);
                }
                Err(error) => {
                    proof.feed_bad();
                    run.bad_row(row.line, &chain(error));
                }
            }
        }
        run.file_proof(proof.finish());
    }
    bar.finish_and_clear();
    Ok(run.finish())
}

fn word(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Settlement => "settlement",
        ReportKind::Release => "release",
    }
}

/// The outcome as rows of the report.
pub fn summary(outcome: &Outcome) -> Summary {
    Summary {
        run_id: outcome.run_id.clone(),
        rows: outcome.rows,
        matched: outcome.matched,
        breaks: outcome.breaks.iter().map(break_row).collect(),
        proofs: outcome.proofs.iter().map(proof_row).collect(),
        files: outcome
            .files
            .iter()
            .map(|f| FileRow {
                name: f.name.clone(),
                sha256: f.sha256.clone(),
                kind: word(f.kind).into(),
                rows: f.rows,
                bad_rows: f.bad_rows,
            })
            .collect(),
    }
}

fn proof_row(proof: &ProofLine) -> ProofRow {
    ProofRow {
        name: proof.name.as_str().into(),
        expected_minor: proof.expected_minor,
        actual_minor: proof.actual_minor,
        currency: proof.currency,
        holds: proof.holds(),
    }
}

fn break_row(found: &Break) -> BreakRow {
    let some = |text: &domain::text::Text| (!text.is_empty()).then(|| text.clone());
    BreakRow {
        code: found.code.word().into(),
        severity: found.severity.word().into(),
        currency: Some(found.currency),
        internal_minor: found.internal_minor,
        external_minor: found.external_minor,
        delta_minor: Some(found.delta_minor),
        reference: some(&found.reference),
        source_id: some(&found.source_id),
        file: found.file.clone(),
        line: found.line,
        age: found.age_bucket.into(),
        explanation: found.explanation.clone(),
    }
}
