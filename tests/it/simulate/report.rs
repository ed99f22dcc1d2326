//! A report file from the message that it is ready to the books: received, proven, fetched for by its name, and nothing polled.

use super::Month;
use crate::bin::{Desk, list, text};
use crate::process::Process;
use crate::queue::until;

const SELLER: &str = "1122334455";
const PASSWORD: &str = "a-password-of-reports";

/// Topic and verdict of every notification.
fn told(desk: &Desk) -> Vec<(String, String)> {
    let rows = desk.json(&["inbox", "list"]);
    let notices = list(&rows, "deliveries").iter().filter(|row| text(row, "kind") == "notification");
    notices.map(|row| (text(row, "topic").to_owned(), text(row, "verdict").to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_fetched_when_its_message_comes() {
    let month = Month::of(11, 60).await;
    let desk = Desk::new();
    desk.write("password", PASSWORD);
    let config = format!(
        "[client]\nbase = '{}'\n[sellers.{SELLER}]\nsite = 'MLA'\nhooks.report_password = 'file:password'\n",
        month.running.base()
    );
    desk.write("shop.toml", config);
    let variables = [("CONCILIAR_CONFIG", "shop.toml"), ("CONCILIAR_TOKEN", &*month.credentials.token)];
    let args = ["serve", "--embedded", "--listen", "127.0.0.1:0"];
    let mut served = Process::start(&desk, "serve", &args, &variables);
    until("it is ready", || served.get("/readyz").starts_with("HTTP/1.1 200").then_some(()));
    let address = served.address();
    let hook = |password: &str| {
        format!(r#"{{"url":"http://{address}/hooks/{SELLER}","report_password":"{password}"}}"#)
    };
    let (forged, proven) = (hook("another-password"), hook(PASSWORD));

    month.put("/admin/webhooks", &forged).await;
    month.report("settlement").await;
    month.post("/admin/settle", r#"{"all":true}"#).await;
    assert_eq!(told(&desk), [], "whoever does not know the password tells nothing");

    month.put("/admin/webhooks", &proven).await;
    let files = [month.report("settlement").await, month.report("release").await];
    month.post("/admin/settle", r#"{"all":true}"#).await;
    until("both are fetched for", || {
        let told = told(&desk);
        let is_open = told.len() < 2 || told.iter().any(|(_, verdict)| verdict == "needs_fetch");
        (!is_open).then_some(())
    });
    served.stop();
    let unchanged = ("report".to_owned(), "unchanged".to_owned());
    assert_eq!(told(&desk), [unchanged.clone(), unchanged], "a file has no facts of its own: its rows have");
    let rows = desk.json(&["inbox", "list"]);
    let of_kind =
        |kind: &str| list(&rows, "deliveries").iter().filter(|row| text(row, "kind") == kind).count();
    assert_eq!((of_kind("file"), of_kind("row")), (1, files[1].lines().count() - 1));
}
