//! Report files of the last days: listed, and those that were not taken yet downloaded by their names.
//!
//! Rows come in again with every file that covers their days, and are known by their keys: what the provider restated
//! or we missed is what is new. Where no file was made for a while, one is ordered: see [`super::orders`].

use chrono::TimeDelta;
use client::calls::report;
use client::error::ClientError;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::text::Text;
use mercadopago::observe::Channel;
use serde::Deserialize;

use super::error::PollError;
use super::{Polled, Poller};
use crate::files::{self, Reading};
use crate::item::Item;

/// Which reports there are.
const KINDS: [report::Kind; 2] = [report::Kind::Settlement, report::Kind::Release];
/// The provider writes the time of making as if it were at -04:00 when it is UTC (measured).
const SKEW: TimeDelta = TimeDelta::hours(4);
/// Names that are remembered of a seller.
const MOST: usize = 10_000;

/// One file of a list. Reference: `GET /v1/account/settlement_report/list`.
#[derive(Deserialize)]
struct Listed {
    file_name: Option<Text>,
    #[serde(default)]
    date_created: Option<String>,
}

impl Listed {
    /// Whether there is a file, and one that can be read.
    fn is_csv(&self) -> bool {
        self.file_name.as_ref().is_some_and(|name| name.to_ascii_lowercase().ends_with(".csv"))
    }

    fn made_at(&self) -> Option<Instant> {
        self.date_created.as_deref()?.parse().ok()
    }
}

impl Poller {
    /// Takes every file of the last days that was not taken yet, and orders those that nobody makes.
    pub(super) async fn reports(&self, seller: &SellerId) -> Result<Polled, PollError> {
        let mut polled = Polled::default();
        let mut newest = Vec::new();
        for kind in KINDS {
            let reply = self.ask(seller, &report::List { kind }).await?;
            // With the time of their making, which the client leaves out.
            let listed: Vec<Listed> = serde_json::from_slice(&reply.body).map_err(|error| {
                let (endpoint, line, column) = (reply.endpoint.clone(), error.line(), error.column());
                let source = ClientError::Unreadable { endpoint, line, column };
                PollError::Client { seller: seller.clone(), source }
            })?;
            newest.push((kind, listed.iter().filter(|file| file.is_csv()).filter_map(Listed::made_at).max()));
            for name in self.wanted(seller, listed) {
                polled += self.file(seller, kind, &name).await?;
                self.remember(seller, name);
            }
        }
        // What is there is taken, whether or not more can be ordered.
        for (kind, newest) in newest {
            self.order(seller, kind, newest).await?;
        }
        Ok(polled)
    }

    /// Names of CSV files that are young enough and were not taken yet. A file whose age cannot be read is taken.
    fn wanted(&self, seller: &SellerId, listed: Vec<Listed>) -> Vec<Text> {
        let oldest = self.clock.now() - TimeDelta::days(self.config.poll.reports_days.into()) - SKEW;
        let is_young = |file: &Listed| file.made_at().is_none_or(|at| at >= oldest);
        let memory = self.memory();
        let taken = memory.files.get(seller).map(Vec::as_slice).unwrap_or_default();
        let young = listed.into_iter().filter(|file| file.is_csv() && is_young(file));
        young.filter_map(|file| file.file_name).filter(|name| !taken.contains(name)).collect()
    }

    fn remember(&self, seller: &SellerId, name: Text) {
        let mut memory = self.memory();
        let taken = memory.files.entry(seller.clone()).or_default();
        if taken.len() >= MOST {
            taken.clear();
        }
        taken.push(name);
    }

    async fn file(&self, seller: &SellerId, kind: report::Kind, name: &Text) -> Result<Polled, PollError> {
        let reply = self.ask(seller, &report::Download { kind, file_name: name.to_string() }).await?;
        let reading = Reading { sellers: self.config.sellers.clone(), now: self.clock.now() };
        let mut items = Vec::new();
        files::read_download(name, &reply.body, seller, &reading, &mut |item| {
            items.push(Item { channel: Channel::Poll, ..item });
            Ok(())
        })?;
        self.keep(seller, items).await
    }
}
