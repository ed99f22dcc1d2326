//! A file that messages are added to, a line for each, on the disk before the next.
//!
//! The end of the file tells what became of a message whose checkpoint was lost: a whole line of it stays and is not
//! written again, a torn one is cut off. The file is opened for each message, so that it may be moved away meanwhile.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use domain::text::Text;
use tokio::task::spawn_blocking;

use super::error::RelayError;

/// How a file ends, compared with a line that is to be added.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// With a whole line, or empty.
    Whole,
    /// With the very line.
    Written,
    /// With so many bytes of the line.
    Torn(u64),
    /// In the middle of something else.
    Foreign,
}

/// A file that nobody else of ours writes to until this is dropped.
#[derive(Debug)]
pub(super) struct Opened {
    path: PathBuf,
    file: File,
}

impl Opened {
    /// Opens a file for a message, and makes it when it is not there.
    ///
    /// # Errors
    /// When the file cannot be opened, or is held by somebody.
    pub(super) async fn open(path: &Path, key: &Text) -> Result<Self, RelayError> {
        let (path, key) = (path.to_path_buf(), key.clone());
        let opened = spawn_blocking(move || open(path, &key)).await;
        opened.expect("opening a file does not panic")
    }

    /// Adds a line, durably.
    ///
    /// # Errors
    /// When the file cannot be written, or does not end with a whole line.
    pub(super) async fn append(self, key: &Text, line: &str) -> Result<(), RelayError> {
        let (key, line) = (key.clone(), format!("{line}\n"));
        let written = spawn_blocking(move || add(self, &key, &line)).await;
        written.expect("adding a line to a file does not panic")
    }
}

fn open(path: PathBuf, key: &Text) -> Result<Opened, RelayError> {
    let file = OpenOptions::new().read(true).append(true).create(true).open(&path);
    let file = file.map_err(|source| fault(&path, key, source))?;
    match file.try_lock() {
        Ok(()) => Ok(Opened { path, file }),
        Err(TryLockError::WouldBlock) => Err(RelayError::Held { path: path.display().to_string() }),
        Err(TryLockError::Error(source)) => Err(fault(&path, key, source)),
    }
}

fn add(opened: Opened, key: &Text, line: &str) -> Result<(), RelayError> {
    let Opened { path, mut file } = opened;
    let fails = |source| fault(&path, key, source);
    let length = file.metadata().map_err(fails)?.len();
    match end(&mut file, length, line.as_bytes()).map_err(fails)? {
        End::Written => return file.sync_all().map_err(fails),
        End::Foreign => return Err(RelayError::Torn { path: path.display().to_string() }),
        End::Torn(bytes) => file.set_len(length - bytes).map_err(fails)?,
        End::Whole => {}
    }
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(fails)?;
    // One that was made by a run that died before its first line is new all the same.
    if length == 0 { sync_folder(&path).map_err(fails) } else { Ok(()) }
}

fn fault(path: &Path, key: &Text, source: io::Error) -> RelayError {
    RelayError::File { key: key.clone(), path: path.display().to_string(), source }
}

/// Looks at the last bytes of a file, as many as the line has and one before them: so many are no part of the line.
fn end(file: &mut File, length: u64, line: &[u8]) -> io::Result<End> {
    let looked = length.min(line.len() as u64 + 1);
    file.seek(SeekFrom::Start(length - looked))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok(match tail.last() {
        None => End::Whole,
        Some(b'\n') if tail.ends_with(line) && is_line(&tail[..tail.len() - line.len()]) => End::Written,
        Some(b'\n') => End::Whole,
        Some(_) => {
            let begin = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
            let torn = &tail[begin..];
            if line.starts_with(torn) { End::Torn(torn.len() as u64) } else { End::Foreign }
        }
    })
}

/// Whether a line may begin after these bytes.
fn is_line(before: &[u8]) -> bool {
    before.last().is_none_or(|byte| *byte == b'\n')
}

/// A new file is there for good only when its folder is on the disk too.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    // Folders can be opened and synced on Unix only.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
