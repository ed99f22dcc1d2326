//! Report files: their configuration, the tasks that make them, and the files. What stands in a file is in
//! [`settlement`] and [`release`], and what is told of it in [`ready`].
//!
//! A file takes a quarter of an hour of the virtual clock, as was seen of the provider. Reports are made in CSV only.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Datelike, Days, TimeDelta, Timelike, Utc};
use mercadopago::request::report::ReportConfig;
use serde::Serialize;

use crate::agenda::What;
use crate::time::{Api, Instant, Zulu};
use crate::world::World;

mod cells;
mod ready;
mod release;
mod settlement;

/// Minutes until a file is there.
const MINUTES: i64 = 15;

/// Which report.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Settlement,
    Release,
}

/// All configurations and files.
#[derive(Default)]
pub(crate) struct Reports {
    pub(crate) configs: BTreeMap<(u64, Kind), Config>,
    pub(crate) tasks: Vec<Task>,
}

/// How a seller wants a report.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) wanted: ReportConfig,
    pub(crate) scheduled: bool,
}

/// A file that is made, or was.
#[derive(Clone)]
pub(crate) struct Task {
    pub(crate) id: u64,
    pub(crate) seller: u64,
    pub(crate) kind: Kind,
    pub(crate) begin: Instant,
    pub(crate) end: Instant,
    pub(crate) created: Instant,
    pub(crate) scheduled: bool,
    pub(crate) made: Option<Made>,
}

/// A file.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) at: Instant,
    pub(crate) file: Bytes,
}

/// A task as the API returns it.
#[derive(Serialize)]
pub(crate) struct Body {
    id: u64,
    user_id: u64,
    account_id: u64,
    begin_date: Zulu,
    end_date: Zulu,
    created_from: &'static str,
    currency_id: &'static str,
    date_created: Api,
    file_name: Option<String>,
    format: &'static str,
    generation_date: Option<Api>,
    internal_management: [u8; 0],
    is_reserve: bool,
    is_test: bool,
    last_modified: Api,
    report_id: Option<u64>,
    report_type: &'static str,
    retries: u8,
    status: &'static str,
    sub_type: &'static str,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Settlement => "settlement",
            Self::Release => "release",
        }
    }
}

impl World {
    /// Asks for a file of a period; gives the task's id.
    pub(crate) fn ask_report(&mut self, seller: u64, kind: Kind, begin: Instant, end: Instant) -> u64 {
        self.note_report(seller, kind, begin, end, None)
    }

    /// Makes a file that was asked for, and notes the next one of its schedule.
    pub(crate) fn make_report(&mut self, id: u64) {
        let now = self.now();
        let Some(task) = self.reports.tasks.iter().find(|task| task.id == id).cloned() else { return };
        let config = self.reports.configs.get(&(task.seller, task.kind)).cloned();
        if task.scheduled && !config.as_ref().is_some_and(|config| config.scheduled) {
            self.reports.tasks.retain(|other| other.id != id);
            return;
        }
        let wanted = config.map(|config| config.wanted);
        let file = match task.kind {
            Kind::Settlement => settlement::file(self, &task, wanted.as_ref()),
            Kind::Release => release::file(self, &task, wanted.as_ref()),
        };
        let prefix = wanted.map_or_else(
            || format!("{}-report-{}", task.kind.word(), task.seller),
            |wanted| wanted.file_name_prefix,
        );
        let name = format!("{prefix}-{}-{id}.csv", now.format("%Y-%m-%d-%H%M%S"));
        if let Some(task) = self.reports.tasks.iter_mut().find(|task| task.id == id) {
            task.made = Some(Made { name, at: now, file: file.into() });
        }
        self.tell_report(id);
        if task.scheduled {
            self.schedule(task.seller, task.kind);
        }
    }

    /// Notes the next file of a schedule; gives its task.
    pub(crate) fn schedule(&mut self, seller: u64, kind: Kind) -> Option<u64> {
        let frequency = &self.reports.configs.get(&(seller, kind))?.wanted.frequency;
        let hour = frequency.hour.min(23);
        let offset = TimeDelta::hours(self.seller(seller).site.offset_hours().into());
        let mut local: DateTime<Utc> = (self.now() + offset).with_hour(hour)?.with_minute(0)?;
        local = local.with_second(0)?.with_nanosecond(0)?;
        let fits = |at: &DateTime<Utc>| match frequency.kind.as_str() {
            "weekly" => at.weekday().number_from_monday() == frequency.value.clamp(1, 7),
            "monthly" => at.day() == frequency.value.clamp(1, 28),
            _ => true,
        };
        let span = match frequency.kind.as_str() {
            "weekly" => 7,
            "monthly" => 30,
            _ => 1,
        };
        while local - offset <= self.now() || !fits(&local) {
            local = local + Days::new(1);
        }
        let midnight = local.with_hour(0)? - offset;
        let end = midnight - TimeDelta::seconds(1);
        Some(self.note_report(seller, kind, midnight - Days::new(span), end, Some(local - offset)))
    }

    fn note_report(
        &mut self,
        seller: u64,
        kind: Kind,
        begin: Instant,
        end: Instant,
        scheduled: Option<Instant>,
    ) -> u64 {
        let created = self.moment();
        let id = self.reports.tasks.last().map_or(7_000_000, |task| task.id) + 1;
        let due = scheduled.unwrap_or(created + TimeDelta::minutes(MINUTES));
        let scheduled = scheduled.is_some();
        self.reports.tasks.push(Task { id, seller, kind, begin, end, created, scheduled, made: None });
        self.agenda.note(due, What::Report { task: id });
        id
    }
}

impl Task {
    /// Its body.
    pub(crate) fn body(&self, world: &World) -> Body {
        let made = self.made.as_ref();
        Body {
            id: self.id,
            user_id: self.seller,
            account_id: self.seller,
            begin_date: Zulu(self.begin),
            end_date: Zulu(self.end),
            created_from: if self.scheduled { "schedule" } else { "manual" },
            currency_id: world.seller(self.seller).site.currency(),
            date_created: Api(self.created),
            file_name: made.map(|made| made.name.clone()),
            format: "CSV",
            generation_date: made.map(|made| Api(made.at)),
            internal_management: [],
            is_reserve: false,
            is_test: false,
            last_modified: Api(made.map_or(self.created, |made| made.at)),
            report_id: made.map(|_| self.id + 50_000_000),
            report_type: self.kind.word(),
            retries: 0,
            status: if made.is_some() { "processed" } else { "pending" },
            sub_type: self.kind.word(),
        }
    }

    /// Whether a moment lies in its period; the last second counts whole.
    fn covers(&self, at: Instant) -> bool {
        self.begin <= at && at < self.end + TimeDelta::seconds(1)
    }
}
