//! A gym, three months of it: the smallest scene of each break, and what is none.

use billing::options::Options;
use chrono::TimeDelta;
use domain::machine::Instant;
use domain::payment::{Operation, Standing};
use domain::preapproval::charge::{PaymentOutcome, Stage};
use domain::{payment, preapproval};

use super::outcome::{Fate, Outcome};
use super::{Reconciliation, Settings};
use scene::{Scene, at, invoice, paid};

mod deferring;
mod scene;

/// What differs, as `code source internal external`, and the proofs that do not hold.
fn found(outcome: &Outcome) -> Vec<String> {
    let side = |minor: Option<i64>| minor.map_or("-".to_owned(), |minor| minor.to_string());
    let breaks = outcome.breaks.iter().map(|b| {
        format!("{} {} {} {}", b.code.word(), b.source_id, side(b.internal_minor), side(b.external_minor))
    });
    let proofs = outcome.proofs.iter().filter(|proof| !proof.holds());
    let proofs = proofs.map(|p| format!("proof of {}: {} is {}", p.name, p.expected_minor, p.actual_minor));
    breaks.chain(proofs).collect()
}

fn fates(outcome: &Outcome) -> Vec<Fate> {
    outcome.charges.iter().map(|line| line.fate).collect()
}

#[track_caller]
fn check(scene: &Scene, expected: &[&str]) -> Outcome {
    let outcome = scene.run();
    assert_eq!(found(&outcome), expected);
    outcome
}

const PAYMENTS: &str = "proof of approved payments to collected charges ARS";
const LEDGER: &str = "proof of approved payments to the ledger ARS";

#[test]
fn three_months_that_agree_have_no_break_and_six_proofs_of_the_same_money() {
    let outcome = check(&Scene::gym(), &[]);
    assert!(outcome.is_clean());
    assert_eq!((outcome.charges.len(), outcome.matched), (3, 3));
    assert_eq!(fates(&outcome), [Fate::Collected; 3]);
    let proofs: Vec<(&str, i64, i64)> =
        outcome.proofs.iter().map(|p| (p.name.as_str(), p.expected_minor, p.actual_minor)).collect();
    assert_eq!(
        proofs,
        [
            ("approved payments to collected charges ARS", 3_000, 3_000),
            ("approved payments to collected charges ARS, count", 3, 3),
            ("approved payments to the ledger ARS", 3_000, 3_000),
            ("approved payments to the ledger ARS, count", 3, 3),
        ]
    );
    let last = &outcome.charges[2];
    assert_eq!((last.invoice.as_deref(), last.payment.as_deref()), (Some("i3"), Some("p3")));
    assert_eq!((last.expected_minor, last.invoiced_minor), (Some(1_000), Some(1_000)));
    assert_eq!((last.paid_minor, last.booked_minor), (Some(1_000), Some(1_000)));
}

#[test]
fn a_charge_that_was_due_and_not_invoiced_is_missing() {
    let mut scene = Scene::gym();
    scene.invoices.remove(1);
    scene.payments.remove(1);
    let outcome = check(&scene, &["missing_charge gym 1000 -"]);
    assert_eq!(fates(&outcome), [Fate::Collected, Fate::Missing, Fate::Collected]);
    assert_eq!((outcome.charges.len(), outcome.matched), (3, 2));
    assert!(!outcome.is_clean());
}

#[test]
fn a_charge_is_not_missing_before_the_hours_of_grace_have_passed() {
    let mut scene = Scene::gym();
    scene.invoices.pop();
    scene.payments.pop();
    scene.as_of = at("2026-03-06T20:00:00Z");
    check(&scene, &[]);
    scene.as_of = at("2026-03-06T23:00:00Z");
    check(&scene, &["missing_charge gym 1000 -"]);
}

