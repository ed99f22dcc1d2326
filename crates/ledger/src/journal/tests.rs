use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn stream() -> StreamId {
    StreamId::payment(&"123".into(), &"9001".into())
}

fn heading() -> Heading {
    Heading {
        stream: stream(),
        fact: "payment.approved".into(),
        at: Instant::UNIX_EPOCH,
        currency: Currency::ARS,
        evidence: Evidence::Api,
        policy: 1,
    }
}

fn line(account: Account, amount_minor: i64) -> Line {
    Line { account, amount_minor }
}

fn make(lines: &[Line]) -> Result<JournalEntry, InvalidEntry> {
    JournalEntry::new(heading(), "sale:0", lines.to_vec())
}

#[test]
fn lines_of_one_account_are_merged_and_stand_in_the_order_of_the_accounts() {
    let entry = make(&[
        line(Account::Sales, -1000),
        line(Account::ProcessingFees, 30),
        line(Account::Pending, 950),
        line(Account::ProcessingFees, 20),
    ])
    .expect("debits equal credits");
    assert_eq!(
        entry.lines(),
        [line(Account::Pending, 950), line(Account::Sales, -1000), line(Account::ProcessingFees, 50)]
    );
    assert_eq!(entry.stream(), &stream());
    assert_eq!(
        (entry.fact(), entry.at(), entry.currency()),
        ("payment.approved", Instant::UNIX_EPOCH, Currency::ARS)
    );
    assert_eq!((entry.evidence(), entry.policy()), (Evidence::Api, 1));
}

#[test]
fn an_entry_that_does_not_balance_cannot_be_made() {
    let refused = make(&[line(Account::Pending, 100), line(Account::Sales, -99)]);
    assert_eq!(refused, Err(InvalidEntry::Unbalanced { difference_minor: 1 }));
}

#[test]
fn a_sum_that_would_wrap_to_zero_does_not_balance() {
    let lines =
        [line(Account::Bank, i64::MIN), line(Account::Available, i64::MIN), line(Account::Pending, i64::MIN)];
    let doubled =
        [lines, [line(Account::Held, i64::MIN), line(Account::Sales, 1), line(Account::Yield, -1)]].concat();
    let refused = make(&doubled);
    assert_eq!(refused, Err(InvalidEntry::Unbalanced { difference_minor: 4 * i128::from(i64::MIN) }));
}

#[test]
fn an_entry_needs_two_lines_and_none_of_them_zero() {
    assert_eq!(make(&[]), Err(InvalidEntry::TooFewLines { lines: 0 }));
    let zero = [line(Account::Pending, 5), line(Account::Held, 0), line(Account::Sales, -5)];
    assert_eq!(make(&zero), Err(InvalidEntry::ZeroLine { account: Account::Held }));
    let cancelled = [line(Account::Suspense, 5), line(Account::Suspense, -5)];
    assert_eq!(make(&cancelled), Err(InvalidEntry::ZeroLine { account: Account::Suspense }));
}

#[test]
fn a_merged_line_beyond_64_bits_is_refused() {
    let lines = [line(Account::Held, i64::MAX), line(Account::Held, 1), line(Account::Sales, -1)];
    assert_eq!(make(&lines), Err(InvalidEntry::OutOfRange { account: Account::Held }));
}

#[test]
fn a_stored_entry_comes_back_as_it_was_and_is_not_repaired() {
    let entry = make(&[line(Account::Sales, -5), line(Account::Pending, 5)]).expect("debits equal credits");
    let stored = |lines: Vec<Line>| JournalEntry::from_stored(entry.id().clone(), heading(), lines);
    assert_eq!(stored(entry.lines().to_vec()), Ok(entry.clone()));
    assert_eq!(
        stored(vec![line(Account::Sales, -5), line(Account::Pending, 5)]),
        Err(InvalidEntry::OutOfOrder { account: Account::Pending })
    );
    assert_eq!(
        stored(vec![line(Account::Pending, 2), line(Account::Pending, 3), line(Account::Sales, -5)]),
        Err(InvalidEntry::OutOfOrder { account: Account::Pending })
    );
    assert_eq!(
        stored(vec![line(Account::Pending, 6), line(Account::Sales, -5)]),
        Err(InvalidEntry::Unbalanced { difference_minor: 1 })
    );
}

#[test]
fn an_id_is_stable_for_ever() {
    let id = EntryId::of(&stream(), "payment.approved", "sale:0");
    // SHA-256 of length-prefixed `payment`, `123/9001`, `payment.approved`, `sale:0`, computed apart.
    assert_eq!(id.to_string(), "129ef9fddd41426a37a70a44dfe133e4");
}

#[test]
fn an_id_names_stream_fact_and_cause_and_their_borders() {
    let refund = StreamId::refund(&"123".into(), &"9001".into(), &"7".into());
    let movement = StreamId::movement(&"123".into(), &"9001".into());
    let ids = [
        EntryId::of(&stream(), "payment.approved", "sale:0"),
        EntryId::of(&stream(), "payment.approved", "sale:1"),
        EntryId::of(&stream(), "payment.sale_reversed", "sale:0"),
        EntryId::of(&stream(), "payment.approveds", "ale:0"),
        EntryId::of(&refund, "payment.approved", "sale:0"),
        EntryId::of(&movement, "payment.approved", "sale:0"),
    ];
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
}

fn any_line() -> impl Strategy<Value = Line> {
    let amount = prop_oneof![-3_i64..4, any::<i64>()];
    (prop::sample::select(Account::ALL), amount)
        .prop_map(|(account, amount_minor)| line(account, amount_minor))
}

proptest! {
    #[test]
    fn whatever_the_lines_an_entry_that_exists_balances(lines in prop::collection::vec(any_line(), 0..5)) {
        let sum: i128 = lines.iter().map(|l| i128::from(l.amount_minor)).sum();
        match make(&lines) {
            Ok(entry) => {
                prop_assert_eq!(sum, 0);
                prop_assert_eq!(entry.lines().iter().map(|l| i128::from(l.amount_minor)).sum::<i128>(), 0);
                prop_assert!(entry.lines().len() >= 2);
                prop_assert!(entry.lines().windows(2).all(|w| w[0].account < w[1].account));
            }
            Err(InvalidEntry::Unbalanced { difference_minor }) => prop_assert_eq!(difference_minor, sum),
            Err(_) => {}
        }
    }
}
