//! The delivery files: one object a line, one file a local day, written as the month goes by.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Serialize;

use super::draw::Draw;
use super::sale::SELLER;
use super::time::{Printed, SECOND, Time};

/// One line of a delivery file.
#[derive(Serialize)]
struct Line<'a, B> {
    kind: &'static str,
    topic: &'static str,
    channel: &'static str,
    received_at: Printed,
    seller: &'a str,
    site: &'static str,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    caused_by: Option<&'a str>,
    body: &'a B,
}

/// Where a line stands: for the README.
#[derive(Clone, Debug)]
pub struct Place {
    /// File, from the month's folder.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// The delivery's key.
    pub key: String,
}

/// The files being written.
pub struct Deliveries {
    folder: PathBuf,
    date: String,
    file: Option<BufWriter<File>>,
    line: u64,
    last: Vec<u8>,
    last_key: String,
    keys: Draw,
    seller: String,
    notices: u64,
    /// Lines by what they are.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Deliveries {
    /// Starts in a folder that exists.
    pub fn new(folder: PathBuf, seed: u64) -> Self {
        Self {
            folder,
            date: String::new(),
            file: None,
            line: 0,
            last: Vec::new(),
            last_key: String::new(),
            keys: Draw::new(seed, 6, 0),
            seller: SELLER.to_string(),
            notices: 0,
            counts: BTreeMap::new(),
        }
    }

    /// Opens the file of an instant's day, if it is not open.
    pub fn turn_to(&mut self, at: Time) -> Result<()> {
        let date = at.local_date();
        if date != self.date {
            self.finish()?;
            let path = self.folder.join(format!("{date}.ndjson"));
            let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
            self.file = Some(BufWriter::with_capacity(1 << 20, file));
            self.date = date;
            self.line = 0;
        }
        Ok(())
    }

    /// A number for the next notification's own id.
    pub fn next_notice(&mut self) -> u64 {
        self.notices += 1;
        106_000_000_000 + self.notices
    }

    /// A notification pushed to us.
    pub fn push<B: Serialize>(&mut self, topic: &'static str, at: Time, body: &B) -> Result<()> {
        self.last_key = self.keys.uuid();
        self.write("notification", topic, "webhook", at, None, body)
    }

    /// The resource that we fetched because of the last notification.
    pub fn fetch<B: Serialize>(&mut self, topic: &'static str, at: Time, body: &B) -> Result<()> {
        let cause = std::mem::take(&mut self.last_key);
        self.last_key = format!("fetch-{cause}");
        self.write("resource", topic, "response", at.plus(SECOND), Some(&cause), body)
    }

    /// A resource from our own search or from the answer to our own request.
    pub fn told<B: Serialize>(
        &mut self,
        topic: &'static str,
        channel: &'static str,
        at: Time,
        body: &B,
    ) -> Result<()> {
        self.last_key = format!("{channel}-{}", self.keys.uuid());
        self.write("resource", topic, channel, at, None, body)
    }

    /// The last line again, byte for byte: same key, same body.
    pub fn again(&mut self) -> Result<()> {
        self.count("same key, same body");
        self.put()
    }

    /// The first part of the last line with another key, cut in the middle of its body.
    pub fn cut(&mut self) -> Result<Place> {
        let key = format!("cut-{}", self.last_key);
        let text = std::str::from_utf8(&self.last).context("lines are text")?;
        let text = text.replacen(&self.last_key, &key, 1);
        self.last = text.as_bytes()[..text.len() * 3 / 5].to_vec();
        self.last.push(b'\n');
        self.last_key = key;
        self.count("not JSON");
        self.put()?;
        Ok(self.place())
    }

    /// Where the last line stands.
    pub fn place(&self) -> Place {
        Place {
            file: format!("deliveries/{}.ndjson", self.date),
            line: self.line,
            key: self.last_key.clone(),
        }
    }

    /// Counts something for the README.
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Writes what is buffered.
    pub fn finish(&mut self) -> Result<()> {
        match self.file.take() {
            Some(mut file) => file.flush().context("cannot write the deliveries"),
            None => Ok(()),
        }
    }

    fn write<B: Serialize>(
        &mut self,
        kind: &'static str,
        topic: &'static str,
        channel: &'static str,
        at: Time,
        caused_by: Option<&str>,
        body: &B,
    ) -> Result<()> {
        let line = Line {
            kind,
            topic,
            channel,
            received_at: at.utc(),
            seller: &self.seller,
            site: "MLA",
            key: &self.last_key,
            caused_by,
            body,
        };
        self.last.clear();
        serde_json::to_writer(&mut self.last, &line).context("a delivery is JSON")?;
        self.last.push(b'\n');
        self.count(kind);
        self.put()
    }

    fn put(&mut self) -> Result<()> {
        self.line += 1;
        let file = self.file.as_mut().context("a day is open")?;
        file.write_all(&self.last).context("cannot write the deliveries")
    }
}

/// Empties and makes the folder of the deliveries; other files of the month are overwritten one by one.
pub fn prepare(out: &std::path::Path) -> Result<PathBuf> {
    let folder = out.join("deliveries");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}