#[test]
fn a_period_that_is_charged_twice_is_a_duplicate() {
    let mut scene = Scene::gym();
    scene.invoices.push(invoice("i4", "2026-02-05T10:00:00Z", 1_000, Some(("p4", PaymentOutcome::Approved))));
    scene.payments.push(paid("p4", "2026-02-05T11:30:00Z", 1_000));
    let outcome = check(&scene, &["duplicate_charge i4 - 1000"]);
    assert_eq!((outcome.charges.len(), outcome.matched), (4, 3));
}

#[test]
fn a_payment_pays_one_invoice() {
    let mut scene = Scene::gym();
    scene.invoices[2] = invoice("i3", "2026-03-05T10:00:00Z", 1_000, Some(("p2", PaymentOutcome::Approved)));
    scene.payments.remove(2);
    check(
        &scene,
        &[
            "duplicate_charge i3 1000 1000",
            &format!("{PAYMENTS}: 2000 is 3000"),
            &format!("{PAYMENTS}, count: 2 is 3"),
        ],
    );
}

#[test]
fn invoices_of_another_amount_than_agreed_are_named() {
    let mut scene = Scene::gym();
    scene.invoices[1] = invoice("i2", "2026-02-05T10:00:00Z", 1_200, Some(("p2", PaymentOutcome::Approved)));
    scene.payments[1] = paid("p2", "2026-02-05T11:00:00Z", 1_200);
    check(&scene, &["charge_amount_mismatch i2 1000 1200"]);
}

#[test]
fn a_payment_of_another_amount_than_its_invoice_is_named_and_breaks_the_proof() {
    let mut scene = Scene::gym();
    scene.payments[1] = paid("p2", "2026-02-05T11:00:00Z", 900);
    check(&scene, &["charge_amount_mismatch i2 900 1000", &format!("{PAYMENTS}: 2900 is 3000")]);
}

#[test]
fn a_payment_in_another_currency_is_named() {
    let mut scene = Scene::gym();
    scene.payments[1].terms.currency = domain::currency::Currency::CLP;
    check(
        &scene,
        &[
            "currency_mismatch i2 1000 1000",
            &format!("{PAYMENTS}: 2000 is 3000"),
            &format!("{PAYMENTS}, count: 2 is 3"),
            "proof of approved payments to collected charges CLP: 1000 is 0",
            "proof of approved payments to collected charges CLP, count: 1 is 0",
        ],
    );
}

#[test]
fn charges_outside_of_the_terms_are_named() {
    let mut ended = Scene::gym();
    ended.then("2026-02-20T10:00:00Z", preapproval::Standing::Cancelled);
    check(&ended, &["charge_outside_terms i3 - 1000"]);
    let mut paused = Scene::gym();
    paused.then("2026-02-20T10:00:00Z", preapproval::Standing::Paused);
    check(&paused, &["charge_outside_terms i3 - 1000"]);
}

#[test]
fn a_collected_charge_needs_its_payment() {
    let mut scene = Scene::gym();
    scene.payments.remove(1);
    let outcome = check(
        &scene,
        &[
            "charge_without_payment i2 - 1000",
            &format!("{PAYMENTS}: 2000 is 3000"),
            &format!("{PAYMENTS}, count: 2 is 3"),
        ],
    );
    assert_eq!(outcome.matched, 2);
}

#[test]
fn a_card_check_pays_nothing() {
    let mut scene = Scene::gym();
    scene.payments[1].profile.operation = Operation::CardValidation;
    check(
        &scene,
        &[
            "charge_without_payment i2 0 1000",
            &format!("{PAYMENTS}: 2000 is 3000"),
            &format!("{PAYMENTS}, count: 2 is 3"),
        ],
    );
}

#[test]
fn card_checks_and_payments_of_nothing_beside_the_charges_never_count() {
    let mut scene = Scene::gym();
    let mut check_of_card = paid("p8", "2026-01-05T10:00:01Z", 0);
    check_of_card.profile.operation = Operation::CardValidation;
    let mut small_check = paid("p9", "2026-01-05T10:00:02Z", 100);
    small_check.profile.operation = Operation::CardValidation;
    scene.payments.extend([check_of_card, small_check, paid("p7", "2026-01-05T10:00:03Z", 0)]);
    let outcome = check(&scene, &[]);
    assert_eq!(outcome.proofs[1].expected_minor, 3);
}

