//! The command line: verbs, options, and an example for each.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use engine::work::Shards;

pub mod approve;
pub mod attempts;
pub mod auth;
pub mod device;
pub mod fetch;
pub mod inbox;
pub mod integrator;
pub mod intent;
pub mod ordering;
pub mod orders;
pub mod payment;
pub mod plan;
pub mod poll;
pub mod provider;
pub mod reconcile;
pub mod refund;
pub mod relay;
pub mod report;
pub mod serve;
pub mod simulate;
pub mod subscription;
pub mod test_user;

/// The back office of a merchant that sells through Mercado Pago: ingest, prove, report, replay.
#[derive(Debug, Parser)]
#[command(
    name = "conciliar",
    version,
    about,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 failure, 2 usage, 3 findings."
)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every verb; they may stand before or after it.
#[derive(Clone, Debug, clap::Args)]
pub struct Global {
    /// The store: `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.
    #[arg(
        long,
        global = true,
        env = "CONCILIAR_DB",
        hide_env_values = true,
        default_value = "sqlite:conciliar.db",
        value_name = "URL"
    )]
    pub db: String,
    /// The broker: `amqps://USER:PASSWORD@HOST/VHOST`; `amqp://` only on this machine. Nodes of one
    /// cluster may all be named, with commas between them.
    #[arg(long, global = true, env = "CONCILIAR_BROKER", hide_env_values = true, value_name = "URL")]
    pub broker: Option<String>,
    /// Configuration over the defaults (see config/default.toml).
    #[arg(long, global = true, env = "CONCILIAR_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How to print.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Language of names and headings (default: reporting.language).
    #[arg(long, global = true, value_enum)]
    pub lang: Option<Lang>,
    /// The clock: an RFC 3339 instant or a date, for reproducible batch runs.
    #[arg(long, global = true, value_name = "T")]
    pub at: Option<String>,
    /// No progress and no remarks on standard error.
    #[arg(long, global = true)]
    pub quiet: bool,
}

/// How to print.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// Tables for people.
    Text,
    /// Stable JSON.
    Json,
    /// RFC 4180.
    Csv,
    /// One self-contained page (only `close` writes it).
    Html,
    /// Journal of plain-text accounting (only `report journal`).
    Hledger,
}

