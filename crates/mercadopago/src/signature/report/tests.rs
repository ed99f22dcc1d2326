//! Hashes made by `crypt(3)`, not by the code under test.

use super::*;

const TRANSACTION: &str = "b9f8a2c1-55d0-4f3e-9d0e-6f5a5d1c7f10";
const DATE: &str = "2024-07-09T03:01:12.000-04:00";
/// Of the transaction, `s3cret` and the date.
const HASH: &str = "$2y$04$abcdefghijklmnopqrstuuK9f1Nj10yBobFuf9yhM6hedwv3tOSYW";

fn verify(
    transaction_id: &str,
    generation_date: &str,
    signature: &str,
    password: &str,
) -> Result<(), Unproven> {
    Ready { transaction_id, generation_date, signature }.verify(password.as_bytes())
}

#[test]
fn the_password_of_the_account_makes_the_hash() {
    assert_eq!(verify(TRANSACTION, DATE, HASH, "s3cret"), Ok(()));
    for version in ["$2a$", "$2b$"] {
        assert_eq!(verify(TRANSACTION, DATE, &HASH.replace("$2y$", version), "s3cret"), Ok(()), "{version}");
    }
}

#[test]
fn another_password_transaction_or_date_does_not() {
    assert_eq!(verify(TRANSACTION, DATE, HASH, "s3creT"), Err(Unproven::Mismatch));
    assert_eq!(verify(TRANSACTION, "2024-07-10T03:01:12.000-04:00", HASH, "s3cret"), Err(Unproven::Mismatch));
    let other = TRANSACTION.replace("b9", "b8");
    assert_eq!(verify(&other, DATE, HASH, "s3cret"), Err(Unproven::Mismatch));
    assert_eq!(verify(TRANSACTION, DATE, HASH, ""), Err(Unproven::NoSecret));
}

#[test]
fn a_hash_that_would_cost_too_much_is_refused_before_it_is_computed() {
    // A cost of 31 would take days.
    for cost in ["13", "31", "99"] {
        let costly = HASH.replace("$04$", &format!("${cost}$"));
        assert_eq!(verify(TRANSACTION, DATE, &costly, "s3cret"), Err(Unproven::WeakHash), "{cost}");
    }
}

#[test]
fn a_text_that_would_push_the_password_out_of_the_hash_is_refused() {
    // Anybody can make this hash: of 72 letters, and nothing behind them counts.
    let made_without_password = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe";
    let letters = "a".repeat(72);
    assert!(bcrypt::verify(format!("{letters}-s3cret-{DATE}"), made_without_password).expect("a hash"));
    assert_eq!(verify(&letters, DATE, made_without_password, "s3cret"), Err(Unproven::WeakHash));
}

#[test]
fn what_is_no_hash_of_a_sound_version_is_refused() {
    for hash in ["", "-", "$2x$04$abcdefghijklmnopqrstuu", "$2y$4$x", "$2y$04", "$1$abc$def", "ñ"] {
        assert_eq!(verify(TRANSACTION, DATE, hash, "s3cret"), Err(Unproven::WeakHash), "{hash}");
    }
    assert_eq!(verify(TRANSACTION, DATE, "$2y$04$short", "s3cret"), Err(Unproven::Mismatch));
    assert_eq!(verify("a\0b", DATE, HASH, "s3cret"), Err(Unproven::WeakHash));
}