#[test]
fn an_approved_payment_of_a_subscription_that_no_invoice_names_is_found() {
    let mut scene = Scene::gym();
    scene.payments.push(paid("p4", "2026-02-20T10:00:00Z", 1_000));
    let breaks = &[
        "payment_without_charge p4 1000 -",
        &format!("{PAYMENTS}: 4000 is 3000"),
        &format!("{PAYMENTS}, count: 4 is 3"),
    ];
    check(&scene, breaks);
    // By the subscription that it names alone, and by what kind of operation it is alone.
    scene.payments[3].profile.operation = Operation::Sale;
    let outcome = scene.run();
    assert!(found(&outcome)[0].starts_with("payment_without_charge p4"), "{:?}", found(&outcome));
    scene.payments[3].profile.operation = Operation::Subscription;
    for unknown in [None, Some("nobody-knows".into())] {
        scene.payments[3].profile.preapproval = unknown;
        check(&scene, breaks);
    }
    // One that belongs to no subscription is none of ours.
    scene.payments[3].profile.operation = Operation::Sale;
    check(&scene, &[]);
}

#[test]
fn payments_that_failed_need_no_invoice() {
    let mut scene = Scene::gym();
    scene.payments.push(scene::told("p4", "2026-02-04T10:00:00Z", 1_000, Standing::Rejected));
    scene.payments.push(scene::told("p5", "2026-02-04T10:00:00Z", 1_000, Standing::InReview));
    check(&scene, &[]);
}

#[test]
fn what_one_side_told_just_now_is_in_transit_and_in_no_proof() {
    let mut scene = Scene::gym();
    scene.as_of = at("2026-03-05T12:00:00Z");
    scene.payments.pop();
    let outcome = check(&scene, &["timing_in_transit i3 - 1000"]);
    assert!(outcome.is_clean());
    assert_eq!(outcome.charges[2].fate, Fate::InTransit);
    let mut other = Scene::gym();
    other.as_of = at("2026-03-05T12:00:00Z");
    other.invoices.pop();
    assert!(check(&other, &["timing_in_transit p3 1000 -"]).is_clean());
    let mut unsettled = Scene::gym();
    unsettled.as_of = at("2026-03-05T12:00:00Z");
    unsettled.payments[2] = scene::told("p3", "2026-03-05T11:00:00Z", 1_000, Standing::InReview);
    assert!(check(&unsettled, &["timing_in_transit i3 - 1000"]).is_clean());
    let mut untold = Scene::gym();
    untold.as_of = at("2026-03-05T12:00:00Z");
    let undecided = invoice("i3", "2026-03-05T10:00:00Z", 1_000, Some(("p3", PaymentOutcome::Undecided)));
    untold.invoices[2] = scene::at_stage(undecided, Stage::Scheduled, 1);
    assert!(check(&untold, &["timing_in_transit i3 1000 -"]).is_clean());
}

#[test]
fn an_invoice_and_its_payment_must_say_the_same() {
    let mut scene = Scene::gym();
    scene.payments[1] = scene::told("p2", "2026-02-05T11:00:00Z", 1_000, Standing::Rejected);
    check(
        &scene,
        &[
            "payment_status_mismatch i2 - 1000",
            &format!("{PAYMENTS}: 2000 is 3000"),
            &format!("{PAYMENTS}, count: 2 is 3"),
        ],
    );
    let mut late = Scene::gym();
    late.invoices[1] = scene::at_stage(
        invoice("i2", "2026-02-05T10:00:00Z", 1_000, Some(("p2", PaymentOutcome::Failed))),
        Stage::Processed,
        5,
    );
    let outcome = check(
        &late,
        &[
            "payment_status_mismatch i2 1000 -",
            &format!("{PAYMENTS}: 3000 is 2000"),
            &format!("{PAYMENTS}, count: 3 is 2"),
        ],
    );
    assert_eq!(outcome.charges[1].fate, Fate::Uncollected);
}

