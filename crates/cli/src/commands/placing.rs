//! What the verbs share that place orders about payments: whose they are, what is shown before, and what became of
//! them.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use domain::currency::Currency;
use domain::ids::{PaymentId, SellerId};
use domain::money::{Money, MoneyError};
use engine::act::available::Available;
use engine::act::rehearsal::Rehearsal;
use engine::act::{Act, Acts, Placed};
use engine::execute::Desk;
use store::store::Store;
use tokio::task::spawn_blocking;

use crate::answer::{check_format, print, table_of};
use crate::app::App;
use crate::args::ordering::Placing;
use crate::args::provider::Account;
use crate::db::quoted;
use crate::exit::{Exit, Usage};

pub mod sending;
mod sends;
pub mod shown;
pub mod told;

use sending::{Fate, Sender};
use shown::{FIELDS, Shown};

/// A person at the desk, about the payments of one seller.
pub struct Clerk<'a> {
    pub app: &'a App,
    /// The verb, as errors name it.
    pub verb: &'static str,
    pub acts: Acts,
    account: &'a Account,
    store: Arc<dyn Store>,
}

/// Something that is ordered about one payment.
pub struct Wanted<'w> {
    /// Which.
    pub payment: &'w PaymentId,
    /// What.
    pub act: Act,
    /// Whether what is available is left to the provider.
    pub despite_balance: bool,
}

impl<'a> Clerk<'a> {
    /// At the desk of a verb; opens the store, for reading only when nothing is to be written.
    pub async fn of(
        app: &'a App,
        verb: &'static str,
        account: &'a Account,
        actor: &str,
        is_dry: bool,
    ) -> anyhow::Result<Self> {
        let seller = seller(app, account)?;
        // Orders are about what is known: in the wrong folder no store is made.
        app.db()?.check_there()?;
        let store = if is_dry { app.read().await? } else { app.open().await? };
        let desk = Desk { store: Arc::clone(&store), config: app.config.clone(), clock: app.clock };
        Ok(Self { app, verb, acts: Acts::new(desk, seller, actor.into()), account, store })
    }

    /// What the books say is available, unless that is left to the provider.
    pub async fn available(&self, despite_balance: bool) -> anyhow::Result<Option<Available>> {
        if despite_balance { Ok(None) } else { Ok(Some(self.acts.available().await?)) }
    }

    /// An amount in the currency that is meant, else in the payment's.
    pub async fn amount(
        &self,
        payment: &PaymentId,
        text: Option<&str>,
        code: Option<&str>,
    ) -> anyhow::Result<Option<Money>> {
        let Some(text) = text else { return Ok(None) };
        let currency = match code {
            Some(code) => currency(code)?,
            None => {
                let known = self.acts.known(payment).await;
                let known = known.map_err(|error| told::explained(error, payment, self.acts.seller()))?;
                known.described.terms.currency
            }
        };
        Ok(Some(positive(text, currency).map_err(|why| Usage(format!("--amount: {why}")))?))
    }

    /// Shows what it would be, asks if nobody agreed beforehand, orders it, and sends it when that is wanted.
    pub async fn order(&self, placing: &Placing, wanted: &Wanted<'_>) -> anyhow::Result<Exit> {
        let Wanted { payment, despite_balance, .. } = wanted;
        let mut act = wanted.act.clone();
        let available = self.available(*despite_balance).await?;
        let explained = |error| told::explained(error, payment, self.acts.seller());
        if placing.dry_run || !placing.yes {
            let rehearsed = Rehearsal::new(&self.acts).place(payment, &act, available.as_ref()).await;
            let rehearsed = rehearsed.map_err(explained)?;
            let shown = self.shown(payment, &rehearsed, available.as_ref());
            let shown = shown.of_nothing_written(&act, payment, &rehearsed);
            if placing.dry_run {
                self.print(&shown)?;
                self.app.remark(&format!("nothing was written{}", shown.what_would_follow()));
                return Ok(Exit::Done);
            }
            self.app.tell(&table_of(&shown.json()?, &FIELDS)?);
            agreed(&shown.question(&act)).await?;
            // What was agreed to is what is ordered, whatever others order meanwhile.
            act = act.agreed(&rehearsed);
        }
        let sender = if placing.send { Some(Sender::of(self)?) } else { None };
        let placed = self.acts.place(payment, &act, available.as_ref()).await.map_err(explained)?;
        if placed.was_placed {
            self.app.remark(&format!("{} before ({}) and nothing was written", done(&act), placed.request));
        }
        let mut fate = Fate::of(&placed.stage());
        let mut shown = self.shown(payment, &placed, available.as_ref());
        if let (Some(sender), Fate::Open) = (sender, &fate) {
            fate = sender.send(self, payment, &placed.request).await;
            let after = self.again(payment, placed).await;
            fate = fate.after(&after);
            shown = self.shown(payment, &after, available.as_ref()).with_reason_of(&fate);
        }
        self.print(&shown)?;
        self.end(placing, &act, &shown, fate)
    }

