//! A store that fails while orders are written: what was written is told, and nothing is ordered twice afterwards.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::runtime::Runtime;

use super::counter::Counter;
use crate::bin::text;

impl Counter {
    /// Does something to the file of the store behind the program's back.
    #[track_caller]
    fn meddle(&self, statement: String) {
        let options = SqliteConnectOptions::new().filename(self.desk.path("conciliar.db"));
        let done = async {
            let mut file = options.connect().await?;
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut file).await?;
            file.close().await
        };
        Runtime::new().expect("a runtime").block_on(done).expect("the statement fits the store");
    }

    /// From now on no order about a payment can be written.
    #[track_caller]
    fn jam(&self, payment: &str) {
        self.meddle(format!(
            "CREATE TRIGGER jam BEFORE INSERT ON outbox WHEN new.stream LIKE '%{payment}%' \
             BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        ));
    }
}

#[test]
fn a_file_that_was_not_worked_to_its_end_tells_what_was_ordered_and_goes_on() {
    let counter = Counter::open();
    let [one, two, three] = [(); 3].map(|()| counter.paid("100.00"));
    counter.jam(&two);
    counter.desk.write("refunds.csv", format!("payment,amount\n{one},10\n{two},20\n{three},30\n"));
    let line = "refund --batch refunds.csv --actor ana --reason recall --yes --format csv";
    let ran = counter.run(line);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told = "error: `refunds.csv` was not worked to its end; the same file again goes on: line 3: ";
    assert!(ran.err.contains(told) && ran.err.contains("the disk is full"), "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().skip(1).collect();
    assert_eq!(lines, [format!("2,{one},file/{one}/10.00/1,10.00,ARS,open,false,,,")]);
    counter.meddle("DROP TRIGGER jam".to_owned());
    assert_eq!(counter.run(line).code, 0);
    let orders = [(&one, "10.00"), (&two, "20.00"), (&three, "30.00")];
    let mut told = counter.orders("");
    told.sort_unstable();
    assert_eq!(told, orders.map(|(id, amount)| format!("{id} refund {amount} open")));
    counter.verify();
}

#[test]
fn an_order_that_may_be_written_is_told_by_its_name() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    counter.jam(&id);
    let line = format!("refund {id} --amount 10 --actor ana --reason broken --yes");
    let ran = counter.fails(&line, 1, "the disk is full; `conciliar report orders` tells");
    let name = ran.err.split('`').nth(1).unwrap_or_default().to_owned();
    assert!(ran.err.contains(&format!("whether order `{name}` was written is not known")), "{}", ran.err);
    counter.meddle("DROP TRIGGER jam".to_owned());
    let named = format!("{line} --key {name}");
    assert_eq!(text(&counter.told(&named), "order"), name);
    assert_eq!(counter.told(&named)["was_placed"], true);
    assert_eq!(counter.orders(""), [format!("{id} refund 10.00 open")]);
}
