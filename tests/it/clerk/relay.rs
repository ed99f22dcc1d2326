//! The relay sends what was ordered, and tells what became of each.

use serde_json::Value;

use super::counter::Counter;
use crate::bin::{list, text};

const REFUND: &str = "POST /v1/payments/{id}/refunds";

/// One order after the other, each tried once.
const ONE_BY_ONE: &str = "[relay]\norders_at_once = 1\n[client]\nretries = 0";

impl Counter {
    /// What the next call of a kind meets.
    #[track_caller]
    fn obstacle(&self, call: &str, meets: &str) {
        self.ask("POST", "/admin/obstacles", &format!(r#"{{"call":"{call}","meets":{meets}}}"#));
    }

    /// The rows that the relay prints, each as `order what amount became code`, and how it ended.
    #[track_caller]
    fn relayed(&self) -> (Vec<String>, i32, Value) {
        let ran = self.run("relay --provider --once --format json");
        let told: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err));
        let row = |row: &Value| {
            let word = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            ["order", "what", "amount", "became", "code"].map(word).join(" ")
        };
        (list(&told, "orders").iter().map(row).collect(), ran.code, told)
    }
}

#[test]
fn what_became_of_each_order_is_told_and_the_exit_code_with_it() {
    let counter = Counter::with(ONE_BY_ONE);
    let ids = ["a", "b", "c"].map(|key| {
        let id = counter.paid("100.00");
        counter.told(&format!("refund {id} --amount 30 --key {key} --actor ana --reason broken --yes"));
        id
    });
    counter.obstacle(REFUND, r#"{"refusal":{"code":2031}}"#);
    counter.obstacle(REFUND, r#""lost_after""#);
    let (rows, code, told) = counter.relayed();
    let expected = ["c refund 30.00 done -", "a refund 30.00 refused 2031", "b refund 30.00 waiting -"];
    assert_eq!((rows, code), (expected.map(str::to_owned).to_vec(), 3));
    let advice = "the seller has too little available money, wait for a release or add some";
    assert_eq!(text(&told["orders"][1], "why"), advice);
    let lost = "POST /v1/payments/{id}/refunds had no answer: ";
    assert!(text(&told["orders"][2], "why").starts_with(lost), "{told}");
    let place = ["thing", "id", "seller", "currency"].map(|key| text(&told["orders"][0], key));
    assert_eq!(place, ["payment", &ids[2], &counter.seller, "ARS"]);

    let (rows, code, _) = counter.relayed();
    assert_eq!((rows, code), (vec!["b refund 30.00 done -".to_owned()], 0), "it had been done");
    assert_eq!((counter.relayed().0, counter.relayed().1), (vec![], 0), "and nothing is told twice");
    assert_eq!(ids.each_ref().map(|id| counter.refunds(id).len()), [0, 1, 1]);
    counter.verify();
}

#[test]
fn what_only_waits_is_a_failure_that_the_next_run_ends() {
    let counter = Counter::with(ONE_BY_ONE);
    let id = counter.pending("100.00");
    counter.told(&format!("payment cancel {id} --key c --actor ana --reason late --yes"));
    counter.obstacle("PUT /v1/payments/{id}", r#""lost_before""#);
    let (rows, code, _) = counter.relayed();
    assert_eq!((rows, code), (vec!["c cancel - waiting -".to_owned()], 1));
    let table = counter.run("relay --provider --once");
    assert_eq!((table.code, table.err.as_str()), (0, "orders: 1 done, 0 refused, 0 waiting\n"));
    assert!(table.out.contains("done") && table.out.contains(&id), "{}", table.out);
    assert_eq!(counter.status(&id), "cancelled");
}

#[test]
fn one_run_prints_its_table_and_logs_no_order_beside_it() {
    let counter = Counter::with(ONE_BY_ONE);
    let ids = ["a", "b"].map(|key| {
        let id = counter.paid("100.00");
        counter.told(&format!("refund {id} --amount 30 --key {key} --actor ana --reason broken --yes"));
        id
    });
    counter.obstacle(REFUND, r#"{"refusal":{"code":2031}}"#);
    counter.obstacle(REFUND, r#""lost_before""#);
    let ran = counter.run("relay --provider --once");
    assert_eq!((ran.code, ran.err.as_str()), (3, "orders: 0 done, 1 refused, 1 waiting\n"));
    assert!(ids.iter().all(|id| ran.out.contains(id)), "{}", ran.out);
}

#[test]
fn letters_and_orders_go_beside_each_other() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    counter.told(&format!("refund {id} --amount 30 --actor ana --reason broken --yes"));
    let both = counter.run("relay --provider --to letters.ndjson --once");
    let mut told: Vec<_> = both.err.lines().collect();
    told.sort_unstable();
    assert_eq!(
        (both.code, told),
        (0, vec!["0 messages were handed over", "orders: 1 done, 0 refused, 0 waiting"])
    );
    counter.fails(
        "relay --provider --once --seller 5",
        2,
        "seller 5 is not configured; add it under [sellers]",
    );
}
