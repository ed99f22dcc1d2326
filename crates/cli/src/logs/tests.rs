use std::panic::catch_unwind;

use super::told;

#[track_caller]
fn check(code: fn(), expected: &str) {
    let said = catch_unwind(code).expect_err("it panics");
    assert_eq!(told(&*said, None), expected);
}

#[test]
fn a_panic_is_told_without_what_it_quotes() {
    let nowhere = "the program failed at a place that is not known";
    check(|| panic!("an entry is balanced"), &format!("{nowhere}: an entry is balanced"));
    let quoting = || panic!("`{}` is no amount", std::hint::black_box("SECRET"));
    check(quoting, &format!("{nowhere}: what it said may quote a delivery"));
    let expecting = || {
        std::hint::black_box(Err::<(), _>("SECRET")).expect("it is read");
    };
    check(expecting, &format!("{nowhere}: what it said may quote a delivery"));
}
