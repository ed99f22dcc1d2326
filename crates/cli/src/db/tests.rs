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
    check("postgres://clerk@SECRET@db/books", "postgres://clerk%40***@db/books");
    check("postgres://%2Fvar%2Frun/books", "postgres://%2Fvar%2Frun/books");
}

#[test]
fn a_wrong_url_does_not_give_its_password_away() {
    for given in [
        "mysql://clerk:SECRET@db/books",
        "postgres://clerk:SECRET@db:port/books",
        "postgres://clerk:SECRET@",
        "postgres//clerk:SECRET@db/books",
        "postgres:/clerk:SECRET@db/books",
        "postgres:clerk:SECRET@db/books",
        "POSTGRES://clerk:SECRET@db/books",
        " postgres://clerk:SECRET@db/books",
        "//clerk:SECRET@db/books",
        "clerk:SECRET@db/books",
        "SECRET@db/books",
        ":SECRET@db/books",
        "SECRET",
        "host=db user=clerk password=SECRET",
        "postgres:///clerk:SECRET@db/books",
        "postgres://clerk:1/SECRET@db/books",
        "postgres://clerk:#SECRET@db/books",
        "postgres://clerk:?SECRET@db/books",
        "postgres://clerk@db/books?pass=SECRET",
        "postgres://clerk@db/books?SECRET",
        "postgres://clerk@db/books#SECRET",
    ] {
        let Err(error) = Db::parse(given) else { panic!("{given} is no store") };
        let told = format!("{error:#}");
        assert!(!told.contains("SECRET"), "{given}: {told}");
        assert!(told.contains("postgres://USER@HOST/DATABASE"), "{given}: {told}");
    }
}

#[test]
fn what_is_no_store_is_shown_by_its_scheme_alone() {
    let beginnings =
        ["mysql://u@h/d", "postgres//u@h", "C:\\books", "books.db", "u@h", "/books", ""].map(beginning);
    assert_eq!(beginnings, [Some("mysql:"), Some("postgres/"), Some("C:"), None, None, None, None]);
}

#[test]
fn a_command_for_a_shell_can_be_pasted() {
    let option = |text: &str| Db::parse(text).expect("a store").option();
    assert_eq!(option("sqlite:books.db"), "--db sqlite:books.db");
    assert_eq!(option("sqlite:my $books.db"), "--db 'sqlite:my $books.db'");
    assert_eq!(option("sqlite:o'clock.db"), r"--db 'sqlite:o'\''clock.db'");
    assert_eq!(
        option("postgres://clerk@db/books?user=a&port=1"),
        "--db 'postgres://clerk@db/books?user=a&port=1'"
    );
    assert_eq!(option("postgres://clerk:SECRET@db/books"), "--db \"$CONCILIAR_DB\"");
    assert_eq!(option("postgres:///books?user=clerk&password=SECRET"), "--db \"$CONCILIAR_DB\"");
    let psql = |text: &str| Db::parse(text).expect("a store").psql("chief");
    assert_eq!(psql("sqlite:books.db"), None);
    let url = "postgres://clerk:SECRET@db:5433/books?sslmode=verify-full&options=x";
    assert_eq!(psql(url).as_deref(), Some("psql 'postgres://chief@db:5433/books?sslmode=verify-full'"));
    assert_eq!(psql("postgres://clerk@db/books").as_deref(), Some("psql postgres://chief@db/books"));
    let url = "postgres:///books?user=clerk&password=SECRET";
    assert_eq!(psql(url).as_deref(), Some("psql 'postgres:///books?user=chief'"));
}

#[test]
fn the_server_is_asked_where_the_url_says() {
    let asked = |text: &str| is_ready(&Url::parse(text).expect("a URL"));
    assert_eq!(asked("postgres://clerk@db:5433/books"), "pg_isready -h db -p 5433");
    assert_eq!(asked("postgres:///books"), "pg_isready");
}
