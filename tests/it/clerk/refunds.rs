//! Refunds of one payment.

use serde_json::json;

use crate::bin::{keys, text};
use crate::clerk::counter::{Counter, NOW};

/// The keys of an order as JSON.
const SHAPE: [&str; 23] = [
    "actor",
    "advice",
    "amount",
    "approved_by",
    "asked_at",
    "available",
    "code",
    "currency",
    "gross",
    "is_whole",
    "is_written",
    "order",
    "payment",
    "reason",
    "refund",
    "remaining",
    "seller",
    "sends",
    "stage",
    "until",
    "was_placed",
    "why",
    "wish",
];

#[test]
fn a_whole_payment_is_given_back_at_once() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let told = counter.told(&format!("refund {id} --actor ana --reason broken --yes --send"));
    assert_eq!(keys(&told), SHAPE);
    assert_eq!(
        (text(&told, "wish"), text(&told, "amount"), text(&told, "currency")),
        ("refund", "100.00", "ARS")
    );
    assert_eq!((text(&told, "stage"), text(&told, "remaining")), ("done", "0.00"));
    assert_eq!((text(&told, "actor"), text(&told, "reason")), ("ana", "broken"));
    assert_eq!(told["is_whole"], true);
    // 180 days after its approval.
    assert_eq!(text(&told, "until"), "2027-03-30T15:00:00.001Z");
    assert_eq!(counter.refunds(&id), ["100"]);
    assert_eq!(counter.status(&id), "refunded");
    assert_eq!(counter.orders(""), [format!("{id} refund 100.00 done")]);
    let rows = counter.told("report orders");
    assert_eq!(text(&rows["orders"][0], "refund"), text(&told, "refund"));
    counter.verify();
}

#[test]
fn an_order_waits_for_the_relay_when_nobody_sends_it_at_once() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let line = format!("refund {id} --amount 30 --actor ana --reason broken --yes");
    let ran = counter.run(&line);
    assert_eq!((ran.code, ran.err.as_str()), (0, "`conciliar relay --provider` sends it\n"));
    assert_eq!(counter.refunds(&id), [""; 0]);
    assert_eq!(counter.orders("--open"), [format!("{id} refund 30.00 open")]);
    let relayed = counter.run("relay --provider --once");
    assert_eq!(relayed.code, 0, "{}", relayed.err);
    assert_eq!(counter.refunds(&id), ["30"]);
    assert_eq!(counter.orders("--open"), [""; 0]);
    assert_eq!(counter.orders("--stage done,refused"), [format!("{id} refund 30.00 done")]);
    counter.verify();
}

#[test]
fn parts_are_given_back_until_nothing_remains() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let refund = |amount: &str| format!("refund {id} {amount}--actor ana --reason broken --yes --send");
    assert_eq!(text(&counter.told(&refund("--amount 30.50 ")), "remaining"), "69.50");
    assert_eq!(text(&counter.told(&refund("--amount 30.50 --currency ARS ")), "remaining"), "39.00");
    counter.fails(
        &refund("--amount 39.01 "),
        1,
        "39.01 ARS was asked for, but 39.00 ARS remains to be refunded",
    );
    let rest = counter.told(&refund(""));
    assert_eq!((text(&rest, "amount"), text(&rest, "remaining")), ("39.00", "0.00"));
    assert_eq!(rest["is_whole"], false);
    // The payment was read once more after that, so the books know that it is refunded.
    counter.fails(
        &refund("--amount 1 "),
        1,
        "only an approved payment can be refunded; this one is refunded",
    );
    assert_eq!(counter.refunds(&id), ["30.5", "30.5", "39"]);
    counter.verify();
}

