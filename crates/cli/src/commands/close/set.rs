//! The report set of a closed period: the same inputs write the same bytes.
//!
//! No file names the wall clock, a duration or what this run did; only what the books hold.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::sync_channel;

use anyhow::{Context, anyhow};
use ledger::account::Lang;
use reconcile::outcome::Outcome;
use report::html::{self, Charted, Page, Sample};
use report::journal::{EntryRow, hledger};
use report::listing::{Listing, csv, json};
use report::payments::PaymentRow;
use report::refunds::RefundRow;
use report::words::Word;
use report::{balances, reconciliation};
use store::read::Cut;
use store::store::Store;

use super::Period;
use crate::app::App;
use crate::commands::reconcile::summary;
use crate::gather::{self, Shown};

mod recurring;

/// Rows of a list that stand in the page; the files beside it hold all.
const IN_PAGE: usize = 500;
/// Breaks in the text file.
const IN_TEXT: usize = 10_000;
/// Entries on their way to the journal's writer.
const AHEAD: usize = 4_096;

/// Writes the set and returns the instants it names.
pub async fn write(
    app: &App,
    store: &dyn Store,
    out: &Path,
    period: Period,
    outcome: &Outcome,
) -> anyhow::Result<Shown> {
    std::fs::create_dir_all(out).with_context(|| format!("`{}` cannot be created", out.display()))?;
    // What is recorded while the parts are read is in none of them.
    let shown =
        gather::shown(store, Cut { as_of: Some(period.as_of), known_at: None }, app.clock.now()).await?;
    let cut = Cut { as_of: Some(period.as_of), known_at: Some(shown.known_at) };
    let held = gather::balances(store, cut, shown).await?;
    let found = summary(outcome);
    let payments = payments(store, cut, out).await?;
    let refunds = refunds(store, cut, out).await?;
    intents(store, cut, out).await?;
    let rejections = gather::rejections(store, cut, app.lang).await?;
    list(out, &rejections)?;
    list(out, &gather::statement(store, cut).await?)?;
    journal(app, store, cut, out, held.rows.clone()).await?;
    file(out, "balances.txt", |to| Ok(balances::write_text(&held, app.lang, to)?))?;
    file(out, "balances.json", |to| Ok(balances::write_json(&held, app.lang, to)?))?;
    file(out, "balances.csv", |to| Ok(balances::write_csv(&held, app.lang, to)?))?;
    file(out, "reconciliation.txt", |to| Ok(reconciliation::write_text(&found, IN_TEXT, app.lang, to)?))?;
    file(out, "reconciliation.json", |to| {
        serde_json::to_writer_pretty(&mut *to, outcome)?;
        Ok(writeln!(to)?)
    })?;
    file(out, "reconciliation.csv", |to| Ok(reconciliation::write_csv(&found, to)?))?;
    let inbox = gather::counts(store).await?;
    file(out, "inbox.json", |to| Ok(inbox.write_json(to)?))?;
    let page = Page {
        title: "Conciliar".to_owned(),
        sellers: sellers(&held.rows),
        period: (period.first, period.last),
        as_of: shown.as_of,
        known_at: shown.known_at,
        runs: vec![outcome.run_id.clone()],
        balances: held,
        proofs: found.proofs,
        breaks: found.breaks,
        inbox,
        listed: gather::listed(store).await?,
        rejections,
        charts: charts(outcome, app.lang),
        payments,
        refunds,
        recurring: recurring::write(app, store, cut, shown, out).await?,
        files: found.files,
        lang: app.lang,
    };
    file(out, "report.html", |to| Ok(html::write(&page, to)?))?;
    Ok(shown)
}

async fn payments(store: &dyn Store, cut: Cut, out: &Path) -> anyhow::Result<Sample<PaymentRow>> {
    let (mut as_csv, mut as_json) = (create(out, "payments.csv")?, create(out, "payments.json")?);
    let mut csv = csv::Rows::new::<PaymentRow>(&mut as_csv)?;
    let mut json = json::Rows::new(&mut as_json);
    let mut sample = Sample { rows: Vec::new(), total: 0 };
    gather::payments(store, cut, |row| {
        csv.push(&row)?;
        json.push(&row)?;
        keep(&mut sample, row);
        Ok(())
    })
    .await?;
    csv.finish()?;
    json.finish::<PaymentRow>()?;
    as_csv.flush()?;
    as_json.flush()?;
    Ok(sample)
}

