//! The books after faults against those of one run without any, of the same files on SQLite.

use serde_json::Value;

use super::rig::Rig;
use crate::bin::{list, text};

const CLEAN: &str = "sqlite:clean.db";

impl Rig {
    /// Fails unless every delivery has one row and one verdict, nothing is left in a queue, the books equal those of a
    /// clean run and the history proves itself.
    pub fn prove(&self) {
        let faulty = self.servers.postgres.url();
        self.run_clean();
        let (told, clean) = (self.deliveries(&faulty), self.deliveries(CLEAN));
        assert_eq!(told.len(), self.sent(), "one row for each different delivery");
        assert!(told.iter().all(|delivery| delivery.attempts == 1), "one verdict for each row");
        let healthy = |delivery: &Delivery| ["applied", "unchanged"].contains(&&*delivery.verdict);
        assert!(told.iter().all(healthy), "no delivery is refused: {:?}", told.iter().find(|d| !healthy(d)));
        let keys = |deliveries: &[Delivery]| deliveries.iter().map(|d| d.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&told), keys(&clean));
        for report in ["balances", "payments", "refunds"] {
            let [ours, theirs] = [&faulty, CLEAN].map(|db| self.report(db, report));
            assert!(!list(&theirs, report).is_empty(), "the clean run has {report}");
            assert_eq!(list(&ours, report), list(&theirs, report), "{report}");
        }
        let verified = self.desk.run(&["replay", "--verify", "--db", &faulty]);
        assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
        assert_eq!(self.queued("messages"), 0, "nothing is queued, nothing is parked");
    }

    /// The same, and every delivery has the verdict of the clean run: the order of each stream held.
    pub fn prove_in_order(&self) {
        self.prove();
        assert_eq!(self.deliveries(&self.servers.postgres.url()), self.deliveries(CLEAN));
    }

    fn run_clean(&self) {
        let files = self.files();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        self.desk.done(&[&["ingest", "--db", CLEAN][..], &files].concat());
    }

    fn report(&self, db: &str, name: &str) -> Value {
        self.desk.json(&["report", name, "--db", db])
    }

    /// Every row of the inbox, by key.
    fn deliveries(&self, db: &str) -> Vec<Delivery> {
        let listed = self.desk.json(&["inbox", "list", "--limit", "1000000", "--db", db]);
        let mut rows: Vec<Delivery> = list(&listed, "deliveries").iter().map(Delivery::read).collect();
        rows.sort();
        rows
    }
}

/// A row of the inbox.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Delivery {
    key: String,
    verdict: String,
    attempts: u64,
}

impl Delivery {
    fn read(row: &Value) -> Self {
        let attempts = row["attempts"].as_u64().expect("attempts are counted");
        Self { key: text(row, "key").to_owned(), verdict: text(row, "verdict").to_owned(), attempts }
    }
}
