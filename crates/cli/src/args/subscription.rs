//! `conciliar subscription`: what payers agreed to be charged again and again.

use clap::{Subcommand, ValueEnum};

use super::ordering::{CardToken, Every, Ordering};
use super::provider::Account;

#[derive(Debug, Subcommand)]
pub enum Subscription {
    /// Makes a subscription, once: the same again finds the one that was made.
    #[command(
        after_help = "Example: conciliar subscription create --actor ana --plan 2c938084726fca480172750000000000 --payer payer@mail.example --card-token-file token\n         conciliar subscription create --actor ana --title \"Yoga classes\" --amount 10.00 --site MLA --payer payer@mail.example --reference YG-1234 --back-url https://shop.example/thanks --card-token-file token\n         conciliar subscription create --actor ana --pending --title \"Yoga classes\" --amount 10.00 --site MLA --payer payer@mail.example --reference YG-1234 --back-url https://shop.example/thanks\n\nThree ways: of a plan with a card; without a plan with a card; --pending, where the payer chooses a\nmethod at the link that is printed. The provider makes a second one of the same request, so what was\nsent is kept under --key, else under the request's own content without the card."
    )]
    Create(Box<Create>),
    /// Reads a subscription.
    #[command(after_help = "Example: conciliar subscription show 2c938084726fca480172750000000001")]
    Show {
        #[command(flatten)]
        account: Account,
        /// Its id.
        id: String,
    },
    /// Finds subscriptions. The provider's rows lack the next charge, and it misses some.
    #[command(after_help = "Example: conciliar subscription search --status authorized,paused")]
    Search(Search),
    /// Charges nothing until it is resumed; what is missed meanwhile is lost.
    #[command(
        after_help = "Example: conciliar subscription pause 2c938084726fca480172750000000001 --actor ana\n\nExit code 3: the provider answered with success and changed nothing."
    )]
    Pause(One),
    /// Charges again.
    #[command(
        after_help = "Example: conciliar subscription resume 2c938084726fca480172750000000001 --actor ana --until 2027-12-31\n\nExit code 3: the provider answered with success and changed nothing."
    )]
    Resume {
        #[command(flatten)]
        one: One,
        /// It ends at this instant, or at the end of this date.
        #[arg(long, value_name = "T")]
        until: Option<String>,
    },
    /// Ends it for good.
    #[command(
        after_help = "Example: conciliar subscription cancel 2c938084726fca480172750000000001 --actor ana"
    )]
    Cancel(One),
    /// Charges another amount from the next charge on. Nobody is notified by webhook.
    #[command(
        after_help = "Example: conciliar subscription amount 2c938084726fca480172750000000001 12.00 --actor ana --site MLA"
    )]
    Amount {
        #[command(flatten)]
        one: One,
        /// Each charge, in major units such as 24.00.
        amount: String,
        /// The site, which tells the currency (default: the seller's).
        #[arg(long, value_name = "SITE")]
        site: Option<String>,
    },
    /// Charges another card.
    #[command(
        after_help = "Example: conciliar subscription card 2c938084726fca480172750000000001 --actor ana --card-token-file token"
    )]
    Card {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        card: CardToken,
    },
    /// Sets the method that is tried when the main one fails.
    #[command(
        after_help = "Example: conciliar subscription secondary 2c938084726fca480172750000000001 account_money --actor ana\n         conciliar subscription secondary 2c938084726fca480172750000000001 visa --by-card --card-token-file token --actor ana"
    )]
    Secondary {
        #[command(flatten)]
        one: One,
        /// The method, such as account_money or visa.
        method: String,
        /// It is a card.
        #[arg(long)]
        by_card: bool,
        #[command(flatten)]
        card: CardToken,
    },
    /// Charges on another day of the month. The provider is known to ignore it: exit code 3.
    #[command(
        after_help = "Example: conciliar subscription billing-day 2c938084726fca480172750000000001 10 --actor ana"
    )]
    BillingDay {
        #[command(flatten)]
        one: One,
        /// 1 to 28.
        day: u8,
    },
    /// Sets whether the first charge is only for the days until the billing day.
    #[command(
        after_help = "Example: conciliar subscription proportional 2c938084726fca480172750000000001 on --actor ana"
    )]
    Proportional {
        #[command(flatten)]
        one: One,
        /// Whether.
        #[arg(value_enum)]
        switch: Switch,
    },
}

/// An order about one subscription.
#[derive(Clone, Debug, clap::Args)]
pub struct One {
    #[command(flatten)]
    pub ordering: Ordering,
    /// Its id.
    pub id: String,
}

/// On or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

#[derive(Debug, clap::Args)]
pub struct Create {
    #[command(flatten)]
    pub ordering: Ordering,
    /// The plan whose terms it has; needs a card.
    #[arg(long, value_name = "ID", conflicts_with_all = ["pending", "amount", "every", "start", "end", "trial"])]
    pub plan: Option<String>,
    /// The payer chooses the method at a link.
    #[arg(long, conflicts_with = "card_token_file")]
    pub pending: bool,
    #[command(flatten)]
    pub card: CardToken,
    /// The payer's e-mail; for a link that of the account that pays.
    #[arg(long, value_name = "EMAIL")]
    pub payer: String,
    /// What is sold (needed without a plan).
    #[arg(long, value_name = "TEXT", required_unless_present = "plan")]
    pub title: Option<String>,
    /// Charged each time, in major units such as 24.00 (needed without a plan).
    #[arg(long, value_name = "AMOUNT", required_unless_present = "plan")]
    pub amount: Option<String>,
    /// The site, which tells the currency (default: the seller's).
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// How often, such as 1-month or 14-days (default without a plan: 1-month).
    #[arg(long, value_name = "PERIOD")]
    pub every: Option<Every>,
    /// Charged from this instant, or the beginning of this date; the provider looks at it only beside --end.
    #[arg(long, value_name = "T", requires = "end")]
    pub start: Option<String>,
    /// Charged until this instant, or the end of this date.
    #[arg(long, value_name = "T")]
    pub end: Option<String>,
    /// Time that is free before the first charge, such as 7-days.
    #[arg(long, value_name = "PERIOD")]
    pub trial: Option<Every>,
    /// The merchant's own reference (needed without a plan).
    #[arg(long, value_name = "TEXT", required_unless_present = "plan")]
    pub reference: Option<String>,
    /// Where the payer returns to (needed without a plan).
    #[arg(long, value_name = "URL", required_unless_present = "plan")]
    pub back_url: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct Search {
    #[command(flatten)]
    pub account: Account,
    /// Only those of this plan.
    #[arg(long, value_name = "ID")]
    pub plan: Option<String>,
    /// Only those of this payer.
    #[arg(long, value_name = "EMAIL")]
    pub payer: Option<String>,
    /// Only those in this status, in the provider's word; several with commas.
    #[arg(long, value_name = "WORD")]
    pub status: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 30)]
    pub limit: u32,
    /// After this many.
    #[arg(long, default_value_t = 0)]
    pub offset: u32,
}
