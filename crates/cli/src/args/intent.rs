//! `conciliar intent`: a request to charge in person, in any of the four generations of the provider's API.

use clap::{Subcommand, ValueEnum};

use super::ordering::{Placing, Reasoned};
use super::provider::Account;

#[derive(Debug, Subcommand)]
pub enum Intent {
    /// Asks a terminal, or shows a QR code, to charge.
    #[command(
        after_help = "Example: conciliar intent create --device NEWLAND_N950__N950NCB801293324 --amount 24.00 --site MLA\n         conciliar intent create --generation payment-intent --device PAX_A910__SMARTPOS1234345545 --amount 15.00 --site MLA\n         conciliar intent create --generation instore --pos till4 --amount 10.14 --site MLA --description bread\n         conciliar intent create --generation point-order --device counter --amount 100 --site MLA --description cup --card credit"
    )]
    Create(Box<Create>),
    /// Reads a request to charge.
    #[command(
        after_help = "Example: conciliar intent get ORD00001111222233334444555566\n         conciliar intent get 7d8c70b6-2ac8-4c57-a441-c319088ca3ca --generation payment-intent"
    )]
    Get {
        #[command(flatten)]
        account: Account,
        /// Which API it was made with.
        #[arg(long, value_enum, default_value_t = Generation::Order)]
        generation: Generation,
        /// Its id.
        id: String,
        /// It is paid by a QR code (instore).
        #[arg(long)]
        qr: bool,
        /// It is of a virtual terminal (payment-intent).
        #[arg(long)]
        sandbox: bool,
    },
    /// Orders that a request to charge be cancelled that has not been paid.
    #[command(
        after_help = "Example: conciliar intent cancel ORD00001111222233334444555566 --at-terminal --actor ana --reason 'customer left' --yes --send\n         conciliar intent cancel 7d8c70b6-2ac8-4c57-a441-c319088ca3ca --generation payment-intent --device PAX_A910__SMARTPOS1234345545 --actor ana --reason mistake --dry-run\n         conciliar intent cancel --generation point-order --device counter --actor ana --reason mistake\n\nIt is read first, so that the books know it. The order is written and sent by `conciliar relay --provider`, or at once\nwith --send. Exit code 3: the terminal was asked, and may still finish a payment first. Read it again later."
    )]
    Cancel(Box<Cancel>),
}

/// A generation of the provider's API.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Generation {
    /// Phones with a card reader (/point/services/integrations/v1).
    PointOrder,
    /// Terminals (/point/integration-api).
    PaymentIntent,
    /// Terminals and QR codes (/instore-api/integrations/v1).
    Instore,
    /// Terminals and QR codes (/v1/orders): the current one.
    Order,
}

#[derive(Debug, clap::Args)]
pub struct Create {
    #[command(flatten)]
    pub account: Account,
    /// Which API it is made with.
    #[arg(long, value_enum, default_value_t = Generation::Order)]
    pub generation: Generation,
    /// The terminal's id; of a phone its name.
    #[arg(long, value_name = "ID", required_unless_present = "pos")]
    pub device: Option<String>,
    /// The merchant's id of the point of sale, instead of a terminal (instore, order).
    #[arg(long, value_name = "ID", conflicts_with = "device")]
    pub pos: Option<String>,
    /// It is paid by the QR code of --pos (instore, order).
    #[arg(long, requires = "pos")]
    pub qr: bool,
    /// How much, in major units such as 24.00.
    #[arg(long, value_name = "AMOUNT")]
    pub amount: String,
    /// The site, which tells the currency (default: the seller's).
    #[arg(long, value_name = "SITE")]
    pub site: Option<String>,
    /// What is charged for (point-order and instore need it).
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// The merchant's own reference (default for instore and order: a new one, which is printed).
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// Kind of card (point-order needs it; payment-intent in Brazil; order).
    #[arg(long, value_enum)]
    pub card: Option<Card>,
    /// Number of instalments (payment-intent in Brazil; order).
    #[arg(long, value_name = "COUNT")]
    pub installments: Option<u32>,
    /// Who pays for instalments (payment-intent in Brazil; order).
    #[arg(long, value_enum)]
    pub installments_cost: Option<Cost>,
    /// Number of the ticket (payment-intent, instore, order).
    #[arg(long, value_name = "NUMBER")]
    pub ticket: Option<String>,
    /// Whether the terminal prints a ticket (payment-intent, instore, order).
    #[arg(long, value_name = "BOOL")]
    pub print: Option<bool>,
    /// How long it lives, in seconds (order).
    #[arg(long, value_name = "SECONDS")]
    pub expires: Option<u32>,
    /// Where its payment is announced (point-order).
    #[arg(long, value_name = "URL")]
    pub notify: Option<String>,
    /// Tells repetitions from new orders: the same key again makes nothing new (order; default: a new one).
    #[arg(long, value_name = "TEXT")]
    pub key: Option<String>,
    /// For the virtual terminal of a test account (payment-intent).
    #[arg(long)]
    pub sandbox: bool,
}

/// A kind of card.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Card {
    /// Credit.
    Credit,
    /// Debit.
    Debit,
    /// Meal or food voucher.
    Voucher,
}

/// Who pays for instalments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Cost {
    /// The seller.
    Seller,
    /// The payer.
    Buyer,
}

#[derive(Debug, clap::Args)]
pub struct Cancel {
    #[command(flatten)]
    pub placing: Placing,
    #[command(flatten)]
    pub reasoned: Reasoned,
    /// Which API it was made with.
    #[arg(long, value_enum, default_value_t = Generation::Order)]
    pub generation: Generation,
    /// Its id; for point-order --device may stand instead: then what the phone holds now.
    #[arg(required_unless_present = "device")]
    pub id: Option<String>,
    /// The terminal it was made for (payment-intent needs it); for point-order the phone.
    #[arg(long, value_name = "ID")]
    pub device: Option<String>,
    /// It is paid by a QR code (instore; --pos is needed too).
    #[arg(long, requires = "pos")]
    pub qr: bool,
    /// The merchant's id of the point of sale (instore by QR).
    #[arg(long, value_name = "ID")]
    pub pos: Option<String>,
    /// Asks the terminal when it has the order already (order).
    #[arg(long)]
    pub at_terminal: bool,
    /// It is of a virtual terminal (payment-intent).
    #[arg(long)]
    pub sandbox: bool,
}
