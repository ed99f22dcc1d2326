//! Secrets that cannot be read, or must not be used.

use super::*;

fn refused(hooks: &str) -> String {
    let config = config(&format!("[sellers.{SELLER}]\nsite = 'MLA'\n{hooks}\n"));
    match Doors::read(&config) {
        Ok(_) => panic!("{hooks} is accepted"),
        Err(error) => engine::look::chain(&error),
    }
}

fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file");
    format!("'file:{}'", path.display())
}

#[test]
fn a_secret_that_is_not_there_is_named_by_its_key() {
    let told = refused("hooks.secrets = 'env:CONCILIAR_TEST_THAT_NOBODY_SETS'");
    let expected = "sellers.1122334455.hooks.secrets cannot be read: the environment variable \
                    CONCILIAR_TEST_THAT_NOBODY_SETS cannot be read: it is not set";
    assert_eq!(told, expected);
}

#[test]
fn the_token_of_challenges_may_not_sign_webhooks() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = (file(&folder, "a", "same\n"), file(&folder, "b", "same"));
    let told = refused(&format!("hooks.secrets = [{one}]\nhooks.point_token = {other}"));
    assert_eq!(told, "sellers.1122334455.hooks.point_token is one of its hooks.secrets; they must differ");
}

#[test]
fn an_address_that_could_be_guessed_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in ["fifteen-letters", "with/a-slash-in-it-all", "with?a-question-in-it"] {
        let place = file(&folder, "path", path);
        let told = refused(&format!("hooks.point_path = {place}"));
        assert!(told.ends_with("hooks.point_path needs 16 letters, digits, `-` or `_`, or more"), "{told}");
        assert!(!told.contains(path), "{told}");
    }
}

#[tokio::test]
async fn a_seller_without_a_secret_is_told_and_proves_nothing() {
    let config = config(&format!("[sellers.{SELLER}]\nsite = 'MLA'\n"));
    let doors = Doors::read(&config).expect("nothing must be read");
    assert_eq!(doors.without_secret().collect::<Vec<_>>(), [SELLER]);
    let receiver = Receiver::new(config.serve, doors, clock(), Arc::new(Shelf::default()));
    assert_eq!(receiver.push(SELLER, None, thin_payment()).await.status(), StatusCode::UNAUTHORIZED);
    let empty = signed("", "data.id=77&type=payment", Some("77"), "r", &payment("77"));
    assert_eq!(receiver.push(SELLER, None, empty).await.status(), StatusCode::UNAUTHORIZED);
    let report = include_str!("../../../../../tests/fixtures/notification/report.json");
    let report = receiver.push(SELLER, None, with_body(request(""), report)).await;
    assert_eq!(report.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(receiver.challenge(SELLER, None, "challengeCode=a").status(), StatusCode::NOT_FOUND);
    assert_eq!(Shop::new().receiver.doors.without_secret().count(), 0);
}