#[test]
fn a_refund_that_the_provider_did_not_give_is_told_as_refused_and_its_money_is_there_again() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let line = format!("refund {id} --amount 30 --actor ana --reason broken --key r --yes");
    counter.told(&line);
    let mut told = counter.told(&format!("payment get {id}"));
    told["refunds"] = json!([{
        "id": 1, "payment_id": told["id"], "amount": 30, "status": "rejected", "date_created": NOW,
        "metadata": {"conciliar_order": "r"},
    }]);
    counter.desk.write(&format!("{id}.json"), told.to_string());
    let taken = counter.run(&format!("ingest {id}.json"));
    assert_eq!(taken.code, 0, "{}", taken.err);
    assert_eq!(counter.orders("--stage refused"), [format!("{id} refund 30.00 refused")]);
    assert_eq!(text(&counter.told("report orders")["orders"][0], "code"), "refund_rejected");
    counter.fails(&line, 1, "the provider refused it: refund_rejected");
    let again = counter.told(&format!("refund {id} --amount 100 --actor ana --reason broken --yes"));
    assert_eq!(text(&again, "remaining"), "0.00");
    counter.verify();
}

#[test]
fn what_waits_to_be_sent_is_no_longer_there_for_others() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let refund = |amount: &str| format!("refund {id} --amount {amount} --actor ana --reason broken --yes");
    counter.told(&refund("80"));
    counter.fails(&refund("20.01"), 1, "20.01 ARS was asked for, but 20.00 ARS remains to be refunded");
    assert_eq!(text(&counter.told(&refund("20")), "remaining"), "0.00");
}

#[test]
fn a_dry_run_shows_what_would_be_sent_and_writes_nothing() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let line = format!("refund {id} --amount 30 --actor ana --reason broken --dry-run");
    let told = counter.told(&line);
    assert_eq!((text(&told, "amount"), text(&told, "remaining")), ("30.00", "70.00"));
    assert_eq!((told["order"].is_null(), told["is_written"] == false), (true, true), "{told}");
    assert_eq!(text(&told["sends"], "path"), format!("/v1/payments/{id}/refunds"));
    let body = r#"{"amount":30.00,"metadata":{"conciliar_order":"(new)"}}"#;
    let ran = counter.run(&line);
    assert!(ran.out.contains(body), "{}", ran.out);
    assert_eq!(ran.err, "nothing was written\n");
    assert_eq!(counter.orders(""), [""; 0]);
    counter.fails(&line.replace("30", "100.01"), 1, "100.00 ARS remains to be refunded");
}

#[test]
fn nothing_is_given_back_after_the_window() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let refund = |at: &str, day: &str| {
        counter.run_at(at, &format!("refund {id} --amount 1 --actor ana --reason {day} --yes"), "")
    };
    let last = refund("2027-03-30T15:00:00.001Z", "last");
    assert_eq!(last.code, 0, "{}", last.err);
    let late = refund("2027-03-30T15:00:00.002Z", "late");
    let told = "the refund window closed at 2027-03-30 15:00:00.001 UTC; the provider takes no refund of it any more";
    assert!(late.code == 1 && late.err.contains(told), "{}", late.err);
}

#[test]
fn released_money_is_given_back_only_while_there_is_enough() {
    let counter = Counter::open();
    let pending = counter.paid("100.00");
    let id = counter.paid_from_account("100.00");
    counter.released();
    let line = format!("refund {id} --actor ana --reason broken --yes");
    let told = "100.00 ARS was asked for, but 95.93 ARS is available in the account; wait for a release, add money to the account, or write --despite-balance";
    counter.fails(&line, 1, told);
    assert_eq!(counter.orders(""), [""; 0]);
    // Money that is still pending is given back from there.
    let whole = counter.told(&format!("refund {pending} --actor ana --reason broken --yes --send"));
    assert_eq!((text(&whole, "stage"), text(&whole, "available")), ("done", "95.93"));
    let part = counter.told(&format!("refund {id} --amount 50 --actor ana --reason broken --dry-run"));
    assert_eq!(text(&part, "stage"), "open");
    // The provider has the last word.
    let refused = counter.run(&format!("{line} --despite-balance --send --key all"));
    assert_eq!(refused.code, 1, "{}", refused.err);
    let told = "error: the provider refused it: 2031 (the seller has too little available money, wait for a release or add some)\n";
    assert_eq!(refused.err, told);
    let rows = counter.told("report orders --stage refused");
    assert_eq!(text(&rows["orders"][0], "code"), "2031");
    assert_eq!(counter.refunds(&id), [""; 0]);
    // What was refused may be asked for again.
    assert_eq!(
        text(
            &counter.told(&format!("refund {id} --amount 50 --actor ana --reason broken --yes --send")),
            "stage"
        ),
        "done"
    );
    counter.verify();
}