    /// An order as it stands after it was sent; as it was written where the books cannot be read: it must be told all
    /// the same.
    pub async fn again(&self, payment: &PaymentId, placed: Placed) -> Placed {
        let Ok(known) = self.acts.known(payment).await else { return placed };
        let order = known.asked.orders.get(&placed.request).cloned().unwrap_or(placed.order);
        Placed { order, known, ..placed }
    }

    /// Ends an order that waits for a second person.
    pub async fn decline(&self, payment: &PaymentId, act: &Act) -> anyhow::Result<Exit> {
        let placed = self.acts.place(payment, act, None).await;
        let placed = placed.map_err(|error| told::explained(error, payment, self.acts.seller()))?;
        self.print(&self.shown(payment, &placed, None))?;
        Ok(Exit::Done)
    }

    /// The exit code, with what to do next.
    fn end(&self, placing: &Placing, act: &Act, shown: &Shown, fate: Fate) -> anyhow::Result<Exit> {
        let app = self.app;
        match fate {
            Fate::Done => Ok(Exit::Done),
            Fate::Open if !placing.send => {
                app.remark("`conciliar relay --provider` sends it");
                Ok(Exit::Done)
            }
            Fate::Held => {
                app.tell(&format!("a second person must approve it: {}", self.approval(shown)?));
                // Whoever wants it sent must not believe that it was.
                Ok(Exit::found(placing.send))
            }
            Fate::Declined { actor, reason } => bail!("{actor} declined it: {reason}"),
            Fate::Refused { code } => bail!("the provider refused it: {}", told::code(&code)),
            Fate::Waiting { why } => {
                let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                let name = if matches!(act, Act::Approve { .. }) { "--order" } else { "--key" };
                let order = quoted(shown.order.as_deref().unwrap_or_default());
                bail!(
                    "it is not done yet{why}; `conciliar relay --provider` goes on, or the same again with \
                     {name} {order} looks before it sends"
                )
            }
            Fate::Open => bail!("it was not sent; `conciliar relay --provider` sends it"),
        }
    }

    /// The command of the second person.
    pub fn approval(&self, shown: &Shown) -> anyhow::Result<String> {
        let order = quoted(shown.order.as_deref().unwrap_or_default());
        let seller = quoted(self.acts.seller().as_str());
        let (payment, db) = (&shown.payment, option_of(self.app)?);
        Ok(format!("`conciliar approve {payment} --order {order} --seller {seller} --actor NAME{db}`"))
    }

    fn shown(&self, payment: &PaymentId, placed: &Placed, available: Option<&Available>) -> Shown {
        Shown::of(self.acts.seller(), payment, placed, available, &self.app.config.rules())
    }

    fn print(&self, shown: &Shown) -> anyhow::Result<()> {
        print(self.app, self.verb, &shown.json()?, &crate::answer::Shown::One(&FIELDS))
    }
}

/// Decimals that an amount may be written with, where its currency has fewer.
const MOST_DECIMALS: usize = 2;
/// The store's option where none is needed.
const DEFAULT_DB: &str = "--db sqlite:conciliar.db";

/// The end of a command for a shell that means the same store; nothing where it does anyway.
pub fn option_of(app: &App) -> anyhow::Result<String> {
    let db = app.db()?.option();
    Ok(if db == DEFAULT_DB { String::new() } else { format!(" {db}") })
}

/// What holds before anything is opened: a format that the verb has, and somebody who agrees.
pub fn check(app: &App, verb: &str, placing: &Placing) -> anyhow::Result<()> {
    check_format(app, verb)?;
    check_agreed(placing)
}

/// Whether somebody agreed, or can be asked.
pub fn check_agreed(placing: &Placing) -> anyhow::Result<()> {
    if placing.yes || placing.dry_run || (io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(());
    }
    let missing = "nobody can be asked here: write --yes to do it, or --dry-run to see what it would be";
    Err(Usage(missing.to_owned()).into())
}

