//! The settlement report: every approved movement of the month, by the day it was credited. It has no balance.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};

use super::money::Pesos;
use super::sale::{Refund, SELLER, Sale};
use super::time::{MONTH_END, Time};

const HEADER: &str = "EXTERNAL_REFERENCE;SOURCE_ID;USER_ID;PAYMENT_METHOD_TYPE;PAYMENT_METHOD;SITE;\
TRANSACTION_TYPE;TRANSACTION_AMOUNT;TRANSACTION_CURRENCY;TRANSACTION_DATE;FEE_AMOUNT;\
SETTLEMENT_NET_AMOUNT;SETTLEMENT_CURRENCY;SETTLEMENT_DATE;REAL_AMOUNT;COUPON_AMOUNT;METADATA;\
MKP_FEE_AMOUNT;FINANCING_FEE_AMOUNT;SHIPPING_FEE_AMOUNT;TAXES_AMOUNT;INSTALLMENTS;ORDER_ID;\
SHIPPING_ID;SHIPMENT_MODE;PACK_ID;MONEY_RELEASE_DATE;TAXES_DISAGGREGATED;IS_RELEASED";

/// The signed money of a row, minor units; charges are negative.
#[derive(Clone, Copy, Debug, Default)]
pub struct Amounts {
    /// Gross.
    pub gross: i64,
    /// Commission.
    pub fee: i64,
    /// Financing.
    pub financing: i64,
    /// Recoverable withholding.
    pub withholding: i64,
    /// Tax on debits and credits.
    pub bank_tax: i64,
}

impl Amounts {
    /// A sale.
    pub fn of_sale(sale: &Sale) -> Self {
        Self {
            gross: sale.gross_minor,
            fee: -sale.fee_minor,
            financing: -sale.financing_minor,
            withholding: -sale.withholding_minor,
            bank_tax: -sale.bank_tax_minor,
        }
    }

    /// A refund: what is given back of the charges comes in.
    pub fn of_refund(refund: &Refund) -> Self {
        Self {
            gross: -refund.amount_minor,
            fee: refund.fee_minor,
            withholding: refund.withholding_minor,
            ..Self::default()
        }
    }

    /// All of a sale taken back, by a chargeback.
    pub fn taken_back(sale: &Sale) -> Self {
        Self {
            gross: -sale.gross_minor,
            fee: sale.fee_minor,
            withholding: sale.withholding_minor,
            ..Self::default()
        }
    }

    /// The opposite movement.
    pub fn reversed(self) -> Self {
        Self {
            gross: -self.gross,
            fee: -self.fee,
            financing: -self.financing,
            withholding: -self.withholding,
            bank_tax: -self.bank_tax,
        }
    }

    /// Taxes of every kind.
    pub fn taxes(&self) -> i64 {
        self.withholding + self.bank_tax
    }

    /// Effect on the account.
    pub fn net(&self) -> i64 {
        self.gross + self.fee + self.financing + self.taxes()
    }

    /// The taxes one by one, in the report's own notation, which is not JSON.
    pub fn disaggregated(&self) -> String {
        let taxes = [
            ("buenos_aires", self.withholding, "tax_withholding_sirtac"),
            ("debitos_creditos", self.bank_tax, "tax_withholding_collector"),
        ];
        let items: Vec<_> = taxes
            .into_iter()
            .filter(|(_, amount, _)| *amount != 0)
            .map(|(entity, amount, detail)| {
                format!("{{financial_entity:{entity},amount:{},detail:{detail}}}", Pesos(amount))
            })
            .collect();
        format!("[{}]", items.join(","))
    }
}

/// A row to write.
pub struct Row<'a> {
    /// The store's reference.
    pub reference: &'a str,
    /// The provider's operation id.
    pub source: u64,
    /// The provider's word for the row.
    pub word: &'static str,
    /// Family of the method, and the method; empty where no one paid.
    pub method: (&'static str, &'static str),
    /// Instalments, for sales.
    pub installments: Option<i64>,
    /// The money.
    pub amounts: Amounts,
    /// When the operation was created.
    pub created: Time,
    /// When it was credited.
    pub settled: Time,
    /// When its money becomes available.
    pub release: Option<Time>,
    /// The refund it is about.
    pub refund: Option<u64>,
}

impl<'a> Row<'a> {
    /// A row about a sale.
    pub fn of_sale(sale: &'a Sale, word: &'static str, amounts: Amounts, settled: Time) -> Self {
        Self {
            reference: &sale.reference,
            source: sale.id,
            word,
            method: (sale.method_type, sale.method),
            installments: Some(sale.installments),
            amounts,
            created: sale.created,
            settled,
            release: Some(sale.release),
            refund: None,
        }
    }
}

/// The file being written.
pub struct Settlement {
    file: BufWriter<File>,
    /// Rows so far.
    pub rows: u64,
}

impl Settlement {
    /// Starts the file in the month's folder.
    pub fn create(out: &Path) -> Result<Self> {
        let path = out.join(format!("settlement-report-{SELLER}-2026-11-01.csv"));
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        writeln!(file, "{HEADER}").context("cannot write the settlement report")?;
        Ok(Self { file, rows: 0 })
    }

    /// Adds a row.
    pub fn row(&mut self, row: &Row<'_>) -> Result<()> {
        self.rows += 1;
        self.print(row).context("cannot write the settlement report")
    }

    /// Writes what is buffered.
    pub fn finish(&mut self) -> Result<()> {
        self.file.flush().context("cannot write the settlement report")
    }

    fn print(&mut self, row: &Row<'_>) -> std::io::Result<()> {
        let Row { reference, source, word, method: (family, method), amounts, .. } = row;
        let file = &mut self.file;
        write!(file, "{reference};{source};{SELLER};{family};{method};MLA;{word};")?;
        let fees = Pesos(amounts.fee + amounts.financing);
        let net = Pesos(amounts.net());
        write!(file, "{};ARS;{};{fees};{net};ARS;", Pesos(amounts.gross), row.created.local())?;
        let metadata = match row.refund {
            Some(refund) => format!("[{{refund_id:{refund}}}]"),
            None => "[{}]".to_owned(),
        };
        write!(file, "{};{net};0.00;{metadata};{};", row.settled.local(), Pesos(amounts.fee))?;
        let installments = row.installments.map(|n| n.to_string()).unwrap_or_default();
        write!(file, "{};0.00;{};{installments};;;;;", Pesos(amounts.financing), Pesos(amounts.taxes()))?;
        let release = row.release.map(|at| at.local().to_string()).unwrap_or_default();
        let is_released = row.release.is_some_and(|at| at < MONTH_END);
        writeln!(file, "{release};{};{is_released}", amounts.disaggregated())
    }
}