#[test]
fn attempts_without_money_must_agree_only_while_the_charge_is_open() {
    let mut scene = Scene::gym();
    let undecided = invoice("i2", "2026-02-05T10:00:00Z", 1_000, Some(("p2", PaymentOutcome::Undecided)));
    scene.invoices[1] = scene::at_stage(undecided.clone(), Stage::Scheduled, 1);
    scene.payments[1] = scene::told("p2", "2026-02-05T11:00:00Z", 1_000, Standing::Rejected);
    check(&scene, &["payment_status_mismatch i2 - -"]);
    scene.invoices[1] = scene::at_stage(undecided, Stage::Cancelled, 1);
    check(&scene, &[]);
}

#[test]
fn a_payment_of_another_subscription_is_named() {
    let mut scene = Scene::gym();
    scene.payments[1].profile.preapproval = Some("pool".into());
    check(&scene, &["payment_of_another i2 1000 1000"]);
}

#[test]
fn a_charge_that_is_booked_as_a_one_off_sale_is_not_booked() {
    let mut scene = Scene::gym();
    scene.payments[1].profile.operation = Operation::Sale;
    let outcome = check(
        &scene,
        &[
            "charge_not_booked p2 0 1000",
            &format!("{LEDGER}: 3000 is 2000"),
            &format!("{LEDGER}, count: 3 is 2"),
        ],
    );
    assert_eq!(outcome.matched, 2);
    let sentence = &outcome.breaks[0].explanation;
    assert!(sentence.ends_with("credits 0.00 ARS for it and 10.00 ARS as a one-off sale"), "{sentence}");
}

#[test]
fn a_payment_without_entries_is_not_booked() {
    let mut scene = Scene::gym();
    scene.unbooked = vec!["p3"];
    check(
        &scene,
        &[
            "charge_not_booked p3 0 1000",
            &format!("{LEDGER}: 3000 is 2000"),
            &format!("{LEDGER}, count: 3 is 2"),
        ],
    );
}

#[test]
fn the_ledger_side_counts_the_tax_inside_a_charge() {
    let mut scene = Scene::gym();
    scene.vat_percent = "21";
    let outcome = check(&scene, &[]);
    assert_eq!(outcome.charges[0].booked_minor, Some(1_000));
}

#[test]
fn a_retry_that_collects_inside_the_same_invoice_is_shown_as_late() {
    let mut scene = Scene::gym();
    scene.invoices[1].terms.attempt = Some(2);
    scene.payments[1] = paid("p2", "2026-02-06T10:00:00Z", 1_000);
    scene.payments.push(scene::told("p2a", "2026-02-05T11:00:00Z", 1_000, Standing::Rejected));
    let outcome = check(&scene, &[]);
    assert_eq!(fates(&outcome), [Fate::Collected, Fate::CollectedLate, Fate::Collected]);
    // Where nobody counts attempts, the day tells.
    scene.invoices[1].terms.attempt = None;
    assert_eq!(fates(&check(&scene, &[])), [Fate::Collected; 3]);
    scene.payments[1] = paid("p2", "2026-02-11T10:00:00Z", 1_000);
    assert_eq!(check(&scene, &[]).charges[1].fate, Fate::CollectedLate);
}

#[test]
fn a_charge_that_was_paid_later_is_open_as_of_before() {
    let mut scene = Scene::gym();
    scene.invoices[2].terms.attempt = Some(3);
    scene.invoices[2].modified_at = Some(at("2026-03-12T11:00:00Z"));
    scene.payments[2] = paid("p3", "2026-03-12T11:00:00Z", 1_000);
    scene.as_of = at("2026-03-09T00:00:00Z");
    let outcome = check(&scene, &[]);
    assert_eq!(outcome.charges[2].fate, Fate::Scheduled);
    assert_eq!((&outcome.charges[2].payment, outcome.proofs[1].expected_minor), (&None, 2));
    scene.as_of = at("2026-03-20T00:00:00Z");
    assert_eq!(check(&scene, &[]).charges[2].fate, Fate::CollectedLate);
}