#[test]
fn an_order_of_one_key_is_one_order() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let line = format!("refund {id} --amount 30 --actor ana --reason broken --key return-1 --yes --send");
    let first = counter.told(&line);
    assert_eq!((text(&first, "order"), first["was_placed"] == false), ("return-1", true));
    let again = counter.run(&format!("{line} --format json"));
    assert_eq!(
        (again.code, again.err.as_str()),
        (0, "the order was placed before (return-1) and nothing was written\n")
    );
    let again: serde_json::Value = serde_json::from_str(&again.out).expect("JSON");
    assert_eq!((text(&again, "stage"), again["was_placed"] == true), ("done", true));
    assert_eq!(counter.refunds(&id), ["30"]);
    counter.fails(
        &line.replace("--amount 30", "--amount 31"),
        1,
        "`return-1` is the name of another order of this payment; give this one a --key of its own",
    );
}

#[test]
fn without_an_answer_the_order_waits_and_is_sent_once() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    counter.ask(
        "POST",
        "/admin/obstacles",
        r#"{"call":"POST /v1/payments/{id}/refunds","meets":"lost_after","times":9}"#,
    );
    let line = format!("refund {id} --amount 30 --actor ana --reason broken --key return-1 --yes --send");
    let lost = counter.run(&line);
    assert_eq!(lost.code, 1, "{}", lost.err);
    assert!(lost.err.contains("the same again with --key return-1 looks before it sends"), "{}", lost.err);
    counter.ask("DELETE", "/admin/obstacles", "");
    assert_eq!(text(&counter.told(&line), "stage"), "done");
    assert_eq!(counter.refunds(&id), ["30"]);
    counter.verify();
}

#[test]
fn nobody_is_asked_where_nobody_can_answer() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    let refused = counter.fails(
        &format!("refund {id} --actor ana --reason broken"),
        2,
        "nobody can be asked here: write --yes to do it, or --dry-run to see what it would be",
    );
    assert_eq!(refused.out, "");
    assert_eq!(counter.orders(""), [""; 0]);
}

#[test]
fn an_unknown_payment_is_told_with_what_makes_it_known() {
    let counter = Counter::open();
    let id = counter.charge("100.00", r#","payment_method_id":"visa","token":"APRO""#);
    let line = format!("refund {id} --actor ana --reason broken --yes");
    let unknown =
        counter.fails(&line, 1, "is not known; `conciliar poll --once` takes in what changed lately");
    assert!(unknown.err.contains(&format!("`conciliar ingest {id}.json`")), "{}", unknown.err);
    counter.learned(id);
    counter.told(&line);
}

#[test]
fn orders_are_reported_in_every_format_and_as_they_stood() {
    let counter = Counter::open();
    let id = counter.paid("100.00");
    counter.told(&format!("refund {id} --amount 30 --actor ana --reason =broken --key a --yes --send"));
    let csv = counter.run("report orders --format csv");
    let head = "seller,payment,order,wish,amount,currency,asked_at,actor,reason,stage,approved_by,declined_by,declined_for,refund,code,advice\r\n";
    assert!(csv.out.starts_with(head), "{}", csv.out);
    assert!(csv.out.contains(&format!("{id},a,refund,30.00,ARS,{NOW},ana,'=broken,done,")), "{}", csv.out);
    let table = counter.run("report orders --lang pt");
    let head = table.out.lines().nth(1).unwrap_or_default();
    let headings: Vec<&str> = head.trim_matches('│').split('┆').map(str::trim).collect();
    let all = "Vendedor,Pagamento,Ordem,Pedido,Valor,Moeda,Ordenado em,Por,Motivo,Etapa,Resultado";
    assert_eq!(headings.join(","), all);
    assert_eq!(counter.orders("--as-of 2026-09-30"), [""; 0]);
    counter.fails("report refunds --open", 2, "--open and --stage are of `report orders`");
}