async fn refunds(store: &dyn Store, cut: Cut, out: &Path) -> anyhow::Result<Sample<RefundRow>> {
    let (mut as_csv, mut as_json) = (create(out, "refunds.csv")?, create(out, "refunds.json")?);
    let mut csv = csv::Rows::new::<RefundRow>(&mut as_csv)?;
    let mut json = json::Rows::new(&mut as_json);
    let mut sample = Sample { rows: Vec::new(), total: 0 };
    gather::refunds(store, cut, |row| {
        csv.push(&row)?;
        json.push(&row)?;
        keep(&mut sample, row);
        Ok(())
    })
    .await?;
    csv.finish()?;
    json.finish::<RefundRow>()?;
    as_csv.flush()?;
    as_json.flush()?;
    Ok(sample)
}

async fn intents(store: &dyn Store, cut: Cut, out: &Path) -> anyhow::Result<()> {
    let mut as_csv = create(out, "intents.csv")?;
    let mut csv = csv::Rows::new::<report::intents::IntentRow>(&mut as_csv)?;
    gather::intents(store, cut, |row| Ok(csv.push(&row)?)).await?;
    csv.finish()?;
    Ok(as_csv.flush()?)
}

fn keep<R>(sample: &mut Sample<R>, row: R) {
    if sample.rows.len() < IN_PAGE {
        sample.rows.push(row);
    }
    sample.total += 1;
}

/// Writes a whole list as CSV and JSON.
fn list<R: Listing>(out: &Path, rows: &[R]) -> anyhow::Result<()> {
    file(out, &format!("{}.csv", R::NAME), |to| {
        let mut csv = csv::Rows::new::<R>(to)?;
        rows.iter().try_for_each(|row| csv.push(row))?;
        Ok(csv.finish()?)
    })?;
    file(out, &format!("{}.json", R::NAME), |to| {
        let mut json = json::Rows::new(to);
        rows.iter().try_for_each(|row| json.push(row))?;
        Ok(json.finish::<R>()?)
    })
}

/// Writes the journal as CSV and for hledger in one walk over the entries; the second writer has its own thread.
async fn journal(
    app: &App,
    store: &dyn Store,
    cut: Cut,
    out: &Path,
    balances: Vec<balances::BalanceRow>,
) -> anyhow::Result<()> {
    let mut plain = create(out, "journal.hledger")?;
    let mut table = create(out, "journal.csv")?;
    let lang = app.lang;
    let (to_plain, plain_rows) = sync_channel::<EntryRow>(AHEAD);
    let (to_table, table_rows) = sync_channel::<EntryRow>(AHEAD);
    let first = std::thread::spawn(move || -> std::io::Result<()> {
        hledger::write(plain_rows.into_iter(), &balances, &mut plain)?;
        plain.flush()
    });
    let second = std::thread::spawn(move || -> std::io::Result<()> {
        report::journal::write_csv(table_rows.into_iter(), lang, &mut table)?;
        table.flush()
    });
    let stopped = |_| anyhow!("the journal could not be written");
    let walked = gather::entries(store, cut, |entry| {
        let row = gather::entry_row(app, entry);
        to_plain.send(row.clone()).map_err(|_| stopped(()))?;
        to_table.send(row).map_err(|_| stopped(()))
    })
    .await;
    drop((to_plain, to_table));
    for writer in [first, second] {
        // The writers' own errors say more than the walk's.
        writer.join().map_err(|_| anyhow!("a writer of the journal panicked"))??;
    }
    walked
}

fn charts(outcome: &Outcome, lang: Lang) -> Vec<Charted> {
    let say = |word: Word| word.say(lang).to_owned();
    let chart = |line: &reconcile::outcome::BridgeLine| Charted {
        currency: line.currency,
        bridge: vec![
            (say(Word::Gross), line.gross_minor),
            (say(Word::Refunds), line.refunds_minor),
            (say(Word::Chargebacks), line.chargebacks_minor),
            (say(Word::Fees), line.fees_minor),
            (say(Word::Taxes), line.taxes_minor),
        ],
        daily_balance: if outcome.daily_currency == Some(line.currency) {
            outcome.daily_balance.clone()
        } else {
            Vec::new()
        },
    };
    outcome.bridge.lines.iter().map(chart).collect()
}

fn sellers(rows: &[balances::BalanceRow]) -> Vec<domain::text::Text> {
    let mut sellers: Vec<_> = rows.iter().map(|row| row.seller.clone()).collect();
    sellers.sort();
    sellers.dedup();
    sellers
}

fn create(out: &Path, name: &str) -> anyhow::Result<BufWriter<File>> {
    let path = out.join(name);
    let file = File::create(&path).with_context(|| format!("`{}` cannot be written", path.display()))?;
    Ok(BufWriter::with_capacity(1 << 18, file))
}

fn file(
    out: &Path,
    name: &str,
    write: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut to = create(out, name)?;
    write(&mut to).with_context(|| format!("`{name}` cannot be written"))?;
    Ok(to.flush()?)
}