#[test]
fn an_open_charge_is_shown_as_it_stands() {
    let mut scene = Scene::gym();
    scene.as_of = at("2026-03-09T00:00:00Z");
    let failed = invoice("i3", "2026-03-05T10:00:00Z", 1_000, Some(("p3", PaymentOutcome::Failed)));
    scene.invoices[2] = scene::at_stage(failed, Stage::Recycling, 1);
    scene.payments[2] = scene::told("p3", "2026-03-05T11:00:00Z", 1_000, Standing::Rejected);
    let outcome = check(&scene, &[]);
    assert_eq!(outcome.charges[2].fate, Fate::Retrying);
    assert_eq!(outcome.charges[2].paid_minor, None);
}

#[test]
fn money_that_went_back_is_shown_and_is_no_break() {
    let mut scene = Scene::gym();
    scene.refunded_minor = vec![("p1", 400)];
    scene.payments[1] = scene::told("p2", "2026-02-05T11:00:00Z", 1_000, Standing::ChargebackLost);
    scene.payments[2] = scene::told("p3", "2026-03-05T11:00:00Z", 1_000, Standing::Disputed);
    let outcome = check(
        &scene,
        &["charge_returned i1 1000 600", "charge_returned i2 1000 0", "charge_returned i3 1000 1000"],
    );
    assert!(outcome.is_clean());
    assert_eq!(outcome.matched, 3);
    assert_eq!(fates(&outcome), [Fate::Refunded, Fate::ChargedBack, Fate::Disputed]);
    assert_eq!(outcome.charges[0].refunded_minor, Some(400));
    assert_eq!(outcome.charges[1].lost_minor, Some(1_000));
}

#[test]
fn only_the_period_is_compared_and_proven() {
    let mut scene = Scene::gym();
    // January's payment is unknown; March is charged too much and booked nowhere: neither is of February.
    scene.payments.remove(0);
    scene.invoices[2].terms.amount_minor = 1_200;
    scene.payments[1] = paid("p3", "2026-03-05T11:00:00Z", 1_200);
    scene.unbooked = vec!["p3"];
    scene.period = Some(("2026-02-01T00:00:00Z", "2026-02-28T23:59:59Z"));
    let outcome = check(&scene, &[]);
    assert_eq!(outcome.charges.len(), 1);
    assert_eq!(outcome.proofs[0].expected_minor, 1_000);
    // A payment of the period that pays a charge before it is named by that one.
    scene.invoices[0].terms.payment =
        Some(preapproval::charge::ChargePayment { outcome: PaymentOutcome::Approved, payment: "p9".into() });
    scene.payments.push(paid("p9", "2026-02-02T10:00:00Z", 1_000));
    check(&scene, &[]);
    // Payments that no invoice names are of the period in which they came.
    scene.payments.extend([paid("p7", "2026-01-31T10:00:00Z", 500), paid("p8", "2026-03-01T10:00:00Z", 500)]);
    check(&scene, &[]);
    scene.payments.push(paid("p6", "2026-02-28T10:00:00Z", 500));
    let found = found(&scene.run());
    assert_eq!(found[0], "payment_without_charge p6 500 -");
}

#[test]
fn an_invoice_of_the_period_is_compared_though_its_slot_is_later() {
    let mut scene = Scene::gym();
    scene.invoices.pop();
    scene.payments.pop();
    scene.as_of = at("2026-02-28T00:00:00Z");
    scene.invoices.push(invoice("i3", "2026-02-25T10:00:00Z", 1_000, Some(("p3", PaymentOutcome::Approved))));
    let outcome = check(
        &scene,
        &[
            "charge_outside_terms i3 1000 1000",
            "charge_without_payment i3 - 1000",
            &format!("{PAYMENTS}: 2000 is 3000"),
            &format!("{PAYMENTS}, count: 2 is 3"),
        ],
    );
    assert_eq!(outcome.charges[2].due_at, at("2026-02-25T10:00:00Z"));
}

