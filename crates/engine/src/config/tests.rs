//! The defaults are complete, files and variables win in their order, and a slip of the pen is an error.

use chrono::TimeDelta;

use super::*;

fn read(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let variables = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Config::read(Some(("my.toml", file)), variables).map_err(|e| crate::look::chain(&e))
}

#[test]
fn the_defaults_are_a_whole_configuration() {
    let config = Config::read(None, []).expect("the defaults fit");
    assert_eq!(config.reporting.time_zone, Tz::America__Argentina__Buenos_Aires);
    assert_eq!(config.policy, Policy::default());
    assert_eq!(config.rules().refund_window, TimeDelta::days(180));
    assert!(config.sellers.accept("anybody"));
}

#[test]
fn a_file_wins_over_the_defaults_and_the_environment_over_both() {
    let file = "[ingest]\nbatch = 7\n[sellers]\n\"1\" = { site = \"MLB\" }\n";
    let config = read(file, &[("CONCILIAR__INGEST__BATCH", "9"), ("PATH", "x")]).expect("fits");
    assert_eq!(config.ingest.batch, 9);
    assert!(config.sellers.accept("1"));
    assert!(!config.sellers.accept("2"));
    assert_eq!(config.sellers.only(), Some("1"));
}

#[test]
fn an_unknown_key_is_an_error_that_names_it() {
    let error = read("[ingest]\nbacth = 7\n", &[]).expect_err("a misspelt key");
    assert!(error.contains("unknown field `bacth`"), "{error}");
    let error = read("", &[("CONCILIAR__BATCH", "9")]).expect_err("no section");
    assert_eq!(error, "`CONCILIAR__BATCH` names no key; write CONCILIAR__SECTION__KEY");
    assert_eq!(read("[ingest]\nbatch = 0\n", &[]).expect_err("empty"), "ingest.batch must be at least 1");
}

#[test]
fn numbers_that_do_not_fit_together_are_named() {
    let check = |file: &str, expected: &str| {
        assert_eq!(read(file, &[]).map(|_| ()).expect_err(file), expected);
    };
    check("[store]\nshards = 3\n", "store.shards = 3 does not divide broker.shards = 8");
    check("[store]\nshards = 0\n", "store.shards must be at least 1");
    check("[store]\nshards = 1025\n[broker]\nshards = 1025\n", "store.shards = 1025 is over 1024");
    check("[broker]\nshards = 0\n", "broker.shards must be at least 1");
    check("[broker]\nwindow = 0\n", "broker.window must be at least 1");
    check("[work]\nbatch = 0\n", "work.batch must be at least 1");
    check("[work]\nshare_seconds = 0\n", "work.share_seconds must be at least 1");
    check("[work]\nbatch = 30000\n", "work.batch = 30000 times work.ahead = 3 is over 65535");
    read("[store]\nshards = 4\n[broker]\nshards = 16\n", &[]).expect("4 divides 16");
}

#[test]
fn the_guard_consults_what_is_configured() {
    let config = Config::read(None, []).expect("the defaults fit");
    assert_eq!(config.rules().guard, domain::rules::GuardRules::default());
    let file =
        "[guard]\ncool_down_seconds = 5\ncard_token_days = 1\npayer_window_hours = 2\nlost_after_hours = 3\n";
    let guard = read(file, &[]).expect("fits").rules().guard;
    let told = [guard.cool_down, guard.token_life, guard.payer_window, guard.lost_after];
    let hours = [2, 3].map(TimeDelta::hours);
    assert_eq!(told, [TimeDelta::seconds(5), TimeDelta::days(1), hours[0], hours[1]]);
    let refused = read("[guard]\nlost_after_hours = 0\n", &[]).expect_err("nothing under way is given up");
    assert_eq!(refused, "guard.lost_after_hours must be at least 1");
    assert!(read("[guard]\npayer_key = \"a key\"\n", &[]).is_err(), "a key is named by its place");
}
