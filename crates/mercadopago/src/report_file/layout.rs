//! The header of a report file: which report it is, what separates its cells, and where each column stands.
//!
//! Columns are found by name, because their order and set follow each account's configuration. Only English
//! names are listed: the provider documents translated headers for spreadsheets alone and publishes no list of
//! them, so a translated header is an unknown one and the file is refused rather than guessed at.

use domain::report_line::ReportKind;
use domain::text::Text;

use super::FileError;

/// Separators the provider's configuration can produce.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// A column that is read; the two reports share some.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Column { $($(#[$doc])* $name,)* }

        const NAMES: &[&str] = &[$($text),*];

        impl Column {
            /// Its name in the header.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

columns! {
    Source = "SOURCE_ID";
    Reference = "EXTERNAL_REFERENCE";
    User = "USER_ID";
    Financing = "FINANCING_FEE_AMOUNT";
    Shipping = "SHIPPING_FEE_AMOUNT";
    Taxes = "TAXES_AMOUNT";
    TaxParts = "TAXES_DISAGGREGATED";
    Coupon = "COUPON_AMOUNT";
    Date = "DATE";
    RecordType = "RECORD_TYPE";
    Description = "DESCRIPTION";
    NetCredit = "NET_CREDIT_AMOUNT";
    NetDebit = "NET_DEBIT_AMOUNT";
    Gross = "GROSS_AMOUNT";
    /// Release: the commission. Some settlement files print it for [`Column::MarketFee`].
    MpFee = "MP_FEE_AMOUNT";
    Balance = "BALANCE_AMOUNT";
    Currency = "CURRENCY";
    TransactionType = "TRANSACTION_TYPE";
    TransactionAmount = "TRANSACTION_AMOUNT";
    TransactionCurrency = "TRANSACTION_CURRENCY";
    SettlementDate = "SETTLEMENT_DATE";
    ReleaseDate = "MONEY_RELEASE_DATE";
    IsReleased = "IS_RELEASED";
    FeeTotal = "FEE_AMOUNT";
    MarketFee = "MKP_FEE_AMOUNT";
    SettlementNet = "SETTLEMENT_NET_AMOUNT";
    SettlementCurrency = "SETTLEMENT_CURRENCY";
    Metadata = "METADATA";
    MethodType = "PAYMENT_METHOD_TYPE";
    Method = "PAYMENT_METHOD";
}

/// Columns of either report that are documented or observed and not read: they never warn.
const IGNORED: &[&str] = &[
    "APPLICATION_ID",
    "AUTHENTICATED_PAYER",
    "AUTHORIZATION_CODE",
    "BUSINESS_UNIT",
    "CARD_ENTRY_MODE",
    "CARD_INITIAL_NUMBER",
    "DATE_SHORT",
    "EFFECTIVE_COUPON_AMOUNT",
    "EXTERNAL_POS_ID",
    "EXTERNAL_STORE_ID",
    "FRANCHISE",
    "INSTALLMENTS",
    "INVOICING_PERIOD",
    "ISSUER_NAME",
    "ITEM_ID",
    "LAST_FOUR_DIGITS",
    "MONEY_RELEASE_DATE_SHORT",
    "OPERATION_TAGS",
    "ORDER_ID",
    "ORDER_MP",
    "PACK_ID",
    "PAYER_ID_NUMBER",
    "PAYER_ID_TYPE",
    "PAYER_NAME",
    "PAYOUT_BANK_ACCOUNT_NUMBER",
    "PAY_BANK_TRANSFER_ID",
    "POI_BANK_NAME",
    "POI_ID",
    "POI_WALLET_NAME",
    "POS_ID",
    "POS_NAME",
    "PRODUCT_SKU",
    "PURCHASE_ID",
    "REAL_AMOUNT",
    "SALE_DETAIL",
    "SEGMENT_DETAIL",
    "SELLER_AMOUNT",
    "SETTLEMENT_DATE_SHORT",
    "SHIPMENT_MODE",
    "SHIPPING_ID",
    "SHIPPING_ORDER_ID",
    "SITE",
    "STORE_ID",
    "STORE_NAME",
    "SUB_UNIT",
    "TAX_AMOUNT_TELCO",
    "TAX_DETAIL",
    "TIP_AMOUNT",
    "TOTAL_COUPON_AMOUNT",
    "TRANSACTION_APPROVAL_DATE",
    "TRANSACTION_APPROVAL_DATE_SHORT",
    "TRANSACTION_DATE",
    "TRANSACTION_DATE_SHORT",
    "TRANSACTION_INTENT_ID",
];

/// Columns that only one of the reports has, and so tell which it is.
const RELEASE_MARKS: [Column; 2] = [Column::NetCredit, Column::NetDebit];
const SETTLEMENT_MARKS: [Column; 3] =
    [Column::SettlementNet, Column::SettlementDate, Column::TransactionAmount];

/// Columns without which no row can be read.
const RELEASE_NEEDS: [Column; 6] =
    [Column::Date, Column::Source, Column::Description, Column::NetCredit, Column::NetDebit, Column::Gross];
const SETTLEMENT_NEEDS: [Column; 5] = [
    Column::Source,
    Column::TransactionType,
    Column::TransactionAmount,
    Column::SettlementNet,
    Column::SettlementDate,
];

/// Columns without which the arithmetic of a row cannot be proven.
const RELEASE_DEDUCTIONS: [Column; 4] = [Column::MpFee, Column::Financing, Column::Shipping, Column::Taxes];
const SETTLEMENT_DEDUCTIONS: [Column; 2] = [Column::FeeTotal, Column::Taxes];

/// What the header says.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Which report.
    pub(crate) kind: ReportKind,
    /// What stands between cells.
    pub(crate) separator: u8,
    /// Number of cells of a whole row.
    pub(crate) width: usize,
    /// Columns that neither report is known to have.
    pub(crate) unknown: Vec<Text>,
    at: [Option<usize>; NAMES.len()],
}

