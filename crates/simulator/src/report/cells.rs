//! A report file being written: columns by name, in the order that was asked for.

use csv::{Writer, WriterBuilder};
use mercadopago::request::report::ReportConfig;

use crate::account::Money;
use crate::contract::CostKind;
use crate::money::Amount;
use crate::time::{Instant, printed};

/// How a file is written.
pub(super) struct Style {
    columns: Vec<String>,
    separator: u8,
    offset_hours: i32,
    decimals: u32,
}

/// A file being written.
pub(super) struct File<'a> {
    style: &'a Style,
    writer: Writer<Vec<u8>>,
}

impl Style {
    /// The configured style; without a configuration the given columns and separator, at -04:00.
    pub(super) fn new(wanted: Option<&ReportConfig>, columns: &[&str], separator: u8, decimals: u32) -> Self {
        let configured = wanted.filter(|wanted| !wanted.columns.is_empty());
        let columns = match configured {
            Some(wanted) => wanted.columns.iter().map(|column| column.key.clone()).collect(),
            None => columns.iter().map(|&column| column.to_owned()).collect(),
        };
        let separator =
            wanted.and_then(|wanted| wanted.separator.as_ref()?.bytes().next()).unwrap_or(separator);
        let zone = wanted.and_then(|wanted| wanted.display_timezone.as_deref()).and_then(offset);
        Self { columns, separator, offset_hours: zone.unwrap_or(-4), decimals }
    }

    /// An amount with all decimals.
    pub(super) fn amount(&self, minor: i64) -> String {
        Amount { minor, decimals: self.decimals }.to_string()
    }

    /// A time in the configured zone.
    pub(super) fn time(&self, at: Instant) -> String {
        printed(at, self.offset_hours)
    }

    /// The taxes of a movement one by one, in the provider's own notation, which is not JSON.
    pub(super) fn taxes(&self, money: Money) -> String {
        let taxes = [(CostKind::Withholding, money.withholding), (CostKind::BankTax, money.bank_tax)];
        let items = taxes.into_iter().filter(|(_, minor)| *minor != 0).filter_map(|(kind, minor)| {
            let (detail, entity) = kind.tax()?;
            Some(format!("{{financial_entity:{entity},amount:{},detail:{detail}}}", self.amount(minor)))
        });
        format!("[{}]", items.collect::<Vec<_>>().join(","))
    }
}

impl<'a> File<'a> {
    /// A file with its header.
    pub(super) fn new(style: &'a Style) -> Self {
        let mut writer = WriterBuilder::new().delimiter(style.separator).from_writer(Vec::new());
        writer.write_record(&style.columns).expect("a vector takes every byte");
        Self { style, writer }
    }

    /// Adds a row; `cell` gives the text of each column, and nothing for those that it does not know.
    pub(super) fn row(&mut self, cell: impl Fn(&str) -> String) {
        let cells = self.style.columns.iter().map(|column| cell(column));
        self.writer.write_record(cells.collect::<Vec<_>>()).expect("a vector takes every byte");
    }

    /// The bytes.
    pub(super) fn finish(self) -> Vec<u8> {
        self.writer.into_inner().expect("a vector takes every byte")
    }
}

/// Hours of a zone written as `GMT-03`.
fn offset(zone: &str) -> Option<i32> {
    zone.strip_prefix("GMT")?.parse().ok().filter(|hours: &i32| (-14..=14).contains(hours))
}