/// A language of names and headings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ingests what is in a folder, sweeps, reconciles and writes the report set.
    #[command(after_help = "Example: conciliar close examples/october --out october-books")]
    Close(Close),
    /// Takes deliveries, resources and report files in.
    #[command(
        after_help = "Example: conciliar ingest deliveries/*.ndjson release-report.csv\n         fetch-payments | conciliar ingest -\n         conciliar ingest --publish --broker amqps://clerk@queues.example/ deliveries/*.ndjson"
    )]
    Ingest(Ingest),
    /// Receives the provider's webhooks, until it is stopped.
    #[command(
        after_help = "Example: conciliar serve --broker amqps://clerk@queues.example/ --config shop.toml\n         conciliar serve --embedded --listen 127.0.0.1:8080 --config shop.toml\n\nWebhooks of seller 1122334455 are taken at /hooks/1122334455. A proxy in front of it ends TLS.\nSIGTERM and Ctrl-C end it once what is under way is answered."
    )]
    Serve(serve::Serve),
    /// Reads what notifications only point at, until it is stopped.
    #[command(
        after_help = "Example: conciliar fetch --db postgres://clerk@db.example/books --broker amqps://clerk@queues.example/\n         conciliar fetch --until-idle\n         conciliar fetch --open\n\nTokens are those of `conciliar auth`, or CONCILIAR_TOKEN for every seller. Several may run.\nSIGTERM and Ctrl-C end it once what it has begun is handed on and acknowledged."
    )]
    Fetch(fetch::Fetch),
    /// Takes deliveries from the broker's queues into the store, until it is stopped.
    #[command(
        after_help = "Example: conciliar work --db postgres://clerk@db.example/books --broker amqps://clerk@queues.example/\n         conciliar work --shards 0,1 --listen 127.0.0.1:9300\n         conciliar work --until-idle\n\nSIGTERM and Ctrl-C end it once what it has begun is committed and acknowledged.\nCONCILIAR_LOG chooses what it logs, such as warn or engine=debug; the default is info."
    )]
    Work(Work),
    /// Asks the provider for what nobody told us: changed payments, charge requests, subscriptions, reports.
    #[command(
        after_help = "Example: conciliar poll --broker amqps://clerk@queues.example/ --listen 127.0.0.1:9301\n         conciliar poll --once --only payments,intents --seller 1122334455\n\nWithout a broker it takes what it is told into the store. Several may run: they share their checkpoints."
    )]
    Poll(poll::Poll),
    /// Links the accounts of sellers, and shows how their links stand.
    #[command(
        after_help = "Example: conciliar auth login --seller 1122334455\n         conciliar auth status"
    )]
    Auth {
        #[command(subcommand)]
        verb: auth::Auth,
    },
    /// Asks for a charge in person, reads it, cancels it: any generation of the provider's API.
    #[command(after_help = "Example: conciliar intent get ORD00001111222233334444555566")]
    Intent {
        #[command(subcommand)]
        verb: intent::Intent,
    },
    /// Lists the terminals of an account, and sets who decides what they charge.
    #[command(after_help = "Example: conciliar device list")]
    Device {
        #[command(subcommand)]
        verb: device::Device,
    },
    /// Sets up once what charges in person need.
    #[command(after_help = "Example: conciliar integrator show")]
    Integrator {
        #[command(subcommand)]
        verb: integrator::Integrator,
    },
    /// Reads and finds payments at the provider; orders that one is cancelled or captured.
    #[command(after_help = "Example: conciliar payment get 57837458321")]
    Payment {
        #[command(subcommand)]
        verb: payment::Payment,
    },
    /// Orders money back to the payer: a whole payment, a part of it, or many by a file.
    #[command(
        after_help = "Example: conciliar refund 57837458321 --amount 12.50 --actor ana --reason broken --dry-run\n         conciliar refund 57837458321 --actor ana --reason returned --yes --send\n         conciliar refund --batch refunds.csv --actor ana --reason recall --yes\n\nThe order is written first and sent after, by `conciliar relay --provider` or at once with --send,\nso that neither a crash nor a lost answer gives money back twice. What is above the limit of the\nconfiguration waits for `conciliar approve`.\n\nA file has the columns payment, amount (empty: all that remains), and if wanted currency, reason and\nkey, in any order, with `,` or `;` between them. The order of a line without a key is named by its\npayment, its amount and which of several such lines it is, as in file/57837458321/12.50/1: the same\nline again, in a corrected file or in a later one, is the same order and gives nothing back twice; a\nkey makes it another order. Exit code 3: lines were refused, the others were ordered."
    )]
    Refund(Box<refund::Refund>),
    /// Lets an order go that waits for a second person.
    #[command(
        after_help = "Example: conciliar approve 57837458321 --actor eva --yes\n         conciliar approve 57837458321 --order return-17 --actor eva --yes --send\n\nAll rules of the order must hold now too. `conciliar report orders --open` lists what waits."
    )]
    Approve(approve::Approve),
    /// Ends an order that waits for a second person; nothing is sent.
    #[command(
        after_help = "Example: conciliar decline 57837458321 --actor eva --reason \"ask the shop first\""
    )]
    Decline(approve::Decline),
    /// Makes plans that payers subscribe to, reads and finds them.
    #[command(after_help = "Example: conciliar plan search --status active")]
    Plan {
        #[command(subcommand)]
        verb: plan::Plan,
    },
    /// Makes subscriptions, reads and finds them, and changes what was agreed on.
    #[command(
        after_help = "Example: conciliar subscription show 2c938084726fca480172750000000001\n         conciliar subscription pause 2c938084726fca480172750000000001 --actor ana"
    )]
    Subscription {
        #[command(subcommand)]
        verb: subscription::Subscription,
    },
    /// Makes test accounts.
    #[command(after_help = "Example: conciliar test-user create --site MLA")]
    TestUser {
        #[command(subcommand)]
        verb: test_user::TestUser,
    },
    /// Serves a Mercado Pago on this machine, to build and test against.
    #[command(
        after_help = "Example: conciliar simulate --seed 7 --webhook http://127.0.0.1:8080/hooks/{seller} --secret-env MP_WEBHOOK_SECRET\n         conciliar simulate --at 2026-10-01 --seller 1122334455:MLA --seller 2:MLB --lost 20\n\nIt prints how to sign in. With --at its clock stands until it is moved:\n  curl -X POST http://127.0.0.1:8090/admin/advance -d '{\"to\":\"2026-11-01T12:00:00Z\"}'\nThe words APRO, FUND, OTHE and CONT are tokens of cards: paid, no funds, refused, in review.\nPOST /admin/subscriptions/ID/accept or /card is what a payer does with the link of a subscription or\nwith its card; both take '{\"holder\":\"FUND\"}'.\nPOST /admin/obstacles lets the next calls of a kind be refused, late or never answered:\n  curl -X POST http://127.0.0.1:8090/admin/obstacles -d '{\"call\":\"POST /v1/payments\",\"meets\":\"lost_after\"}'\nPUT /admin/habits changes how it behaves, and GET shows both.\nSIGTERM and Ctrl-C end it; it keeps nothing."
    )]
    Simulate(simulate::Simulate),
    /// Writes what the clock alone makes due: unconfirmed payments and requests to charge past their life, messages for
    /// payers whose charges failed, revenue of months that passed. Prints where subscriptions were not charged as
    /// agreed, deadlines that need a person, and what was paid twice.
    #[command(
        after_help = "Example: conciliar sweep --at 2026-11-01\n         conciliar sweep --ahead 14 --strict --format json\n\nWhat it writes stays written: give --at an instant that has passed where the books are, as a batch does for\nthe end of its day. Told are reservations that lapse, documents of chargebacks, tokens that end, charges\nwhose answer is missing for minutes, and refund windows of payments that were paid twice, argued about, or whose refund waits or was refused. `conciliar poll\n--only overdue` asks the provider about what was presumed. A refund that it proposes is one order however often\nit is given; sweep again before you give an old one."
    )]
    Sweep(Sweep),
    /// Hands messages for payers to the merchant's own sender, and carries out at the provider what people
    /// ordered, until it is stopped.
    #[command(
        after_help = "Example: conciliar relay --provider --once\n         conciliar relay --to letters.ndjson --once\n         conciliar relay --provider --to https://shop.example/letters --token-file letters.token\n\nEach message is one JSON object with a key; an address gets the key as Idempotency-Key too. At an\naddress one may come twice, under the same key: after a crash the last, beside another relay any.\nAn order is looked at before it is sent and carries its own key, so that it is carried out once,\nwhatever fails and however many relays there are. Without an answer it stays open and is sent again.\nSIGTERM and Ctrl-C end it after what is under way.\n\nExit codes of --provider --once: 3 when the provider refused an order, else 1 when one still waits."
    )]
    Relay(relay::Relay),
    /// Compares the books with report files of the provider, or subscriptions with their payments.
    #[command(
        after_help = "Example: conciliar reconcile settlement settlement-report-*.csv --format json\n         conciliar reconcile subscriptions --from 2026-10-01 --to 2026-10-31\n\nExit code 3: a break that does more than inform, or a proof that does not hold."
    )]
    Reconcile(reconcile::Reconcile),
    /// Prints one report.
    #[command(
        after_help = "Example: conciliar report balances --as-of 2026-10-31\n         conciliar report journal --format hledger > october.journal\n         conciliar report mrr --from 2026-01-01 --format csv"
    )]
    Report(report::Report),
    /// Reads the whole history again; with --verify proves that it is what was written.
    #[command(after_help = "Example: conciliar replay --verify")]
    Replay(Replay),
    /// Looks into the inbox: every delivery with each verdict it was given.
    #[command(after_help = "Example: conciliar inbox list --verdict refused")]
    Inbox {
        #[command(subcommand)]
        verb: inbox::Inbox,
    },
    /// Creates the store or brings its schema up to date; with --broker declares the queues too.
    #[command(
        after_help = "Example: conciliar migrate --db sqlite:books.db\n         conciliar migrate --db postgres://owner@db.example/books --broker amqps://owner@queues.example/"
    )]
    Migrate,
    /// Checks configuration, store and, with --broker, the queues, and says what to do about what it finds.
    #[command(
        after_help = "Example: conciliar doctor --db sqlite:books.db\n         conciliar doctor --db postgres://clerk@db.example/books --broker amqps://clerk@queues.example/"
    )]
    Doctor,
    /// Prints a completion script for a shell.
    #[command(after_help = "Example: conciliar completions bash > /etc/bash_completion.d/conciliar")]
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