impl Layout {
    /// Reads a header line; a byte order mark and the line's end may still be on it.
    ///
    /// # Errors
    /// When the report cannot be told or a needed column is absent or named twice.
    pub(crate) fn read(header: &[u8], expected: Option<ReportKind>) -> Result<Self, FileError> {
        let text = String::from_utf8_lossy(bare(header));
        if text.trim().is_empty() {
            return Err(FileError::Empty);
        }
        let separator = separator(&text);
        let names: Vec<String> = text
            .split(char::from(separator))
            .map(|name| name.trim().trim_matches('"').trim().to_ascii_uppercase())
            .collect();
        let mut at = [None; NAMES.len()];
        let mut unknown = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match NAMES.iter().position(|known| known == name) {
                Some(column) if at[column].is_some() => {
                    return Err(FileError::ColumnTwice { column: NAMES[column] });
                }
                Some(column) => at[column] = Some(index),
                None if name.is_empty() || IGNORED.contains(&name.as_str()) => {}
                None => unknown.push(Text::from(name.as_str())),
            }
        }
        let has = |columns: &[Column]| columns.iter().any(|column| at[*column as usize].is_some());
        let kind = match (expected, has(&RELEASE_MARKS), has(&SETTLEMENT_MARKS)) {
            (Some(kind), _, _) => kind,
            (None, true, false) => ReportKind::Release,
            (None, false, true) => ReportKind::Settlement,
            (None, true, true) | (None, false, false) => {
                return Err(FileError::UnknownKind { found: shown(&names) });
            }
        };
        if kind == ReportKind::Settlement && at[Column::MarketFee as usize].is_none() {
            at[Column::MarketFee as usize] = at[Column::MpFee as usize];
        }
        let layout = Self { kind, separator, width: names.len(), unknown, at };
        match layout.needed().iter().find(|column| layout.position(**column).is_none()) {
            Some(column) => Err(FileError::MissingColumn { column: column.name(), found: shown(&names) }),
            None => Ok(layout),
        }
    }

    /// Where a column stands, counted from 0.
    pub(crate) fn position(&self, column: Column) -> Option<usize> {
        self.at[column as usize]
    }

    /// Whether the file has every column that the arithmetic of its rows needs.
    pub(crate) fn has_deductions(&self) -> bool {
        let columns: &[Column] = match self.kind {
            ReportKind::Release => &RELEASE_DEDUCTIONS,
            ReportKind::Settlement => &SETTLEMENT_DEDUCTIONS,
        };
        columns.iter().all(|column| self.position(*column).is_some())
    }

    /// Whether the file can name a currency on its rows.
    pub(crate) fn has_currency(&self) -> bool {
        [Column::SettlementCurrency, Column::TransactionCurrency, Column::Currency]
            .iter()
            .any(|column| self.position(*column).is_some())
    }

    fn needed(&self) -> &'static [Column] {
        match self.kind {
            ReportKind::Release => &RELEASE_NEEDS,
            ReportKind::Settlement => &SETTLEMENT_NEEDS,
        }
    }
}

/// The header without byte order mark and line end.
pub(super) fn bare(header: &[u8]) -> &[u8] {
    let header = header.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(header);
    let header = header.strip_suffix(b"\n").unwrap_or(header);
    header.strip_suffix(b"\r").unwrap_or(header)
}

/// The separator that cuts the header into the most names we know; without any, the one that cuts most.
fn separator(header: &str) -> u8 {
    let is_known = |name: &&str| {
        let name = name.trim().trim_matches('"').trim();
        NAMES.iter().chain(IGNORED).any(|known| known.eq_ignore_ascii_case(name))
    };
    let mut best = (SEPARATORS[0], (0, 0));
    for separator in SEPARATORS {
        let names = header.split(char::from(separator));
        let score = (names.clone().filter(is_known).count(), names.count());
        if score > best.1 {
            best = (separator, score);
        }
    }
    best.0
}

/// The columns found, for a message: at most 40 of 40 characters.
fn shown(names: &[String]) -> String {
    let names: Vec<String> = names.iter().take(40).map(|name| name.chars().take(40).collect()).collect();
    names.join(", ")
}
