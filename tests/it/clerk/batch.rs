//! Refunds by a file.

use serde_json::Value;

use crate::bin::{Ran, list, text};
use crate::clerk::counter::{Counter, NOW};

/// Lines as `line payment amount stage`, with a mark for those that were there before.
#[track_caller]
fn lines(ran: &Ran) -> Vec<String> {
    let told: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    let line = |row: &Value| {
        let amount = row["amount"].as_str().unwrap_or("-");
        let again = if row["was_placed"] == true { " again" } else { "" };
        format!("{} {} {amount} {}{again}", row["line"], text(row, "payment"), text(row, "stage"))
    };
    list(&told, "lines").iter().map(line).collect()
}

/// The totals of the first currency: `orders amount repeated repeated_amount left`.
#[track_caller]
fn total(ran: &Ran) -> String {
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    let row = &list(&told, "totals")[0];
    let left = row["available_left"].as_str().unwrap_or("-");
    format!(
        "{} {} {} {} {left}",
        row["orders"],
        text(row, "amount"),
        row["repeated"],
        text(row, "repeated_amount")
    )
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn every_line_is_an_order_and_a_bad_one_costs_itself() {
    let counter = Counter::open();
    let (one, two) = (counter.paid("100.00"), counter.paid("50.00"));
    let file = format!(
        "payment;amount;reason;key\n{one};30.00;broken;\n{one};12,50;broken;\n{two};;;two-1\n999;1.00;;\n{one};70.01;;\n{one};70.00;;\n"
    );
    counter.desk.write("refunds.csv", &file);
    let line = "refund --batch refunds.csv --actor ana --reason recall --format json";
    let dry = counter.run(&format!("{line} --dry-run"));
    assert_eq!(dry.code, 3, "{}", dry.err);
    let told = [
        format!("2 {one} 30.00 open"),
        format!("3 {one} - not_ordered"),
        format!("4 {two} 50.00 open"),
        "5 999 - not_ordered".to_owned(),
        format!("6 {one} - not_ordered"),
        format!("7 {one} 70.00 open"),
    ];
    assert_eq!(lines(&dry), told);
    assert_eq!(total(&dry), "3 150.00 0 0.00 0.00");
    assert_eq!(counter.orders(""), [""; 0]);

    let ran = counter.run(&format!("{line} --yes"));
    assert_eq!((ran.code, lines(&ran)), (3, told.to_vec()), "{}", ran.err);
    let complaints: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("refunds.csv:")).collect();
    assert_eq!(
        complaints,
        [
            format!(
                "refunds.csv:3: payment {one}: column amount: `12,50` is not a decimal amount; one is 1500.00"
            ),
            "refunds.csv:5: payment 999: column payment: the payment is not known".to_owned(),
            format!(
                "refunds.csv:6: payment {one}: column amount: 70.01 ARS was asked for, but 70.00 ARS remains to be refunded"
            ),
        ]
    );
    let told = "correct what was refused and run the file again: what was ordered is not ordered twice\n";
    assert!(ran.err.ends_with(told), "{}", ran.err);
    let rows = counter.told("report orders");
    let reasons: Vec<_> = list(&rows, "orders").iter().map(|row| text(row, "reason")).collect();
    assert_eq!(reasons.iter().filter(|reason| **reason == "recall").count(), 2, "{rows}");
    assert_eq!(counter.run("relay --provider --once").code, 0);
    assert_eq!((counter.refunds(&one), counter.refunds(&two)), (strings(&["30", "70"]), strings(&["50"])));
    counter.verify();
}

#[test]
fn the_same_file_again_gives_nothing_back_twice() {
    let counter = Counter::open();
    let (one, two) = (counter.paid("100.00"), counter.paid("50.00"));
    let file = format!("\u{feff}amount,payment\r\n30.00,{one}\r\n,{one}\r\n,{two}\r\n");
    counter.desk.write("refunds.csv", &file);
    let line = "refund --batch refunds.csv --actor ana --reason recall --yes --send --format json";
    let first = counter.run(line);
    assert_eq!((first.code, total(&first)), (0, "3 150.00 0 0.00 0.00".to_owned()), "{}", first.err);
    assert_eq!(
        lines(&first),
        [format!("2 {one} 30.00 done"), format!("3 {one} 70.00 done"), format!("4 {two} 50.00 done")]
    );
    let again = counter.run(line);
    assert_eq!((again.code, total(&again)), (0, "0 0.00 3 150.00 0.00".to_owned()), "{}", again.err);
    // The same bytes from standard input are the same file.
    let piped = counter.run_at(NOW, &line.replace("refunds.csv", "-"), &file);
    assert_eq!((piped.code, total(&piped)), (0, "0 0.00 3 150.00 0.00".to_owned()), "{}", piped.err);
    assert_eq!((counter.refunds(&one).len(), counter.refunds(&two).len()), (2, 1));
    counter.verify();
}

