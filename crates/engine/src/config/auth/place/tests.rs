use secrecy::ExposeSecret;

use super::*;

fn place(text: &str) -> Place {
    text.parse().expect("the test names a place")
}

#[test]
fn a_place_is_a_variable_or_a_file_and_prints_as_it_was_written() {
    assert_eq!(place("env:VAULT_KEYS"), Place::Variable("VAULT_KEYS".to_owned()));
    assert_eq!(place("file:/etc/conciliar/keys"), Place::File("/etc/conciliar/keys".into()));
    for text in ["env:VAULT_KEYS", "file:/etc/conciliar/keys", "file:C:\\keys"] {
        assert_eq!(place(text).to_string(), text);
    }
}

#[test]
fn what_names_no_place_may_be_the_secret_and_is_not_repeated() {
    for text in ["", "APP_USR-SECRET", "env:", "file:", "vault:SECRET", "env:A=SECRET"] {
        let error = text.parse::<Place>().expect_err(text);
        assert!(!error.to_string().contains("SECRET"), "{text}: {error}");
    }
}

#[test]
fn a_file_is_read_again_each_time_without_the_space_around_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("key");
    let place = Place::File(path.clone());
    std::fs::write(&path, "one\n").expect("a file");
    assert_eq!(place.read().expect("readable").expose_secret(), "one");
    std::fs::write(&path, "\n two \n").expect("a file");
    assert_eq!(place.read().expect("readable").expose_secret(), "two");
    std::fs::write(&path, " \n").expect("a file");
    let error = place.read().expect_err("nothing in it");
    assert_eq!(error.to_string(), format!("file:{} holds nothing", path.display()));
}

#[test]
fn a_place_without_a_secret_says_which() {
    let check = |text: &str, expected: &str| {
        assert_eq!(crate::look::chain(&place(text).read().expect_err(text)), expected);
    };
    check(
        "env:CONCILIAR_NEVER_SET",
        "the environment variable CONCILIAR_NEVER_SET cannot be read: it is not set",
    );
    check(
        "file:/no/such/file",
        "the file /no/such/file cannot be read: No such file or directory (os error 2)",
    );
}
