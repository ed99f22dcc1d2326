//! `conciliar plan`: the templates that subscriptions are made from.

use clap::Subcommand;

use super::ordering::{Every, Ordering};
use super::provider::Account;

#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Makes a plan, once: the same again finds the one that was made.
    #[command(
        after_help = "Example: conciliar plan create --actor ana --title \"Yoga classes\" --amount 10.00 --site MLA --back-url https://shop.example/thanks\n         conciliar plan create --actor ana --title Gym --amount 12000 --site MLA --every 1-month --billing-day 10 --proportional --trial 7-days --back-url https://shop.example/thanks --dry-run\n\nPayers subscribe at its init_point."
    )]
    Create(Box<Create>),
    /// Reads a plan.
    #[command(after_help = "Example: conciliar plan show 2c938084726fca480172750000000000")]
    Show {
        #[command(flatten)]
        account: Account,
        /// Its id.
        id: String,
    },
    /// Finds plans.
    #[command(after_help = "Example: conciliar plan search --status active")]
    Search(Search),
    /// Offers a time that is free before the first charge to those who subscribe from now on.
    #[command(
        after_help = "Example: conciliar plan trial 2c938084726fca480172750000000000 1-month --actor ana\n\nExit code 3: the provider answered with success and changed nothing."
    )]
    Trial {
        #[command(flatten)]
        ordering: Ordering,
        /// Its id.
        id: String,
        /// How long, such as 1-month or 14-days.
        #[arg(value_name = "PERIOD")]
        period: Every,
    },
}

#[derive(Debug, clap::Args)]
pub struct Create {
    #[command(flatten)]
    pub ordering: Ordering,
    /// What is sold.
    #[arg(long, value_name = "TEXT")]
    pub title: String,
    /// Charged each time, in major units such as 24.00.
    #[arg(long, value_name = "AMOUNT")]
    pub amount: String,
    /// The site, which tells the currency (default: the seller's).
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// How often, such as 1-month or 14-days.
    #[arg(long, value_name = "PERIOD", default_value = "1-month")]
    pub every: Every,
    /// How many charges (default: until it is cancelled).
    #[arg(long, value_name = "COUNT")]
    pub repetitions: Option<u32>,
    /// Day of the month of every charge, 1 to 28; with periods of months.
    #[arg(long, value_name = "DAY")]
    pub billing_day: Option<u32>,
    /// The first charge is only for the days until the billing day.
    #[arg(long, requires = "billing_day")]
    pub proportional: bool,
    /// Time that is free before the first charge, such as 7-days.
    #[arg(long, value_name = "PERIOD")]
    pub trial: Option<Every>,
    /// Where the payer returns to.
    #[arg(long, value_name = "URL")]
    pub back_url: String,
    /// The merchant's own reference.
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// A family of methods that may pay, such as credit_card; may be given again (default: all).
    #[arg(long, value_name = "WORD")]
    pub method_type: Vec<String>,
    /// A method that may pay, such as visa; may be given again (default: all).
    #[arg(long, value_name = "WORD")]
    pub method: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct Search {
    #[command(flatten)]
    pub account: Account,
    /// Only those in this status, in the provider's word.
    #[arg(long, value_name = "WORD")]
    pub status: Option<String>,
    /// Only those with these words in their title.
    #[arg(long, value_name = "TEXT")]
    pub words: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 30)]
    pub limit: u32,
    /// After this many.
    #[arg(long, default_value_t = 0)]
    pub offset: u32,
}
