//! `conciliar device`: which terminals, of which generation.

use clap::{Subcommand, ValueEnum};

use super::provider::Account;

#[derive(Debug, Subcommand)]
pub enum Device {
    /// Lists the terminals of an account.
    #[command(
        after_help = "Example: conciliar device list --seller 1384573578\n         conciliar device list --generation point-order --format json"
    )]
    List {
        #[command(flatten)]
        account: Account,
        /// Which API lists them.
        #[arg(long, value_enum, default_value_t = DeviceGeneration::PaymentIntent)]
        generation: DeviceGeneration,
        /// Only those in this shop.
        #[arg(long, value_name = "ID")]
        store: Option<String>,
        /// Only those at this point of sale.
        #[arg(long, value_name = "ID")]
        pos: Option<String>,
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// After this many.
        #[arg(long, default_value_t = 0)]
        offset: u32,
    },
    /// Sets who decides what a terminal charges; it must be restarted afterwards.
    #[command(after_help = "Example: conciliar device mode PAX_A910__SMARTPOS1234345545 pdv")]
    Mode {
        #[command(flatten)]
        account: Account,
        /// Which API is told.
        #[arg(long, value_enum, default_value_t = DeviceGeneration::PaymentIntent)]
        generation: DeviceGeneration,
        /// Its id.
        id: String,
        /// The mode it is to have.
        #[arg(value_enum)]
        mode: ModeName,
    },
    /// Forgets a phone of the first generation.
    #[command(after_help = "Example: conciliar device delete counter")]
    Delete {
        #[command(flatten)]
        account: Account,
        /// Its name.
        name: String,
    },
}

/// An API that knows terminals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum DeviceGeneration {
    /// Phones with a card reader (/point/services/integrations/v1).
    PointOrder,
    /// Terminals (/point/integration-api).
    PaymentIntent,
    /// Terminals (/terminals/v1).
    Order,
}

/// Who decides what a terminal charges.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ModeName {
    /// The merchant's system, through the API.
    Pdv,
    /// Whoever stands before it.
    Standalone,
}
