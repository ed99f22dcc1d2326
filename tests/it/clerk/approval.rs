//! Orders that wait for a second person.

use crate::bin::text;
use crate::clerk::counter::Counter;

/// A counter where one person alone moves 50.00 at most.
fn strict() -> Counter {
    Counter::with("[approval]\nabove = { ARS = \"50.00\" }")
}

#[test]
fn what_is_above_the_limit_waits_for_another_person() {
    let counter = strict();
    let id = counter.paid("100.00");
    let line = format!("refund {id} --amount 50.01 --actor ana --reason broken --key r-1 --yes");
    let held = counter.run(&line);
    assert_eq!(held.code, 0, "{}", held.err);
    let told = format!(
        "a second person must approve it: `conciliar approve {id} --order r-1 --seller {} --actor NAME`\n",
        counter.seller
    );
    assert_eq!(held.err, told);
    // Whoever wants it sent must not believe that it was.
    let sent = counter.run(&format!("{line} --send"));
    assert_eq!(sent.code, 3, "{}", sent.err);
    assert_eq!(counter.run("relay --provider --once").code, 0);
    assert_eq!(
        (counter.refunds(&id).len(), counter.orders("--open")),
        (0, vec![format!("{id} refund 50.01 held")])
    );

    let told = "`ana` gave order `r-1`, and another person must approve it";
    counter.fails(&format!("approve {id} --actor ANA --yes"), 1, told);
    counter.fails(&format!("approve {id} --order r-2 --actor eva --yes"), 1, "has no order `r-2`");
    let dry = counter.told(&format!("approve {id} --actor eva --dry-run"));
    assert_eq!((text(&dry, "order"), text(&dry, "stage"), dry["is_written"] == false), ("r-1", "open", true));
    let approved = counter.told(&format!("approve {id} --actor eva --yes --send"));
    assert_eq!((text(&approved, "stage"), text(&approved, "approved_by")), ("done", "eva"));
    assert_eq!(text(&approved, "actor"), "ana");
    assert_eq!(counter.refunds(&id), ["50.01"]);
    counter.fails(
        &format!("approve {id} --actor eva --yes"),
        1,
        "no order of this payment waits for a second person",
    );
    let rows = counter.told("report orders");
    assert_eq!(text(&rows["orders"][0], "approved_by"), "eva");
    counter.verify();
}

#[test]
fn an_amount_in_parts_is_no_way_around_the_limit() {
    let counter = strict();
    let id = counter.paid("100.00");
    let part = |amount: &str| {
        let told = counter.told(&format!("refund {id} --amount {amount} --actor ana --reason broken --yes"));
        text(&told, "stage").to_owned()
    };
    assert_eq!([part("30"), part("20"), part("0.01")], ["open", "open", "held"]);
}

#[test]
fn what_is_declined_is_never_sent_and_takes_nothing() {
    let counter = strict();
    let id = counter.paid("100.00");
    for key in ["r-1", "r-2"] {
        let line = format!("refund {id} --amount 50.00 --actor ana --reason broken --key {key} --yes");
        counter.told(&line);
    }
    let line = format!("refund {id} --amount 60.00 --actor ana --reason broken --key r-3 --yes");
    counter.fails(&line, 1, "60.00 ARS was asked for, but nothing remains to be refunded");
    let declined = counter.told(&format!("decline {id} --actor eva --reason ask-first"));
    assert_eq!((text(&declined, "order"), text(&declined, "stage")), ("r-2", "declined"));
    let rows = counter.told("report orders --stage declined");
    let row = &rows["orders"][0];
    assert_eq!((text(row, "declined_by"), text(row, "declined_for")), ("eva", "ask-first"));
    let line = format!("refund {id} --amount 50.00 --actor ana --reason broken --key r-2 --yes");
    counter.fails(&line, 1, "eva declined it: ask-first");
    counter.fails(
        &format!("decline {id} --order r-2 --actor ida --reason no"),
        1,
        "does not wait for approval; it is declined",
    );
    counter.run("relay --provider --once");
    assert_eq!(counter.refunds(&id), ["50"]);
}

#[test]
fn of_several_that_wait_one_must_be_named() {
    let counter = strict();
    let id = counter.paid("200.00");
    for key in ["a", "b"] {
        counter.told(&format!("refund {id} --amount 60 --actor ana --reason broken --key {key} --yes"));
    }
    let told = "several orders of this payment wait for a second person: a, b; write --order NAME";
    counter.fails(&format!("approve {id} --actor eva --yes"), 2, told);
    assert_eq!(text(&counter.told(&format!("approve {id} --order b --actor eva --yes")), "order"), "b");
    assert_eq!(text(&counter.told(&format!("approve {id} --actor eva --yes")), "order"), "a");
}

#[test]
fn what_may_no_longer_be_done_is_not_approved() {
    let counter = strict();
    let id = counter.paid("100.00");
    counter.told(&format!("refund {id} --amount 60 --actor ana --reason broken --yes"));
    let late = counter.run_at("2027-04-01T00:00:00Z", &format!("approve {id} --actor eva --yes"), "");
    assert!(late.code == 1 && late.err.contains("the refund window closed at"), "{}", late.err);
    assert_eq!(counter.orders(""), [format!("{id} refund 60.00 held")]);
}

#[test]
fn a_reservation_above_the_limit_is_neither_captured_nor_let_go_by_one_person() {
    let counter = strict();
    let (one, other) = (counter.reserved("100.00"), counter.reserved("100.00"));
    let captured = counter.told(&format!("payment capture {one} --actor ana --reason shipped --yes"));
    let cancelled = counter.told(&format!("payment cancel {other} --actor ana --reason twice --yes"));
    assert_eq!((text(&captured, "stage"), text(&cancelled, "stage")), ("held", "held"));
    let pending = counter.pending("100.00");
    let told = counter.told(&format!("payment cancel {pending} --actor ana --reason twice --yes"));
    assert_eq!(text(&told, "stage"), "open", "what nobody paid is at nobody's expense");
}
