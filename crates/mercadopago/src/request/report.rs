//! Bodies that configure report files and ask for one. Delivery by SFTP is not offered: it would need a password.

use serde::{Deserialize, Serialize};

/// What report files hold, and when they are made while a schedule is on.
/// Reference: `/developers/en/reference/releases-report/create-new-configuration/post`, and the same for settlements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportConfig {
    /// What the names of files begin with.
    pub file_name_prefix: String,
    /// Which columns, in this order.
    pub columns: Vec<Column>,
    /// When files are made while a schedule is on; needed even without one (measured).
    pub frequency: Frequency,
    /// Between two cells; a comma when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// Zone of dates, as `GMT-03`; `GMT-04` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_timezone: Option<String>,
    /// `en`, `es` or `pt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_translation: Option<String>,
    /// Language of the column names: `en`, `es` or `pt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_language: Option<String>,
    /// Who is told by e-mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notification_email_list: Vec<Recipient>,
    /// Whether a refund shows its own reference instead of the payment's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_detailed: Option<bool>,
    /// Whether coupons have a column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_detailed: Option<bool>,
    /// Whether withdrawals have rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_withdraw: Option<bool>,
    /// Whether the shipping is shown; settlements only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_detail: Option<bool>,
    /// Whether reversed chargebacks have rows; settlements only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_chargeback_cancel: Option<bool>,
    /// Whether expected fees have a column; settlements only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_fee_prevision: Option<bool>,
    /// Whether the withdrawal stands at the end; releases only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_withdrawal_at_end: Option<bool>,
    /// Whether a withdrawal makes a file; releases only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execute_after_withdrawal: Option<bool>,
    /// Whether the available balance is checked in rows of its own; releases only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_available_balance: Option<bool>,
    /// Whether holds that net out are shown; releases only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compensate_detail: Option<bool>,
    /// Whether a hold and its release in the same second are one row; releases only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unite_reserve: Option<bool>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name, as `SOURCE_ID`.
    pub key: String,
}

/// When files are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequency {
    /// Hour of the day, 0 to 23.
    pub hour: u32,
    /// `daily`, `weekly` or `monthly`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Day of the week or of the month.
    pub value: u32,
}

/// Who is told by e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The address.
    pub email: String,
}

/// The time that a report covers.
/// Reference: `/developers/en/reference/releases-report/create-report/post`, and the same for settlements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRequest {
    /// From when, in UTC with a `Z`.
    pub begin_date: String,
    /// Until when, in UTC with a `Z`.
    pub end_date: String,
}