#[test]
fn a_corrected_file_orders_what_was_corrected_and_nothing_twice() {
    let counter = Counter::open();
    let (one, two) = (counter.paid("100.00"), counter.paid("50.00"));
    let run = |at: &str, file: &str| {
        let line = "refund --batch - --actor ana --reason recall --yes --send --format json";
        counter.run_at(at, line, file)
    };
    let first = run(NOW, &format!("payment,amount\n{one},30\n{one},12,50\n{two},\n{one},999\n"));
    assert_eq!((first.code, total(&first)), (3, "2 80.00 0 0.00 0.00".to_owned()), "{}", first.err);
    // Corrected, in another order, after another separator, with other reasons and amounts written otherwise.
    let text = format!("\u{feff}reason;amount;payment\r\nlate;;{two}\r\n;12.50;{one}\r\n;30.00;{one}\r\n");
    let corrected = run(NOW, &text);
    let told = [
        format!("2 {two} 50.00 done again"),
        format!("3 {one} 12.50 done"),
        format!("4 {one} 30.00 done again"),
    ];
    assert_eq!((corrected.code, lines(&corrected)), (0, told.to_vec()), "{}", corrected.err);
    assert_eq!(total(&corrected), "1 12.50 2 80.00 0.00");
    // The same next month gives nothing more.
    let later = run("2026-11-01T15:00:00Z", &text);
    assert_eq!((later.code, total(&later)), (0, "0 0.00 3 92.50 0.00".to_owned()), "{}", later.err);
    assert_eq!(
        later.err,
        "lines that were ordered before: 3; nothing more is given back for them, and a `key` of its own makes a line another order\n"
    );
    let row: Value = serde_json::from_str(&later.out).expect("JSON");
    let row = &row["lines"][2];
    assert_eq!(text_of(row), (format!("file/{one}/30.00/1"), format!("ordered before at {NOW} by ana")));
    assert_eq!((counter.refunds(&one), counter.refunds(&two)), (strings(&["30", "12.5"]), strings(&["50"])));
    // With a key it is another order.
    let keyed = run(NOW, &format!("payment,amount,key\n{one},30.00,november\n"));
    assert_eq!((keyed.code, total(&keyed)), (0, "1 30.00 0 0.00 0.00".to_owned()), "{}", keyed.err);
    assert_eq!(counter.refunds(&one), ["30", "12.5", "30"]);
    counter.verify();
}

/// The name of the order of a line, and what is told of it.
fn text_of(row: &Value) -> (String, String) {
    (text(row, "order").to_owned(), text(row, "why").to_owned())
}

#[test]
fn equal_lines_of_one_file_are_orders_of_their_own_and_those_that_were_refused_take_no_name() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let run = |file: &str| {
        counter.run_at(NOW, "refund --batch - --actor ana --reason recall --yes --format json", file)
    };
    // The first of three is in another currency, and taken out afterwards.
    let head = "payment,amount,currency\n";
    let first = run(&format!("{head}{id},10.00,BRL\n{id},10.00,\n{id},10,ARS\n"));
    let told = [format!("2 {id} - not_ordered"), format!("3 {id} 10.00 open"), format!("4 {id} 10.00 open")];
    assert_eq!((first.code, lines(&first)), (3, told.to_vec()), "{}", first.err);
    let again = run(&format!("{head}{id},10.00,\n{id},10,ARS\n"));
    assert_eq!((again.code, total(&again)), (0, "0 0.00 2 20.00 0.00".to_owned()), "{}", again.err);
    let third = run(&format!("{head}{id},10.00,\n{id},10,ARS\n{id},10,\n"));
    assert_eq!((third.code, total(&third)), (0, "1 10.00 2 20.00 0.00".to_owned()), "{}", third.err);
}

