//! The release report: the statement of the available balance, row after row, with its opening and its total.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::money::Pesos;
use super::sale::{SELLER, Sale};
use super::settlement::Amounts;
use super::time::{MONTH_END, MONTH_START, SECOND, Time};

const HEADER: &str = "DATE,SOURCE_ID,EXTERNAL_REFERENCE,RECORD_TYPE,DESCRIPTION,NET_CREDIT_AMOUNT,\
NET_DEBIT_AMOUNT,GROSS_AMOUNT,MP_FEE_AMOUNT,FINANCING_FEE_AMOUNT,SHIPPING_FEE_AMOUNT,TAXES_AMOUNT,\
COUPON_AMOUNT,INSTALLMENTS,PAYMENT_METHOD,PAYMENT_METHOD_TYPE,TAXES_DISAGGREGATED,\
TRANSACTION_APPROVAL_DATE,CURRENCY,BALANCE_AMOUNT";

/// A row to write.
pub struct Row<'a> {
    /// When it hits the available balance.
    pub at: Time,
    /// The provider's operation id.
    pub source: u64,
    /// The store's reference, or the bank's.
    pub reference: &'a str,
    /// The provider's word for it.
    pub word: &'static str,
    /// The money.
    pub amounts: Amounts,
    /// The sale it is about.
    pub sale: Option<&'a Sale>,
}

impl<'a> Row<'a> {
    /// A row about a sale.
    pub fn of_sale(sale: &'a Sale, word: &'static str, amounts: Amounts, at: Time) -> Self {
        Self { at, source: sale.id, reference: &sale.reference, word, amounts, sale: Some(sale) }
    }

    /// A row of money without charges.
    pub fn plain(at: Time, source: u64, reference: &'a str, word: &'static str, amount: i64) -> Self {
        let amounts = Amounts { gross: amount, ..Amounts::default() };
        Self { at, source, reference, word, amounts, sale: None }
    }
}

/// The file being written.
pub struct Release {
    file: BufWriter<File>,
    last: Time,
    credit: i64,
    debit: i64,
    /// Rows so far, without opening and total.
    pub rows: u64,
    /// Available balance, minor units.
    pub balance: i64,
}

impl Release {
    /// Starts the file in the month's folder with its opening row: the account begins the month empty.
    pub fn create(out: &Path) -> Result<Self> {
        let path = out.join(format!("release-report-{SELLER}-2026-11-01.csv"));
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        let opening = "initial_available_balance,,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,1,,,[],,ARS,0.00";
        writeln!(file, "{HEADER}\n{},,,{opening}", MONTH_START.local())
            .context("cannot write the release report")?;
        Ok(Self { file, last: MONTH_START, credit: 0, debit: 0, rows: 0, balance: 0 })
    }

    /// Adds a row and moves the balance.
    pub fn row(&mut self, row: &Row<'_>) -> Result<()> {
        ensure!(row.at >= self.last, "release rows are out of order: {} is early", row.source);
        let net = row.amounts.net();
        self.last = row.at;
        self.rows += 1;
        self.balance += net;
        self.credit += net.max(0);
        self.debit += (-net).max(0);
        self.print(row, net).context("cannot write the release report")
    }

    /// Writes the total and what is buffered; gives the closing balance.
    pub fn finish(&mut self) -> Result<i64> {
        ensure!(self.credit - self.debit == self.balance, "the release report does not add up");
        let (credit, debit, balance) = (Pesos(self.credit), Pesos(self.debit), Pesos(self.balance));
        let at = MONTH_END.plus(-SECOND).local();
        writeln!(
            self.file,
            "{at},,,total,,{credit},{debit},{balance},0.00,0.00,0.00,0.00,0.00,,,,[],,ARS,{balance}"
        )
        .and_then(|()| self.file.flush())
        .context("cannot write the release report")?;
        Ok(self.balance)
    }

    fn print(&mut self, row: &Row<'_>, net: i64) -> std::io::Result<()> {
        let Row { at, source, reference, word, amounts, sale } = row;
        let (credit, debit) = (Pesos(net.max(0)), Pesos((-net).max(0)));
        let file = &mut self.file;
        write!(file, "{},{source},{reference},release,{word},{credit},{debit},", at.local())?;
        let (gross, fee, financing) = (Pesos(amounts.gross), Pesos(amounts.fee), Pesos(amounts.financing));
        write!(file, "{gross},{fee},{financing},0.00,{},0.00,", Pesos(amounts.taxes()))?;
        match sale {
            Some(sale) => write!(file, "{},{},{}", sale.installments, sale.method, sale.method_type)?,
            None => write!(file, ",,")?,
        }
        // The list of taxes holds commas, so it is quoted when it has more than none.
        let taxes = amounts.disaggregated();
        let quote = if taxes == "[]" { "" } else { "\"" };
        let approved = sale.map(|sale| sale.approved.local().to_string()).unwrap_or_default();
        writeln!(file, ",{quote}{taxes}{quote},{approved},ARS,{}", Pesos(self.balance))
    }
}
