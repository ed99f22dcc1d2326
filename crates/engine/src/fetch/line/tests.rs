//! Turns at a clock of the test's own.

use super::*;

const LIMITS: Limits = Limits { at_once: 4, per_seller: 2, in_doubt: 3, patience: Duration::from_secs(60) };
const PAUSE: Duration = Duration::from_secs(5);

type Things = Line<&'static str, u32>;

/// A line, and the instant at which all of it begins.
fn line() -> (Things, Instant) {
    (Line::new(LIMITS), Instant::now())
}

fn add(line: &mut Things, since: Instant, seller: &str, target: &'static str, job: u32) -> Added<u32> {
    line.add(SellerId::from(seller), target, Wait { since, job })
}

/// Asks for as much as may be asked, and says for what.
fn turns(line: &mut Things, now: Instant) -> Vec<Turn<&'static str, u32>> {
    std::iter::from_fn(|| line.next(now)).collect()
}

fn names(turns: &[Turn<&'static str, u32>]) -> Vec<(String, &'static str)> {
    turns.iter().map(|turn| (turn.seller.to_string(), turn.target)).collect()
}

fn jobs(turn: &Turn<&'static str, u32>) -> Vec<u32> {
    turn.waits.iter().map(|wait| wait.job).collect()
}

fn named(pairs: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    pairs.iter().map(|(seller, target)| ((*seller).to_owned(), *target)).collect()
}

#[test]
fn all_that_wait_for_one_thing_wait_for_one_question() {
    let (mut line, now) = line();
    assert!(matches!(add(&mut line, now, "7", "a", 1), Added::Alone));
    assert!(matches!(add(&mut line, now, "7", "a", 2), Added::Joined));
    assert!(
        matches!(add(&mut line, now, "8", "a", 3), Added::Alone),
        "another seller's thing is another thing"
    );
    let asked = turns(&mut line, now);
    assert_eq!(asked.iter().map(jobs).collect::<Vec<_>>(), [vec![1, 2], vec![3]]);
    assert_eq!(line.waiting(), 0);
}

#[test]
fn what_comes_while_its_thing_is_asked_for_waits_for_the_next_answer() {
    let (mut line, now) = line();
    add(&mut line, now, "7", "a", 1);
    let first = line.next(now).expect("it is asked at once");
    assert!(matches!(add(&mut line, now, "7", "a", 2), Added::Alone));
    assert!(line.next(now).is_none(), "one question a thing at once");
    line.answered(&first.seller, &first.target);
    assert_eq!(jobs(&line.next(now).expect("it is asked again")), [2]);
}

#[test]
fn sellers_take_turns_and_each_has_its_share() {
    let (mut line, now) = line();
    for (job, target) in (0..).zip(["a", "b", "c", "d", "e"]) {
        add(&mut line, now, "7", target, job);
    }
    add(&mut line, now, "8", "x", 10);
    add(&mut line, now, "9", "y", 11);
    let asked = turns(&mut line, now);
    assert_eq!(names(&asked), named(&[("7", "a"), ("8", "x"), ("9", "y"), ("7", "b")]));
    line.answered(&asked[1].seller, &asked[1].target);
    assert!(line.next(now).is_none(), "seller 7 has its two questions, and nobody else waits");
    line.answered(&asked[0].seller, &asked[0].target);
    assert_eq!(names(&turns(&mut line, now)), named(&[("7", "c")]));
}

#[test]
fn what_had_no_answer_is_asked_again_after_its_pause_and_others_meanwhile() {
    let (mut line, now) = line();
    add(&mut line, now, "7", "a", 1);
    let turn = line.next(now).expect("a");
    add(&mut line, now, "7", "b", 2);
    add(&mut line, now, "7", "c", 3);
    assert_eq!(line.failed(turn, now, PAUSE, None), Vec::<u32>::new());
    let turn = line.next(now).expect("b");
    assert_eq!((turn.target, turn.tries), ("b", 0));
    assert!(line.next(now).is_none(), "a seller in doubt is asked one thing at a time");
    line.answered(&turn.seller, &turn.target);
    assert_eq!(line.next(now).map(|turn| turn.target), Some("c"));
    assert!(line.next(now).is_none(), "a pauses");
    assert_eq!(line.wakes_at(now), Some(now + PAUSE));
    let turn = line.next(now + PAUSE).expect("a again");
    assert_eq!((turn.target, turn.tries), ("a", 1));
}

#[test]
fn a_seller_rests_for_as_long_as_the_provider_asks() {
    let (mut line, now) = line();
    add(&mut line, now, "7", "a", 1);
    add(&mut line, now, "7", "b", 2);
    let turn = line.next(now).expect("a");
    let rest = Duration::from_secs(30);
    line.failed(turn, now, PAUSE, Some(rest));
    assert!(line.next(now + PAUSE).is_none(), "b rests too");
    assert_eq!(line.wakes_at(now), Some(now + rest));
    assert_eq!(line.next(now + rest).map(|turn| turn.target), Some("b"));
}

#[test]
fn sellers_in_doubt_hold_at_most_half_of_all_questions() {
    let (mut line, now) = line();
    for seller in ["1", "2", "3"] {
        add(&mut line, now, seller, "a", 1);
        let turn = line.next(now).expect("it is asked at once");
        line.failed(turn, now, PAUSE, None);
    }
    let later = now + PAUSE;
    assert_eq!(names(&turns(&mut line, later)), named(&[("1", "a"), ("2", "a")]));
    add(&mut line, later, "9", "x", 2);
    add(&mut line, later, "9", "y", 3);
    assert_eq!(names(&turns(&mut line, later)), named(&[("9", "x"), ("9", "y")]));
}

#[test]
fn what_waits_too_long_is_put_off() {
    let (mut line, now) = line();
    add(&mut line, now, "7", "a", 1);
    add(&mut line, now + PAUSE, "7", "a", 2);
    add(&mut line, now, "7", "b", 3);
    let turn = line.next(now).expect("a");
    let late = now + LIMITS.patience;
    let mut put_off = line.failed(turn, late, PAUSE, None);
    put_off.sort_unstable();
    assert_eq!(put_off, [1, 3], "everything that waits for this long, asked for or not");
    assert_eq!(line.next(late + PAUSE).map(|turn| jobs(&turn)), Some(vec![2]));
}

#[test]
fn what_is_too_much_for_sellers_in_doubt_is_put_off_and_one_of_each_stays() {
    let (mut line, now) = line();
    for (job, target) in (0..).zip(["a", "b", "c", "d", "e", "f"]) {
        add(&mut line, now, "7", target, job);
    }
    let turn = line.next(now).expect("a");
    assert_eq!(line.failed(turn, now, PAUSE, None), [0, 5, 4], "from the end of the line");
    assert!(matches!(add(&mut line, now, "7", "g", 6), Added::PutOff(6)));
    assert!(matches!(add(&mut line, now, "8", "x", 7), Added::Alone), "others are not in doubt");
    assert_eq!(line.waiting(), 4);
    let asked = turns(&mut line, now);
    assert_eq!(names(&asked), named(&[("8", "x"), ("7", "b")]));
    line.answered(&asked[1].seller, &asked[1].target);
    assert!(matches!(add(&mut line, now, "7", "h", 8), Added::Alone), "the seller answers again");
}

#[test]
fn what_is_forgotten_is_not_asked_for() {
    let (mut line, now) = line();
    add(&mut line, now, "7", "a", 1);
    add(&mut line, now, "7", "b", 2);
    let turn = line.next(now).expect("a");
    line.clear();
    assert!(line.next(now).is_none());
    assert_eq!((line.waiting(), line.wakes_at(now)), (0, None));
    line.answered(&turn.seller, &turn.target);
    assert!(line.sellers.is_empty(), "nothing is left of a seller that has nothing");
}