#[test]
fn the_providers_count_is_compared_with_the_invoices() {
    let mut scene = Scene::gym();
    scene.count = Some((4, 4_000));
    check(&scene, &["provider_summary_differs gym - -", "provider_summary_differs gym 3000 4000"]);
    scene.count = Some((3, 3_000));
    check(&scene, &[]);
}

#[test]
fn a_charge_of_a_subscription_that_nobody_described_is_followed_too() {
    let mut scene = Scene::gym();
    scene.described = false;
    scene.payments.remove(1);
    let found = found(&scene.run());
    assert!(found.contains(&"charge_without_payment i2 - 1000".to_owned()), "{found:?}");
}

#[test]
fn the_same_input_has_the_same_id_and_another_as_of_another() {
    let scene = Scene::gym();
    let first = scene.run();
    assert_eq!(first, scene.run());
    let mut later = Scene::gym();
    later.as_of += TimeDelta::seconds(1);
    assert_ne!(first.run_id, later.run().run_id);
}

#[test]
fn every_sentence_reads_well() {
    let mut crowded = Scene::gym();
    crowded.invoices[0].terms.amount_minor = 1_200;
    crowded.invoices[2] =
        invoice("i3", "2026-02-05T12:00:00Z", 1_000, Some(("p1", PaymentOutcome::Approved)));
    crowded.payments[1].profile.operation = Operation::Sale;
    crowded.payments[2].profile.preapproval = Some("pool".into());
    crowded.invoices.push(invoice("i4", "2026-02-20T10:00:00Z", 500, Some(("p4", PaymentOutcome::Approved))));
    crowded.invoices.push(invoice(
        "i5",
        "2026-04-05T10:00:00Z",
        1_000,
        Some(("p5", PaymentOutcome::Approved)),
    ));
    crowded.invoices[4].modified_at = Some(at("2026-03-05T11:00:00Z"));
    crowded.then("2026-03-19T00:00:00Z", preapproval::Standing::Cancelled);
    crowded.count = Some((9, 9_000));
    let mut unlucky = Scene::gym();
    unlucky.payments[0].terms.currency = domain::currency::Currency::CLP;
    unlucky.payments[1].profile.operation = Operation::CardValidation;
    unlucky.payments[2] = scene::told("p3", "2026-03-05T11:00:00Z", 1_000, Standing::Rejected);
    unlucky.invoices.push(invoice(
        "i4",
        "2026-02-25T10:00:00Z",
        1_000,
        Some(("p4", PaymentOutcome::Approved)),
    ));
    let mut poor = Scene::gym();
    for (at, payment) in [(1, "p2"), (2, "p3")] {
        let failed = invoice(
            ["i2", "i3"][at - 1],
            ["2026-02-05T10:00:00Z", "2026-03-05T10:00:00Z"][at - 1],
            1_000,
            Some((payment, PaymentOutcome::Failed)),
        );
        poor.invoices[at] = scene::at_stage(failed, Stage::Processed, 5);
        poor.payments[at].standing = Standing::Rejected;
    }
    poor.then("2026-03-10T00:00:00Z", preapproval::Standing::Paused);
    poor.refunded_minor = vec![("p1", 300)];
    let mut sentences = String::new();
    for scene in [crowded, unlucky, poor] {
        for found in scene.run().breaks {
            sentences += &format!("{}: {}\n", found.code.word(), found.explanation);
        }
        sentences.push('\n');
    }
    insta::assert_snapshot!(sentences);
}

/// Settings of a scene.
fn settings(as_of: Instant, from: Option<Instant>, to: Option<Instant>) -> Settings {
    Settings { as_of, from, to, rules: 1, options: Options::default() }
}

/// Feeds states of payments to a run.
fn feed_payment(run: &mut Reconciliation, id: &str, state: &payment::state::State) {
    run.payment(&scene::payment_stream(id), state);
}