#[derive(Debug, clap::Args)]
pub struct Close {
    /// Folder with deliveries (.ndjson, .json) and report files (.csv), at any depth.
    pub folder: PathBuf,
    /// First day of the period (default: the first day that report rows cover).
    #[arg(long, value_name = "DATE")]
    pub from: Option<chrono::NaiveDate>,
    /// Last day of the period (default: the last day that report rows cover).
    #[arg(long, value_name = "DATE")]
    pub to: Option<chrono::NaiveDate>,
    /// Instant or date of the books and of the sweep (default: the end of the period).
    #[arg(long, value_name = "T")]
    pub as_of: Option<String>,
    /// Where the report set goes; may not lie inside the folder.
    #[arg(long, default_value = "conciliar-out", value_name = "DIR")]
    pub out: PathBuf,
    /// Exit with 3 when there are breaks, refused or undecodable deliveries.
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, clap::Args)]
pub struct Ingest {
    /// Files to take in; `-` is NDJSON on standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Exit with 3 when deliveries were refused or undecodable.
    #[arg(long)]
    pub strict: bool,
    /// Put the deliveries on the broker's queues, for `conciliar work`, instead of into the store.
    #[arg(long, conflicts_with = "strict")]
    pub publish: bool,
}

#[derive(Debug, clap::Args)]
pub struct Work {
    /// Shards to take from: `all`, shared with the other workers, or numbers such as `0,1`.
    #[arg(long, default_value = "all", value_name = "K,L|all")]
    pub shards: Shards,
    /// Answers /healthz, /readyz and /metrics here; port 0 takes a free one and tells it.
    #[arg(long, value_name = "HOST:PORT")]
    pub listen: Option<String>,
    /// Stop once the queues are empty and everything is acknowledged.
    #[arg(long)]
    pub until_idle: bool,
}

#[derive(Debug, clap::Args)]
pub struct Sweep {
    /// Days back within which subscriptions are looked at.
    #[arg(long, default_value_t = 90, value_name = "N")]
    pub days: u32,
    /// Days ahead within which deadlines are told that need a person.
    #[arg(long, default_value_t = 7, value_name = "N", value_parser = clap::value_parser!(u32).range(..=3_660))]
    pub ahead: u32,
    /// Exit with 3 when something is found.
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, clap::Args)]
pub struct Replay {
    /// Make chain, histories, postings and balances again and compare.
    #[arg(long)]
    pub verify: bool,
    /// Only what happened by this instant or date (not with --verify, which is of the whole store).
    #[arg(long, value_name = "T", conflicts_with = "verify")]
    pub as_of: Option<String>,
    /// Print the history of one stream, such as `payment/1122334455/129000000009`.
    #[arg(long, value_name = "ID", conflicts_with = "verify")]
    pub stream: Option<String>,
}
