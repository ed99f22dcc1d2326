//! Stories in plain text: what the provider tells, and the facts, postings and balances that follow, step by step.
//!
//! A step starts with `>`; the indented lines below it are golden. `CONCILIAR_BLESS=1` writes them anew. Lines
//! that start with `#` are for the reader. Debits are positive and credits negative.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ledger::account::Lang;
use store::inbox::Verdict;
use store::read::{InboxFilter, StoredEntry, StoredEvent};

use crate::shop::Shop;

mod told;

/// The golden lines below one step.
const INDENT: &str = "    ";

#[tokio::test]
async fn every_story_goes_as_it_is_written() {
    let stories = stories();
    assert!(stories.len() >= 6, "only {} stories", stories.len());
    for path in stories {
        let written = std::fs::read_to_string(&path).expect("a story is text");
        let told = tell(&written).await;
        if std::env::var_os("CONCILIAR_BLESS").is_some() {
            std::fs::write(&path, told).expect("a story can be written");
        } else {
            assert_eq!(told, written, "{}: CONCILIAR_BLESS=1 writes it anew", path.display());
        }
    }
}

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    let entries = std::fs::read_dir(folder).expect("the folder of stories can be read");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a file of the folder can be read").path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths
}

/// Tells a story again: its own steps and remarks, with what really follows.
async fn tell(story: &str) -> String {
    let (shop, mut told) = (Shop::new(), String::new());
    for line in story.lines().filter(|line| !line.starts_with(INDENT)) {
        writeln!(told, "{line}").expect("text can be written to memory");
        if let Some(step) = line.strip_prefix("> ") {
            told += &take(&shop, step).await;
        }
    }
    told
}

/// Takes one step and renders all that changed, then every balance.
async fn take(shop: &Shop, step: &str) -> String {
    let (events, entries) = (shop.events().await.len(), shop.entries().await.len());
    shop.take(vec![told::item(step)]).await;
    let mut lines = String::new();
    lines += &verdict(shop).await;
    lines.extend(shop.events().await.iter().skip(events).map(fact));
    lines.extend(shop.entries().await.iter().skip(entries).map(posting));
    for balance in shop.balances().await {
        let (account, amount) = (balance.account, told::money(balance.balance_minor));
        lines += &format!("{INDENT}balance  {account} {:<40}  {amount:>10}\n", account.label(Lang::En));
    }
    lines
}

/// Said only when the step did not count.
async fn verdict(shop: &Shop) -> String {
    let filter = InboxFilter { limit: 1_000, ..InboxFilter::default() };
    let deliveries = shop.store.inbox_list(&filter).await.expect("the store can be read");
    let last = deliveries.last().expect("a step is a delivery");
    match &last.verdict {
        Verdict::Applied => String::new(),
        Verdict::Unchanged | Verdict::NeedsFetch => format!("{INDENT}verdict  {}\n", last.verdict.word()),
        Verdict::Refused { detail, .. } | Verdict::Undecodable { detail, .. } => {
            format!("{INDENT}verdict  {}: {detail}\n", last.verdict.word())
        }
    }
}

fn fact(event: &StoredEvent) -> String {
    let marked = event.payload.contains(r#""outside_rule":true"#);
    let remark = if marked { " (outside the provider's rules)" } else { "" };
    format!("{INDENT}fact     {} {}{remark}\n", event.stream.id(), event.name)
}

fn posting(entry: &StoredEntry) -> String {
    let mut lines = String::new();
    for line in &entry.lines {
        let (day, amount) = (entry.at.date_naive(), told::money(line.amount_minor));
        let label = line.account.label(Lang::En);
        lines += &format!("{INDENT}posting  {day}  {} {label:<40}  {amount:>10}\n", line.account);
    }
    lines
}
