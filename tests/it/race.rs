//! Two processes at once about one payment: one of them wins, and the other is told why it did not.

use std::process::{Output, Stdio};
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::bin::{Desk, cents};
use crate::crashes::provider::{Begins, Provider};
use crate::schema::Schema;

const SELLER: &str = "1122334455";
const ROUNDS: usize = 3;
/// A second person is needed above 100.00.
const CONFIG: &str = "[client]\nretries = 0\n[sellers.1122334455]\nsite = 'MLA'\n\
    [approval]\nabove = { ARS = \"100.00\" }\n";

/// A shop whose program runs as processes of its own.
struct Shop {
    desk: Arc<Desk>,
    provider: Provider,
    variables: Vec<(String, String)>,
}

/// How a process ended.
struct Ended {
    code: Option<i32>,
    said: String,
}

impl Shop {
    async fn new(db: Option<String>) -> Self {
        let provider = Provider::start(1).await;
        let desk = Arc::new(Desk::new());
        desk.write("shop.toml", CONFIG);
        let own = [
            ("CONCILIAR_CONFIG", "shop.toml".to_owned()),
            ("CONCILIAR_TOKEN", provider.token().to_owned()),
            ("CONCILIAR__CLIENT__BASE", provider.running.base()),
        ];
        let variables = own.into_iter().chain(db.map(|url| ("CONCILIAR_DB", url)));
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).collect();
        let shop = Self { desk, provider, variables };
        shop.done(&["migrate"]).await;
        shop
    }

    /// A payment that the program knows.
    async fn paid(&mut self, amount_minor: i64) -> String {
        let payment = self.provider.pay(Begins::Paid, amount_minor).await;
        self.tell(payment).await;
        payment.to_string()
    }

    async fn tell(&self, payment: u64) {
        let body = String::from_utf8(self.provider.read(payment).await).expect("JSON is text");
        let told = format!(
            r#"{{"kind":"resource","channel":"poll","seller":"{SELLER}","site":"MLA","topic":"payment","received_at":"{}","body":{body}}}"#,
            self.provider.now().to_rfc3339()
        );
        self.desk.write("told.ndjson", told);
        self.done(&["ingest", "told.ndjson"]).await;
    }

    /// Starts a process; it ends in its own time.
    async fn start(&self, args: &[&str]) -> Ended {
        // The clock of the simulator stands at its first instant but for its changes.
        let args = [&["--at", "2026-10-01T04:00:00Z"], args].concat();
        let mut command = self.desk.command(&args);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("the built binary starts");
        let ended = spawn_blocking(|| child.wait_with_output()).await.expect("a thread that waits");
        let Output { status, stdout, stderr } = ended.expect("the program ends");
        let said = [stdout, stderr].map(|said| String::from_utf8(said).expect("the program prints UTF-8"));
        Ended { code: status.code(), said: said.concat() }
    }

    async fn done(&self, args: &[&str]) {
        let ended = self.start(args).await;
        assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.said);
    }

    /// Two processes at once; what the winner and the loser said.
    async fn race(&self, one: &[&str], two: &[&str]) -> (String, String) {
        let (one, two) = tokio::join!(self.start(one), self.start(two));
        match (one.code, two.code) {
            (Some(0), Some(1)) => (one.said, two.said),
            (Some(1), Some(0)) => (two.said, one.said),
            codes => panic!("one wins and one is refused, not {codes:?}: {}\n{}", one.said, two.said),
        }
    }

    /// The refunds that the provider has of a payment.
    async fn refunds(&self, payment: &str) -> Vec<String> {
        let kept = self.provider.kept().await;
        let kept = kept.into_iter().find(|kept| kept.payment.to_string() == payment).expect("it is there");
        kept.refunds.into_iter().map(|given| given.amount).collect()
    }
}

/// An order of a refund, under a key and in a name.
fn refund<'a>(payment: &'a str, amount: &'a str, key: &'a str, actor: &'a str) -> Vec<&'a str> {
    vec![
        "refund", payment, "--amount", amount, "--key", key, "--actor", actor, "--reason", "returned",
        "--yes", "--send",
    ]
}

async fn two_refunds_of_the_last_amount(db: Option<String>) {
    let mut shop = Shop::new(db).await;
    for round in 0..ROUNDS {
        let payment = shop.paid(6_000).await;
        let before = refund(&payment, "25.00", "before", "ana");
        shop.done(&before).await;
        let (one, two) = (refund(&payment, "35.00", "one", "ana"), refund(&payment, "35.00", "two", "bruno"));
        let (_, told) = shop.race(&one, &two).await;
        let is_clear = told.contains("35.00 ARS was asked for, but nothing remains to be refunded")
            || told.contains("only an approved payment can be refunded; this one is refunded");
        assert!(is_clear, "round {round}: {told}");
        assert_eq!(shop.refunds(&payment).await, ["25.00", "35.00"], "round {round}");
    }
    assert_eq!(shop.provider.kept().await.iter().map(|kept| cents(&kept.refunded)).sum::<i64>(), 6_000 * 3);
}

async fn two_people_approve_one_order(db: Option<String>) {
    let mut shop = Shop::new(db).await;
    for round in 0..ROUNDS {
        let payment = shop.paid(25_000).await;
        let mut ordered = refund(&payment, "250.00", "big", "ana");
        ordered.retain(|arg| *arg != "--send");
        shop.done(&ordered).await;
        let approve =
            |actor| vec!["approve", &payment, "--order", "big", "--actor", actor, "--yes", "--send"];
        let (_, told) = shop.race(&approve("bruno"), &approve("carla")).await;
        assert!(told.contains("big"), "round {round}: {told}");
        assert_eq!(shop.refunds(&payment).await, ["250.00"], "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_refunds_of_the_last_amount_one_is_refused_on_sqlite() {
    two_refunds_of_the_last_amount(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_refunds_of_the_last_amount_one_is_refused_on_postgresql() {
    let schema = Schema::new();
    two_refunds_of_the_last_amount(Some(schema.url())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_people_who_approve_one_order_one_is_told_on_sqlite() {
    two_people_approve_one_order(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_people_who_approve_one_order_one_is_told_on_postgresql() {
    let schema = Schema::new();
    two_people_approve_one_order(Some(schema.url())).await;
}
