//! Files as deliveries: NDJSON lines, bare provider JSON, and report files.
//!
//! Nothing that cannot be read stops the file: it becomes a broken delivery with its place and reason, and the
//! rest goes on.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use domain::machine::Instant;

use crate::config::Sellers;
use crate::item::Item;

mod bare;
mod lines;
mod reports;

pub(crate) use bare::kept;
pub use reports::{Report, open_report, read_download, report_options};

/// The longest line or file body that is kept: 16 MiB.
pub const LIMIT_BYTES: usize = mercadopago::observe::MAX_BODY_BYTES;

/// What a file holds, by its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FileKind {
    /// One delivery a line (`.ndjson`, `.jsonl`).
    Lines,
    /// One JSON of the provider (`.json`).
    Bare,
    /// A report of the provider (`.csv`).
    Report,
}

/// A file to read, with the name that people see.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Source {
    /// What it holds.
    pub kind: FileKind,
    /// Its name, relative to the folder that was given, with forward slashes.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// What all readers need.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Configured sellers, for reports that do not name theirs.
    pub sellers: Sellers,
    /// When deliveries that do not tell were received.
    pub now: Instant,
}

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The file or folder cannot be read.
    #[error("`{path}` cannot be read")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The receiving side is gone.
    #[error("reading was stopped")]
    Stopped,
}

/// Where read deliveries go; an error ends the reading.
pub type Sink<'a> = &'a mut dyn FnMut(Item) -> Result<(), FilesError>;

/// The kind of a file by its name; `None` for a file that is no delivery.
#[must_use]
pub fn kind_of(path: &Path) -> Option<FileKind> {
    match path.extension()?.to_str()?.to_lowercase().as_str() {
        "ndjson" | "jsonl" => Some(FileKind::Lines),
        "json" => Some(FileKind::Bare),
        "csv" => Some(FileKind::Report),
        _ => None,
    }
}

/// All files below a folder, in the order of their kinds and names, and the names of those passed over.
///
/// # Errors
/// When a folder cannot be read.
pub fn discover(folder: &Path) -> Result<(Vec<Source>, Vec<String>), FilesError> {
    let (mut found, mut passed) = (Vec::new(), Vec::new());
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        let fail = |source| FilesError::Io { path: at.display().to_string(), source };
        for entry in std::fs::read_dir(&at).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let path = entry.path();
            let name = relative(folder, &path);
            if entry.file_type().map_err(fail)?.is_dir() {
                folders.push(path);
            } else if let Some(kind) = kind_of(&path) {
                found.push(Source { kind, name, path });
            } else {
                passed.push(name);
            }
        }
    }
    found.sort();
    passed.sort();
    Ok((found, passed))
}

/// Reads one file into deliveries.
///
/// # Errors
/// When the file cannot be opened or read on, or the sink stops.
pub fn read(source: &Source, reading: &Reading, sink: Sink<'_>) -> Result<(), FilesError> {
    let fail = |error| FilesError::Io { path: source.name.clone(), source: error };
    match source.kind {
        FileKind::Lines => {
            let file = File::open(&source.path).map_err(fail)?;
            lines::read(BufReader::with_capacity(1 << 20, file), &source.name, reading, sink)
        }
        FileKind::Bare => bare::read(std::fs::read(&source.path).map_err(fail)?, &source.name, reading, sink),
        FileKind::Report => reports::read(source, reading, sink),
    }
}

/// Reads deliveries from a stream of lines, such as standard input.
///
/// # Errors
/// When it cannot be read on, or the sink stops.
pub fn read_lines(
    reader: impl io::BufRead,
    name: &str,
    reading: &Reading,
    sink: Sink<'_>,
) -> Result<(), FilesError> {
    lines::read(reader, name, reading, sink)
}

fn relative(folder: &Path, path: &Path) -> String {
    let inner = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = inner.components().map(|c| c.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests;