#[test]
fn a_line_for_all_that_remains_is_no_second_order_when_more_remains_now() {
    let counter = Counter::with("[approval]\nabove = { ARS = \"30.00\" }");
    let id = counter.paid("100.00");
    counter.told(&format!("refund {id} --amount 40 --actor ana --reason broken --key part --yes"));
    let run = || {
        let file = format!("payment,amount\n{id},\n");
        counter.run_at(NOW, "refund --batch - --actor ana --reason recall --yes --format json", &file)
    };
    assert_eq!(lines(&run()), [format!("2 {id} 60.00 held")]);
    assert_eq!(lines(&run()), [format!("2 {id} 60.00 held again")]);
    counter.told(&format!("decline {id} --order part --actor eva --reason no"));
    let more = run();
    assert_eq!((more.code, lines(&more)), (3, vec![format!("2 {id} - not_ordered")]));
    let told = "column key: such a line was ordered before, of another amount than remains now; a key of its own makes this one another order\n";
    assert!(more.err.contains(told), "{}", more.err);
}

#[test]
fn what_is_held_is_not_believed_to_be_sent() {
    let counter = Counter::with("[approval]\nabove = { ARS = \"50.00\" }");
    let id = counter.paid("100.00");
    let file = format!("payment,amount\n{id},60.00\n");
    let line = "refund --batch - --actor ana --reason recall --yes";
    let sent = counter.run_at(NOW, &format!("{line} --send"), &file);
    assert_eq!(sent.code, 3, "{}", sent.err);
    let written = counter.run_at(NOW, line, &file);
    assert_eq!(written.code, 0, "{}", written.err);
}

#[test]
fn the_available_balance_is_spent_line_by_line() {
    let counter = Counter::open();
    let [one, two, three] = [(); 3].map(|()| counter.paid_from_account("100.00"));
    counter.released();
    // Three sales brought 95.93 each.
    let file = format!("payment,amount\n{one},90.00\n{two},\n{three},97.80\n{three},97.79\n");
    counter.desk.write("refunds.csv", &file);
    let line = "refund --batch refunds.csv --actor ana --reason recall --format json";
    let told = [
        format!("2 {one} 90.00 open"),
        format!("3 {two} 100.00 open"),
        format!("4 {three} - not_ordered"),
        format!("5 {three} 97.79 open"),
    ];
    for mode in ["--dry-run", "--yes"] {
        let ran = counter.run(&format!("{line} {mode}"));
        assert_eq!((ran.code, lines(&ran)), (3, told.to_vec()), "{mode}: {}", ran.err);
        assert_eq!(total(&ran), "3 287.79 0 0.00 0.00", "{mode}");
        let why = "column amount: 97.80 ARS was asked for, but 97.79 ARS is available in the account\n";
        assert!(ran.err.contains(why), "{mode}: {}", ran.err);
    }
    let left = counter.run(&format!("{line} --yes --despite-balance"));
    assert_eq!((left.code, total(&left)), (3, "0 0.00 3 287.79 -".to_owned()), "{}", left.err);
}

#[test]
fn a_file_whose_header_can_be_meant_otherwise_is_not_begun() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    counter.desk.write("refunds.csv", format!("payment,amout\n{id},1.00\n"));
    let line = "refund --batch refunds.csv --actor ana --reason recall --yes";
    counter.fails(line, 2, "`refunds.csv`: column `amout` is none of payment, amount, currency, reason, key");
    counter.desk.write("refunds.csv", format!("payment\n{id}\n"));
    counter.fails(
        line,
        2,
        "`refunds.csv` has no column `amount` (an empty cell of it means all that remains)",
    );
    counter.fails(&line.replace(" --yes", ""), 2, "nobody can be asked here");
    assert_eq!(counter.orders(""), [""; 0]);
}

#[test]
fn a_line_in_another_currency_than_its_payment_is_refused() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    counter.desk.write("refunds.csv", format!("payment,amount,currency\n{id},1.00,BRL\n{id},1.00,ARS\n"));
    let ran = counter.run("refund --batch refunds.csv --actor ana --reason recall --yes --format csv");
    assert_eq!(ran.code, 3, "{}", ran.err);
    let told = format!(
        "refunds.csv:2: payment {id}: column currency: the amount is in BRL, and the payment is in ARS\n"
    );
    assert!(ran.err.contains(&told), "{}", ran.err);
    assert!(
        ran.out.starts_with("line,payment,order,amount,currency,stage,was_placed,refund,column,why\r\n"),
        "{}",
        ran.out
    );
    assert_eq!(counter.orders(""), [format!("{id} refund 1.00 open")]);
}
