//! Report files: every release row is a delivery; a settlement file is one, because its rows make no facts.

use std::fs::File;
use std::io::{self, BufReader, Read};

use domain::ids::SellerId;
use domain::report_line::ReportKind;
use domain::text::Text;
use mercadopago::observe::Channel;
use mercadopago::report_file::{Options, ReportFile, Row};
use mercadopago::site;
use sha2::{Digest, Sha256};
use store::inbox::{Body, InboxKey};

use super::bare::{broken, kept};
use super::{FilesError, LIMIT_BYTES, Reading, Sink, Source};
use crate::item::{Broken, Item, Kind, derived_key, hex};
use crate::look::{RowContext, chain};

/// An opened report file.
pub type Report = ReportFile<BufReader<File>>;

/// What a report file leaves unsaid: its seller by the file's name, else the only configured one; the currency
/// by that seller's site.
#[must_use]
pub fn report_options(name: &str, reading: &Reading) -> Options {
    let seller = seller_of_name(name).or_else(|| reading.sellers.only());
    let site = seller.and_then(|seller| reading.sellers.site(seller));
    Options { currency: site.and_then(site::currency), seller: seller.map(SellerId::from), kind: None }
}

/// Opens a report file.
///
/// # Errors
/// When it cannot be opened, or is no report that can be read.
pub fn open_report(
    source: &Source,
    reading: &Reading,
) -> Result<Result<Report, mercadopago::report_file::FileError>, FilesError> {
    let fail = |error| FilesError::Io { path: source.name.clone(), source: error };
    let file = BufReader::with_capacity(1 << 20, File::open(&source.path).map_err(fail)?);
    Ok(ReportFile::open(file, report_options(&source.name, reading)))
}

pub(super) fn read(source: &Source, reading: &Reading, sink: Sink<'_>) -> Result<(), FilesError> {
    let options = report_options(&source.name, reading);
    let report = match open_report(source, reading)? {
        Ok(report) => report,
        Err(error) => {
            let body = whole(source)?;
            let Body::Bytes(bytes) = body else { return sink(unopened(source, body, reading, &error)) };
            return sink(broken(bytes.bytes(), &source.name, reading, &chain(&error)));
        }
    };
    if report.kind() == ReportKind::Settlement {
        let sha256 = hash(source)?;
        sink(file_item(&source.name, &options, sha256, whole(source)?, reading))?;
    }
    rows(report, &source.name, &options, reading, sink)
}

/// Reads a report file that was downloaded for a seller. Its rows have the keys that they have in every file.
///
/// # Errors
/// When the sink stops.
pub fn read_download(
    name: &str,
    bytes: &[u8],
    seller: &SellerId,
    reading: &Reading,
    sink: Sink<'_>,
) -> Result<(), FilesError> {
    let site = reading.sellers.site(seller.as_str());
    let currency = site.and_then(site::currency);
    let options = Options { currency, seller: Some(seller.clone()), kind: None };
    let sink: Sink<'_> = &mut |item| sink(Item { channel: Channel::Response, ..item });
    let report = match ReportFile::open(bytes, options.clone()) {
        Ok(report) => report,
        Err(error) => return sink(broken(bytes, name, reading, &chain(&error))),
    };
    if report.kind() == ReportKind::Settlement {
        let sha256 = hex(&Sha256::digest(bytes));
        sink(file_item(name, &options, sha256, kept(bytes), reading))?;
    }
    rows(report, name, &options, reading, sink)
}

fn rows<R: Read>(
    report: ReportFile<R>,
    name: &str,
    options: &Options,
    reading: &Reading,
    sink: Sink<'_>,
) -> Result<(), FilesError> {
    let (kind, header) = (report.kind(), report.header().to_vec());
    for row in report.rows() {
        match (&row.outcome, kind) {
            (Ok(_), ReportKind::Settlement) => {}
            (Ok(_), ReportKind::Release) | (Err(_), _) => {
                sink(row_item(row, &header, name, options, reading))?;
            }
        }
    }
    Ok(())
}

fn row_item(row: Row, header: &[u8], name: &str, options: &Options, reading: &Reading) -> Item {
    let place = row.place();
    let seller = row.seller.clone().or_else(|| options.seller.clone());
    let context = RowContext {
        line: place.line,
        ordinal: place.ordinal,
        after: place.after,
        currency: options.currency,
        seller: seller.clone(),
    };
    let origin = Text::from(format!("{name}:{}", row.line));
    let (kind, key, problem) = match &row.outcome {
        Ok(line) => (Kind::Row, InboxKey(format!("row:{}", line.row).into()), None),
        Err(error) => {
            let key = derived_key(&[b"row", header, &row.raw, &row.line.to_be_bytes()]);
            (Kind::Broken(Broken::Row), key, Some(format!("{name}: {}", chain(error))))
        }
    };
    Item {
        kind,
        key,
        topic: "release_row".into(),
        channel: Channel::Import,
        seller: seller.map(|s| Text::from(s.as_str())),
        site: None,
        origin,
        received_at: reading.now,
        caused_by: None,
        body: Body::whole(context.body(header, &row.raw)),
        problem,
        verified: true,
    }
}

fn file_item(name: &str, options: &Options, sha256: String, body: Body, reading: &Reading) -> Item {
    Item {
        kind: Kind::File,
        key: InboxKey(format!("file:{sha256}").into()),
        topic: "settlement_report".into(),
        channel: Channel::Import,
        seller: options.seller.as_ref().map(|s| Text::from(s.as_str())),
        site: None,
        origin: name.into(),
        received_at: reading.now,
        caused_by: None,
        body,
        problem: None,
        verified: true,
    }
}

fn unopened(
    source: &Source,
    body: Body,
    reading: &Reading,
    error: &mercadopago::report_file::FileError,
) -> Item {
    let mut item = broken(&[], &source.name, reading, &chain(error));
    if let Body::TooLarge { sha256, .. } = &body {
        item.key = derived_key(&[b"file", sha256.as_bytes()]);
    }
    item.body = body;
    item
}

/// The file's bytes, or its hash when it is too large to keep.
fn whole(source: &Source) -> Result<Body, FilesError> {
    let fail = |error| FilesError::Io { path: source.name.clone(), source: error };
    let length = std::fs::metadata(&source.path).map_err(fail)?.len();
    if length <= LIMIT_BYTES as u64 {
        return std::fs::read(&source.path).map(Body::whole).map_err(fail);
    }
    Ok(Body::TooLarge { sha256: hash(source)?.into(), offset: 0, length })
}

/// SHA-256 of a file, lower-case hex, read in pieces.
fn hash(source: &Source) -> Result<String, FilesError> {
    sha256_of(&source.path).map_err(|error| FilesError::Io { path: source.name.clone(), source: error })
}

fn sha256_of(path: &std::path::Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

impl Source {
    /// SHA-256 of the file, lower-case hex: its identity as an input.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn sha256(&self) -> Result<String, FilesError> {
        hash(self)
    }
}

/// The provider names report files `…-<seller>-<yyyy-MM-dd>…csv`; the seller is the digits before the date.
pub(super) fn seller_of_name(name: &str) -> Option<&str> {
    let file = name.rsplit('/').next()?;
    let mut parts = file.split('-').peekable();
    while let Some(part) = parts.next() {
        let is_year =
            parts.peek().is_some_and(|next| next.len() == 4 && next.bytes().all(|b| b.is_ascii_digit()));
        if is_year && part.len() >= 5 && part.bytes().all(|b| b.is_ascii_digit()) {
            return Some(part);
        }
    }
    None
}
