//! What report files hold, and whether they are made by themselves.
//!
//! A configuration is made once and changed afterwards; while a schedule is on, its frequency is changed by stopping the
//! schedule first.

use mercadopago::request::report::{Frequency, ReportConfig};
use serde::de::IgnoredAny;

use super::{Kind, PAGE, template};
use crate::call::{Call, Method, json};
use crate::calls::rules;
use crate::invalid::{Field, Invalid, Problem};

/// Configures a report for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// Which report.
    pub kind: Kind,
    /// What its files hold.
    pub config: ReportConfig,
}

impl Call for Create {
    type Answer = ReportConfig;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "/config")
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&self.config))
    }

    fn check(&self) -> Result<(), Invalid> {
        check(self.kind, &self.config)
    }
}

/// Reads how a report is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Get {
    /// Which report.
    pub kind: Kind,
}

impl Call for Get {
    type Answer = ReportConfig;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "/config")
    }

    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// Configures a report anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Which report.
    pub kind: Kind,
    /// What its files hold.
    pub config: ReportConfig,
}

impl Call for Update {
    type Answer = ReportConfig;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "/config")
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&self.config))
    }

    fn check(&self) -> Result<(), Invalid> {
        check(self.kind, &self.config)
    }
}

/// Lets files be made by themselves, as often as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartSchedule {
    /// Of which report.
    pub kind: Kind,
}

impl Call for StartSchedule {
    type Answer = IgnoredAny;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "/schedule")
    }

    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// Lets files be made on demand only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopSchedule {
    /// Of which report.
    pub kind: Kind,
}

impl Call for StopSchedule {
    type Answer = IgnoredAny;

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn template(&self) -> &'static str {
        template!(self.kind, "/schedule")
    }

    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

fn check(kind: Kind, config: &ReportConfig) -> Result<(), Invalid> {
    let field = |name| Field::new(name, PAGE);
    field("file_name_prefix").filled(&config.file_name_prefix)?;
    if config.columns.is_empty() {
        return Err(field("columns").is(Problem::Missing));
    }
    for column in &config.columns {
        field("columns.key").filled(&column.key)?;
    }
    for (name, language) in
        [("report_translation", &config.report_translation), ("header_language", &config.header_language)]
    {
        if let Some(language) = language {
            rules::word(field(name), &["en", "es", "pt"], "en, es, pt", language)?;
        }
    }
    for recipient in &config.notification_email_list {
        rules::email(field("notification_email_list"), &recipient.email)?;
    }
    belongs(kind, config)?;
    frequency(&config.frequency)
}

/// Some keys belong to one report only.
fn belongs(kind: Kind, config: &ReportConfig) -> Result<(), Invalid> {
    let settlement = [
        ("shipping_detail", config.shipping_detail),
        ("show_chargeback_cancel", config.show_chargeback_cancel),
        ("show_fee_prevision", config.show_fee_prevision),
    ];
    let release = [
        ("include_withdrawal_at_end", config.include_withdrawal_at_end),
        ("execute_after_withdrawal", config.execute_after_withdrawal),
        ("check_available_balance", config.check_available_balance),
        ("compensate_detail", config.compensate_detail),
        ("unite_reserve", config.unite_reserve),
    ];
    let (foreign, other): (&[_], _) = match kind {
        Kind::Settlement => (&release, "the release report"),
        Kind::Release => (&settlement, "the settlement report"),
    };
    match foreign.iter().find(|(_, flag)| flag.is_some()) {
        Some((name, _)) => Err(Field::new(name, PAGE).is(Problem::Without(other))),
        None => Ok(()),
    }
}

fn frequency(frequency: &Frequency) -> Result<(), Invalid> {
    let field = |name| Field::new(name, PAGE);
    field("frequency.hour").within(0, 23, frequency.hour)?;
    let kinds = ["daily", "weekly", "monthly"];
    rules::word(field("frequency.type"), &kinds, "daily, weekly, monthly", &frequency.kind)?;
    let value = field("frequency.value");
    match frequency.kind.as_str() {
        "weekly" => value.within(1, 7, frequency.value),
        "monthly" => value.within(1, 31, frequency.value),
        _ => Ok(()),
    }
}
