//! What is sealed opens with its key and for its seller, and in no other way.

use super::*;

fn keys(text: &str) -> Keyring {
    Keyring::parse(&SecretString::from(text)).expect("the test has keys")
}

/// 32 bytes that are all the same, in Base64.
fn base64(byte: u8) -> String {
    STANDARD.encode([byte; KEY_BYTES])
}

fn ring(ids: &[(&str, u8)]) -> Keyring {
    keys(&ids.iter().map(|(id, byte)| format!("{id}:{}\n", base64(*byte))).collect::<String>())
}

fn seller(id: &str) -> SellerId {
    SellerId::from(id)
}

#[test]
fn what_is_sealed_opens_again_and_shows_nothing_meanwhile() {
    let ring = ring(&[("2026", 1)]);
    let sealed = ring.seal(&seller("1"), b"APP_USR-token").expect("there is randomness");
    assert_eq!(key_of(&sealed).as_deref(), Ok("2026"));
    assert!(!sealed.windows(5).any(|five| five == b"token"));
    assert_eq!(ring.open(&seller("1"), &sealed).expect("it opens").as_slice(), b"APP_USR-token");
    let again = ring.seal(&seller("1"), b"APP_USR-token").expect("there is randomness");
    assert_ne!(sealed, again, "the nonce is another one each time");
}

#[test]
fn another_seller_another_key_and_an_unknown_key_do_not_open_it() {
    let sealed = ring(&[("2026", 1)]).seal(&seller("1"), b"token").expect("there is randomness");
    let open = |ring: &Keyring, id: &str| ring.open(&seller(id), &sealed).map(|opened| opened.to_vec());
    let forged = Err(SealError::Forged { id: "2026".into() });
    assert_eq!(open(&ring(&[("2026", 1)]), "2"), forged);
    assert_eq!(open(&ring(&[("2026", 1)]), "11"), forged);
    assert_eq!(open(&ring(&[("2026", 2)]), "1"), forged);
    assert_eq!(open(&ring(&[("2027", 1)]), "1"), Err(SealError::UnknownKey { id: "2026".into() }));
}

#[test]
fn every_changed_byte_and_every_cut_is_found() {
    let ring = ring(&[("2026", 1), ("2027", 1)]);
    let sealed = ring.seal(&seller("1"), b"token").expect("there is randomness");
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[at] ^= 1 << bit;
            assert!(ring.open(&seller("1"), &changed).is_err(), "bit {bit} of byte {at}");
        }
        assert!(ring.open(&seller("1"), &sealed[..at]).is_err(), "cut at {at}");
    }
    let longer = [sealed.as_slice(), b"x"].concat();
    assert_eq!(ring.open(&seller("1"), &longer), Err(SealError::Forged { id: "2026".into() }));
}

#[test]
fn a_value_that_names_another_key_with_the_same_bytes_does_not_open() {
    let ring = ring(&[("a", 1), ("b", 1)]);
    let mut sealed = ring.seal(&seller("1"), b"token").expect("there is randomness");
    sealed[2] = b'b';
    assert_eq!(ring.open(&seller("1"), &sealed), Err(SealError::Forged { id: "b".into() }));
}

#[test]
fn after_a_rotation_the_new_key_seals_and_the_old_one_still_opens() {
    let before = ring(&[("old", 1)]);
    let sealed = before.seal(&seller("1"), b"token").expect("there is randomness");
    let after = ring(&[("new", 2), ("old", 1)]);
    assert_eq!(after.open(&seller("1"), &sealed).expect("the old key is there").as_slice(), b"token");
    let renewed = after.seal(&seller("1"), b"token").expect("there is randomness");
    assert_eq!(key_of(&renewed).as_deref(), Ok("new"));
    assert_eq!(ring(&[("new", 2)]).open(&seller("1"), &renewed).expect("it opens").as_slice(), b"token");
}

#[test]
fn a_value_of_another_form_is_told_from_a_newer_one() {
    let ring = ring(&[("2026", 1)]);
    let open = |sealed: &[u8]| ring.open(&seller("1"), sealed).map(|opened| opened.to_vec());
    assert_eq!(open(&[2, 0]), Err(SealError::Newer { found: 2 }));
    assert_eq!(open(&[0, 0]), Err(SealError::Shape));
    assert_eq!(open(b""), Err(SealError::Shape));
    assert_eq!(open(&[1, 200, b'a']), Err(SealError::Shape));
}

#[test]
fn keys_are_read_line_by_line_and_a_fault_names_its_line_only() {
    let one = base64(1);
    let parsed = keys(&format!("# made in October\n\n a : {one} \nb:{one}\n"));
    assert_eq!(format!("{parsed:?}"), r#"["a", "b"]"#);
    assert_eq!(&**keys(&format!("a:{one},b:{one}")).sealing(), "a");
    let check = |text: &str, expected: KeyError| {
        assert_eq!(Keyring::parse(&SecretString::from(text)).map(|_| ()), Err(expected), "{text}");
    };
    check("# nothing\n", KeyError::None);
    check(&format!("a:{one}\n{one}\n"), KeyError::Line { line: 2 });
    check(&format!("a:{}\n", &one[4..]), KeyError::Line { line: 1 });
    check(&format!("a key:{one}\n"), KeyError::Line { line: 1 });
    check(&format!("a:{one}\na:{}\n", base64(2)), KeyError::Repeated { id: "a".into() });
}

#[test]
fn a_new_key_is_a_line_of_its_own_and_never_the_same() {
    let lines = [new_line("a").expect("there is randomness"), new_line("a").expect("there is randomness")];
    assert_eq!(&**Keyring::parse(&lines[0]).expect("it is a key").sealing(), "a");
    assert_ne!(lines[0].expose_secret(), lines[1].expose_secret());
}