/// Asks the person at the terminal.
pub async fn agreed(question: &str) -> anyhow::Result<()> {
    write!(io::stderr().lock(), "{question} [y/N] ")?;
    let line = spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    let line = line.await?.context("standard input cannot be read")?;
    if is_yes(&line) { Ok(()) } else { Err(anyhow!("nothing was written")) }
}

/// Whether an answer agrees: nothing but a plain yes does.
fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// What was done before, when it is wanted again.
fn done(act: &Act) -> &'static str {
    match act {
        Act::Refund(_) | Act::Capture(_) | Act::Cancel(_) => "the order was placed",
        Act::Approve { .. } => "the order was approved",
        Act::Decline { .. } => "the order was declined",
    }
}

/// An id as the provider gives them to payments: digits.
pub fn payment_id(text: &str) -> Result<PaymentId, Usage> {
    let is_id = (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_id { Ok(PaymentId::from(text)) } else { Err(Usage(format!("`{text}` is no id of a payment"))) }
}

/// An amount of more than nothing, as people write one. `1.500` is one and a half to some and a thousand more to
/// others, and an exponent is of a machine that may have rounded: neither is taken.
pub fn positive(text: &str, currency: Currency) -> Result<Money, String> {
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let is_plain = !text.contains(['e', 'E']) && decimals <= MOST_DECIMALS.max(currency.exponent() as usize);
    match Money::parse(text, currency) {
        Ok(amount) if !is_plain || text.starts_with('+') => {
            Err(format!("`{text}` is no plain amount; write it as {amount} if that is meant"))
        }
        Ok(amount) if amount.minor > 0 => Ok(amount),
        Ok(_) => Err(format!("`{text}` is not more than zero")),
        Err(error @ MoneyError::NotDecimal { .. }) => Err(format!("{error}; one is 1500.00")),
        Err(error) => Err(error.to_string()),
    }
}

/// A currency by its code.
pub fn currency(code: &str) -> Result<Currency, Usage> {
    code.parse().map_err(|_| Usage(format!("`{code}` is no code of a currency; one is ARS or BRL")))
}

/// Whose payments are meant. No token is needed to say so.
fn seller(app: &App, account: &Account) -> Result<SellerId, Usage> {
    let named = account.seller.as_deref().or_else(|| app.config.sellers.only());
    let missing = || Usage("whose account? write --seller ID, or configure one under [sellers]".to_owned());
    named.map(SellerId::from).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use domain::currency::Currency;

    use super::{is_yes, payment_id, positive};

    #[test]
    fn an_amount_that_can_be_meant_in_two_ways_is_not_taken() {
        let told = |text: &str, currency| match positive(text, currency) {
            Ok(amount) => amount.to_string(),
            Err(why) => why,
        };
        for (text, is) in [
            ("1500", "1500.00"),
            ("1500.5", "1500.50"),
            ("1.500", "`1.500` is no plain amount; write it as 1.50 if that is meant"),
            ("1.000", "`1.000` is no plain amount; write it as 1.00 if that is meant"),
            ("1e3", "`1e3` is no plain amount; write it as 1000.00 if that is meant"),
            ("+5", "`+5` is no plain amount; write it as 5.00 if that is meant"),
            ("1.005", "`1.005` has more decimals than ARS allows (2)"),
            ("1.500,00", "`1.500,00` is not a decimal amount; one is 1500.00"),
            ("12,50", "`12,50` is not a decimal amount; one is 1500.00"),
            ("-5", "`-5` is not more than zero"),
            ("0.00", "`0.00` is not more than zero"),
        ] {
            assert_eq!(told(text, Currency::ARS), is);
        }
        for (text, is) in [
            ("1500.00", "1500"),
            ("1.000", "`1.000` is no plain amount; write it as 1 if that is meant"),
            ("15.50", "`15.50` has more decimals than CLP allows (0)"),
        ] {
            assert_eq!(told(text, Currency::CLP), is);
        }
    }

    #[test]
    fn nothing_but_a_plain_yes_agrees() {
        for (line, agrees) in [("y\n", true), ("YES\r\n", true), ("\n", false), ("", false), ("yep\n", false)]
        {
            assert_eq!(is_yes(line), agrees, "{line:?}");
        }
    }

    #[test]
    fn an_id_of_a_payment_is_digits_alone() {
        for (text, is_id) in
            [("57837458321", true), ("", false), ("5.78E+10", false), ("1/2", false), ("-1", false)]
        {
            assert_eq!(payment_id(text).is_ok(), is_id, "{text}");
        }
    }
}
