//! Any amount over any number of months, given back in any parts and swept at any times.

use proptest::prelude::*;

use super::*;

/// A charge of some months, collected some days late, with refunds on some days after.
#[derive(Clone, Debug)]
struct Case {
    months: u32,
    net_minor: i64,
    late_days: i64,
    refunds: Vec<(i64, i64)>,
}

fn any_case() -> impl Strategy<Value = Case> {
    let net_minor = prop_oneof![1_i64..50, 1_i64..1_000_000, 1_i64..i64::MAX / 8];
    (2_u32..30, net_minor, 0_i64..100).prop_flat_map(|(months, net_minor, late_days)| {
        let refund = (0_i64..1000, 1..=net_minor);
        prop::collection::vec(refund, 0..4).prop_map(move |refunds| Case {
            months,
            net_minor,
            late_days,
            refunds,
        })
    })
}

fn begin() -> Instant {
    at("2024-01-31")
}

impl Case {
    fn history(&self) -> History {
        let due = "2024-01-31";
        let collected = begin() + TimeDelta::days(self.late_days);
        History::authorized(due, &terms(self.net_minor, months(self.months)))
            .scheduled("1", due, self.net_minor)
            .collected("1", due, &collected.format("%Y-%m-%d %H:%M").to_string(), self.net_minor)
    }

    fn paid(&self) -> Paid {
        let at = begin() + TimeDelta::days(self.late_days);
        let given_back = self.refunds.iter().zip(1..).map(|(&(day, net_minor), number)| GivenBack {
            cause: format!("refund/{number}").into(),
            at: at + TimeDelta::days(day),
            net_minor,
        });
        let sold = Sold::Booked { at, currency: Currency::ARS, net_minor: self.net_minor };
        Paid { sold, given_back: given_back.collect() }
    }
}

/// Every instant at which something may be due, and a day before and after it, in order.
fn instants(case: &Case) -> Vec<Instant> {
    let mut instants: Vec<Instant> = (0..1200).step_by(7).map(|day| begin() + TimeDelta::days(day)).collect();
    instants.extend(case.paid().given_back.iter().map(|given| given.at));
    instants.retain(|at| *at >= begin() + TimeDelta::days(case.late_days));
    instants.sort_unstable();
    instants
}

fn roll(books: &Books, as_of: Instant) -> Vec<RollRow> {
    let zone = books.options.zone;
    let (first, last) = (Month { year: 2023, month: 12 }, Month { year: 2028, month: 1 });
    let mut roll = Roll::new(Months { first, last, as_of, zone });
    roll.add("123", &books.timeline(as_of));
    roll.rows()
}

proptest! {
    #[test]
    fn every_cent_that_was_deferred_is_earned_or_given_back(case in any_case()) {
        let mut books = Books::of(&case.history());
        let _all = books.sweep(&case.paid(), at("2027-12-31"));
        prop_assert_eq!(books.left_minor(), 0);
        let rows = roll(&books, at("2027-12-31"));
        let sum = |part: fn(&RollRow) -> i128| rows.iter().map(part).sum::<i128>();
        prop_assert_eq!(sum(|row| row.billed_minor), i128::from(case.net_minor));
        prop_assert_eq!(sum(|row| row.recognised_minor) + sum(|row| row.ended_minor), i128::from(case.net_minor));
        let given_back: i128 = case.refunds.iter().map(|(_, minor)| i128::from(*minor)).sum();
        prop_assert!(sum(|row| row.ended_minor) <= given_back);
    }

    #[test]
    fn the_debt_rolls_from_month_to_month_and_is_never_negative(case in any_case(), days in 0_i64..1200) {
        let mut books = Books::of(&case.history());
        let as_of = begin() + TimeDelta::days(case.late_days + days);
        let _all = books.sweep(&case.paid(), as_of);
        let rows = roll(&books, as_of);
        for row in &rows {
            let moved = row.billed_minor - row.recognised_minor - row.ended_minor;
            prop_assert_eq!(row.opening_minor + moved, row.closing_minor);
            prop_assert!(row.closing_minor >= 0, "{:?}", row);
        }
        for pair in rows.windows(2) {
            prop_assert_eq!(pair[0].closing_minor, pair[1].opening_minor);
        }
        let left = i128::from(books.left_minor());
        prop_assert_eq!(rows.last().map(|row| row.closing_minor), Some(left));
    }

    #[test]
    fn without_refunds_the_months_differ_by_at_most_a_unit(case in any_case()) {
        let case = Case { refunds: vec![], ..case };
        let mut books = Books::of(&case.history());
        let _all = books.sweep(&case.paid(), at("2027-12-31"));
        let timeline = books.timeline(Instant::MAX_UTC);
        let shares: Vec<i64> =
            timeline.deferrals.by_invoice.values().flat_map(|one| one.recognised.iter().map(|(_, m)| *m)).collect();
        let exact = case.net_minor / i64::from(case.months);
        prop_assert!(shares.iter().all(|share| (exact..=exact + 1).contains(share)), "{:?}", shares);
    }

    #[test]
    fn sweeping_again_writes_nothing(case in any_case(), days in 0_i64..1200) {
        let mut books = Books::of(&case.history());
        let as_of = begin() + TimeDelta::days(case.late_days + days);
        let _first = books.sweep(&case.paid(), as_of);
        prop_assert_eq!(books.sweep(&case.paid(), as_of), Vec::<String>::new());
    }

    #[test]
    fn it_does_not_matter_when_it_is_swept(case in any_case(), skipped in prop::collection::vec(any::<bool>(), 200)) {
        let end = at("2027-12-31");
        let mut once = Books::of(&case.history());
        let mut often = once.clone();
        let at_once = once.sweep(&case.paid(), end);
        let swept = instants(&case).into_iter().zip(skipped).filter(|(_, skip)| !skip);
        let mut bit_by_bit: Vec<String> = swept.flat_map(|(at, _)| often.sweep(&case.paid(), at)).collect();
        bit_by_bit.extend(often.sweep(&case.paid(), end));
        prop_assert_eq!(at_once, bit_by_bit);
    }

    #[test]
    fn an_earlier_instant_shows_what_a_sweep_would_have_written_then(case in any_case(), days in 0_i64..1200) {
        let then = begin() + TimeDelta::days(case.late_days + days);
        let (mut earlier, mut later) = (Books::of(&case.history()), Books::of(&case.history()));
        let _then = earlier.sweep(&case.paid(), then);
        let _later = later.sweep(&case.paid(), at("2027-12-31"));
        prop_assert_eq!(earlier.timeline(then), later.timeline(then));
    }
}
