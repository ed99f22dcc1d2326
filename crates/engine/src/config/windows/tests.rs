use super::*;
use crate::config::Config;

fn read(set: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(Some(("test", set)), variables)
}

#[test]
fn the_defaults_are_those_of_the_decisions() {
    let (read, rules) = (read("", &[]).expect("the defaults fit").rules(), Rules::default());
    assert_eq!(read.refund_window, rules.refund_window);
    assert_eq!(read.confirmation_window, rules.confirmation_window);
    assert_eq!(read.sites, rules.sites);
}

#[test]
fn a_file_and_a_variable_change_one_key_of_a_site() {
    let set =
        "[rules.sites.MLB]\nrefund_window_days_by_method = { debit_card = 1 }\nrefund_window_days = 90\n";
    let variable = ("CONCILIAR__RULES__SITES__MLB__REFUND_WINDOW_DAYS", "60");
    let rules = read(set, &[variable]).expect("it fits").rules();
    let site = &rules.sites[&Currency::BRL];
    assert_eq!(site.capture_window, Some(TimeDelta::days(5)));
    assert_eq!(site.refund_window, Some(TimeDelta::days(60)));
    assert_eq!(site.refund_window_of_method["debit_card"], TimeDelta::days(1));
}

#[test]
fn a_site_that_nobody_knows_is_an_error() {
    let refused = read("[rules.sites.MLX]\ncapture_window_days = 7\n", &[]).expect_err("no such site");
    assert_eq!(
        refused.to_string(),
        "rules.sites.MLX names no site; sites are MLA, MLB, MLM, MLC, MCO, MLU and MPE"
    );
}
