//! `conciliar auth`: its verbs and options.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Auth {
    /// Asks a seller to authorise in the browser, and keeps the tokens.
    #[command(
        after_help = "Example: conciliar auth login --seller 1122334455\n         conciliar auth login --seller 1122334455 --no-browser\n         conciliar auth login --seller 1122334455 --grant client_credentials"
    )]
    Login(Login),
    /// Renews a seller's tokens now, due or not.
    #[command(after_help = "Example: conciliar auth refresh --seller 1122334455")]
    Refresh(Whose),
    /// Shows how every link stands; never a token.
    #[command(after_help = "Example: conciliar auth status --format json")]
    Status {
        /// Exit with 3 when a link has ended or cannot be opened.
        #[arg(long)]
        strict: bool,
    },
    /// Keeps a token of a seller who does not authorise through an application.
    #[command(
        after_help = "Example: conciliar auth import --seller 1122334455 --token env:ACCESS_TOKEN\n         conciliar auth import --seller 1122334455 --token file:/run/secrets/token"
    )]
    Import(Import),
    /// Forgets a seller's tokens.
    #[command(after_help = "Example: conciliar auth forget --seller 1122334455")]
    Forget(Whose),
    /// Makes a new key for sealing and writes it before the keys of a file.
    #[command(after_help = "Example: conciliar auth key --file /etc/conciliar/vault.keys")]
    Key(Key),
    /// Seals every link with the first key, so that the others can be taken away.
    #[command(after_help = "Example: conciliar auth reseal")]
    Reseal,
}

/// Whose account.
#[derive(Debug, clap::Args)]
pub struct Whose {
    /// The seller's id (default: the only seller of the configuration).
    #[arg(long, value_name = "ID")]
    pub seller: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct Login {
    #[command(flatten)]
    pub whose: Whose,
    /// The application's id (default: the only application of the configuration).
    #[arg(long, value_name = "ID")]
    pub application: Option<String>,
    /// How access is asked for.
    #[arg(long, value_enum, default_value_t = GrantName::AuthorizationCode)]
    pub grant: GrantName,
    /// Print the address, and read from standard input where the browser ended, or the code.
    #[arg(long)]
    pub no_browser: bool,
    /// Ask for tokens for tests.
    #[arg(long)]
    pub test_token: bool,
}

/// How access is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum GrantName {
    /// The seller authorises the application.
    AuthorizationCode,
    /// The seller is the application's owner.
    ClientCredentials,
}

#[derive(Debug, clap::Args)]
pub struct Import {
    #[command(flatten)]
    pub whose: Whose,
    /// Where the token is: `env:NAME` or `file:PATH`.
    #[arg(long, value_name = "PLACE")]
    pub token: String,
    /// When it runs out, if that is known.
    #[arg(long, value_name = "T")]
    pub expires: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct Key {
    /// The file with the keys; it is made when there is none.
    #[arg(long, value_name = "PATH")]
    pub file: PathBuf,
    /// The key's name (default: today's date).
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
}
