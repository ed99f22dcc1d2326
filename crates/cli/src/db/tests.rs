use super::*;

#[track_caller]
fn check(given: &str, shown: &str) {
    let db = Db::parse(given).unwrap_or_else(|error| panic!("{given}: {error}"));
    assert_eq!(db.to_string(), shown);
}

#[test]
fn a_store_is_shown_without_its_password() {
    check("sqlite:books.db", "sqlite:books.db");
    check("postgres://clerk@db:5433/books", "postgres://clerk@db:5433/books");
    check("postgres://clerk:geheim@db/books", "postgres://clerk:***@db/books");
    check("postgresql:///books?user=clerk&password=geheim", "postgresql:///books?user=clerk&password=***");
    check("postgres://%2Fvar%2Frun/books", "postgres://%2Fvar%2Frun/books");
}

#[track_caller]
fn check_unknown(given: &str, secret: &str) {
    let Err(error) = Db::parse(given) else { panic!("{given} is no store") };
    let told = format!("{error:#}");
    assert!(!told.contains(secret), "{told}");
    assert!(told.contains("postgres://USER@HOST/DATABASE"), "{told}");
}

#[test]
fn a_wrong_url_does_not_give_its_password_away() {
    check_unknown("mysql://clerk:geheim@db/books", "geheim");
    check_unknown("postgres://clerk:geheim@db:port/books", "geheim");
    check_unknown("postgres://clerk:geheim@", "geheim");
}

#[test]
fn the_server_is_asked_where_the_url_says() {
    let asked = |text: &str| is_ready(&Url::parse(text).expect("a URL"));
    assert_eq!(asked("postgres://clerk@db:5433/books"), "pg_isready -h db -p 5433");
    assert_eq!(asked("postgres:///books"), "pg_isready");
}
