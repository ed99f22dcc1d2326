//! Captures and cancellations of payments that are not decided.

use crate::bin::text;
use crate::clerk::counter::Counter;

#[test]
fn a_reservation_is_captured_whole_and_in_part() {
    let counter = Counter::open();
    let (whole, part) = (counter.reserved("100.00"), counter.reserved("100.00"));
    let told = counter.told(&format!("payment capture {whole} --actor ana --reason shipped --yes --send"));
    assert_eq!(
        (text(&told, "wish"), text(&told, "amount"), text(&told, "stage")),
        ("capture", "100.00", "done")
    );
    assert_eq!((told["is_whole"] == true, counter.status(&whole).as_str()), (true, "approved"));
    let line = |amount: &str| {
        format!("payment capture {part} --amount {amount} --actor ana --reason shipped --yes --send")
    };
    counter.fails(&line("100.01"), 1, "100.01 ARS was to be captured, but 100.00 ARS is reserved");
    let told = counter.told(&line("80"));
    assert_eq!((text(&told, "amount"), text(&told, "gross")), ("80.00", "80.00"), "the rest is let go");
    counter.fails(&line("10"), 1, "only an authorised payment can be captured; this one is approved");
    assert_eq!(
        counter.orders(""),
        [format!("{whole} capture 100.00 done"), format!("{part} capture 80.00 done")]
    );
    counter.verify();
}

#[test]
fn what_nobody_decided_is_cancelled() {
    let counter = Counter::open();
    let (pending, reserved, paid) =
        (counter.pending("100.00"), counter.reserved("100.00"), counter.paid("100.00"));
    let cancel = |id: &str| format!("payment cancel {id} --actor ana --reason twice --yes --send");
    for id in [&pending, &reserved] {
        let told = counter.told(&cancel(id));
        assert_eq!((text(&told, "wish"), text(&told, "stage")), ("cancel", "done"));
        assert_eq!((told["amount"].is_null(), counter.status(id).as_str()), (true, "cancelled"));
    }
    let told = format!(
        "only an undecided payment can be cancelled; this one is approved; `conciliar refund {paid}` gives it back"
    );
    counter.fails(&cancel(&paid), 1, &told);
    counter.verify();
}

#[test]
fn a_capture_and_a_cancellation_are_not_ordered_beside_each_other() {
    let counter = Counter::open();
    let id = counter.reserved("100.00");
    counter.told(&format!("payment capture {id} --actor ana --reason shipped --key c-1 --yes"));
    let told = "order `c-1` of this payment is not finished yet; `conciliar report orders --open` shows it";
    counter.fails(&format!("payment cancel {id} --actor ana --reason twice --yes"), 1, told);
    assert_eq!(counter.orders("--open"), [format!("{id} capture 100.00 open")]);
}

#[test]
fn a_dry_run_of_a_cancellation_shows_the_call() {
    let counter = Counter::open();
    let id = counter.pending("100.00");
    let told = counter.told(&format!("payment cancel {id} --actor ana --reason twice --dry-run"));
    assert_eq!(
        (text(&told["sends"], "method"), text(&told["sends"], "path")),
        ("PUT", &*format!("/v1/payments/{id}"))
    );
    assert_eq!(told["sends"]["body"]["status"], "cancelled");
    assert_eq!(counter.status(&id), "pending");
    assert_eq!(counter.orders(""), [""; 0]);
}
