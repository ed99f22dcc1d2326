//! Cuts a stream into records and keeps the exact bytes of each.
//!
//! The cells are the `csv` crate's. What is added: the raw bytes, line numbers, and that a quote which is never
//! closed costs its own line and not the rest of the file. Memory is bounded by [`LIMIT`] plus two buffers.

use std::io::{self, Read};

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::Why;

/// Longest record, bytes: rows of the reports stay under 10 KB. Beyond it an unclosed quote is assumed.
const LIMIT: usize = 128 * 1024;

/// Size of a read, bytes.
const BUFFER: usize = 64 * 1024;

/// One record as it stands in the file; its cells are in [`Records::cells`].
pub(super) struct Record {
    /// Line it starts on, counted from 1 with the header.
    pub(super) line: u64,
    /// Its bytes without the line end.
    pub(super) raw: Vec<u8>,
    /// Why it has no cells.
    pub(super) fault: Option<Why>,
}

/// The records of a file after its header.
pub(super) struct Records<R> {
    /// The cells of the last record.
    pub(super) cells: ByteRecord,
    reader: Option<Reader<Kept<R>>>,
    separator: u8,
    width: usize,
    line: u64,
}

impl<R: Read> Records<R> {
    /// `ahead` is what was read past the header.
    pub(super) fn new(inner: R, ahead: Vec<u8>, separator: u8, width: usize) -> Self {
        let kept = Kept { inner, ahead, served: 0, bytes: Vec::new(), taken: 0, drained: 0, full: false };
        Self { cells: ByteRecord::new(), reader: Some(open(kept, separator)), separator, width, line: 2 }
    }

    /// The next record; `None` at the end of the file or after a read error, which is the last record's fault.
    pub(super) fn next(&mut self) -> Option<Record> {
        loop {
            let reader = self.reader.as_mut()?;
            let read = reader.read_byte_record(&mut self.cells);
            let end = reader.position().byte();
            let kept = reader.get_mut();
            match read {
                Ok(false) => return None,
                Ok(true) => {
                    let record = kept.until(end);
                    let start =
                        record.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(record.len());
                    let raw = trim_end(&record[start..]);
                    if raw.is_empty() {
                        self.line += newlines(record);
                        kept.take(record.len());
                        continue;
                    }
                    if raw.contains(&b'\n') && (self.cells.len() != self.width || quotes(raw) % 2 == 1) {
                        return self.first_line_only(Why::UnclosedQuote);
                    }
                    let record_length = record.len();
                    let found = Record {
                        line: self.line + newlines(&record[..start]),
                        raw: raw.to_vec(),
                        fault: None,
                    };
                    self.line += newlines(record);
                    kept.take(record_length);
                    return Some(found);
                }
                Err(_) if kept.full => return self.first_line_only(Why::UnclosedQuote),
                Err(error) => return Some(self.read_failed(&error)),
            }
        }
    }

    /// Takes only the first line of what was meant as one record, and reads on from the line after it.
    fn first_line_only(&mut self, why: Why) -> Option<Record> {
        let mut kept = self.reader.take()?.into_inner();
        kept.restart();
        let blank = kept.ahead.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let line = self.line + newlines(&kept.ahead[..blank]);
        let length = kept.ahead[blank..].iter().position(|b| *b == b'\n');
        let (raw, next, why) = match length {
            Some(length) => (kept.ahead[blank..blank + length].to_vec(), blank + length + 1, why),
            // One line is longer than any record may be: its head is kept, the rest is passed over.
            None => {
                let raw = kept.ahead[blank..].to_vec();
                if let Err(error) = kept.skip_line() {
                    return Some(Record { line, raw, fault: Some(Why::Io { kind: error.kind() }) });
                }
                (raw, 0, Why::TooLong { limit: LIMIT })
            }
        };
        kept.ahead.drain(..next);
        self.line = line + 1;
        self.reader = Some(open(kept, self.separator));
        Some(Record { line, raw: trim_end(&raw).to_vec(), fault: Some(why) })
    }

    fn read_failed(&mut self, error: &csv::Error) -> Record {
        let kind = match error.kind() {
            csv::ErrorKind::Io(error) => error.kind(),
            _ => io::ErrorKind::InvalidData,
        };
        self.reader = None;
        Record { line: self.line, raw: Vec::new(), fault: Some(Why::Io { kind }) }
    }
}

/// A reader that keeps what it handed out until the record it belongs to is done.
struct Kept<R> {
    inner: R,
    /// Handed out before anything of `inner`.
    ahead: Vec<u8>,
    served: usize,
    /// Handed out; the first `taken` are done with.
    bytes: Vec<u8>,
    taken: usize,
    /// Number of bytes handed out before `bytes`.
    drained: u64,
    full: bool,
}

impl<R: Read> Kept<R> {
    /// The bytes of the record that ends at this position of the stream.
    fn until(&self, end: u64) -> &[u8] {
        let end = usize::try_from(end - self.drained).expect("kept bytes are few");
        &self.bytes[self.taken..end]
    }

    fn take(&mut self, length: usize) {
        self.taken += length;
        if self.taken > BUFFER {
            self.bytes.drain(..self.taken);
            self.drained += self.taken as u64;
            self.taken = 0;
        }
    }

    /// Puts everything that is not done with back in front.
    fn restart(&mut self) {
        let mut ahead = self.bytes.split_off(self.taken);
        ahead.extend_from_slice(&self.ahead[self.served..]);
        self.ahead = ahead;
        self.bytes.clear();
        (self.served, self.taken, self.drained, self.full) = (0, 0, 0, false);
    }

    /// Passes over the rest of a line, leaving what follows it in front.
    fn skip_line(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER];
        self.ahead.clear();
        loop {
            match self.inner.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => {
                    if let Some(end) = buffer[..length].iter().position(|b| *b == b'\n') {
                        self.ahead.extend_from_slice(&buffer[end + 1..length]);
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.len() - self.taken > LIMIT {
            self.full = true;
            return Err(io::Error::other("record too long"));
        }
        let length = if self.served < self.ahead.len() {
            let length = (&self.ahead[self.served..]).read(buffer)?;
            self.served += length;
            if self.served == self.ahead.len() {
                (self.ahead, self.served) = (Vec::new(), 0);
            }
            length
        } else {
            self.inner.read(buffer)?
        };
        self.bytes.extend_from_slice(&buffer[..length]);
        Ok(length)
    }
}

fn open<R: Read>(kept: Kept<R>, separator: u8) -> Reader<Kept<R>> {
    // Records end at LF alone; the CR of CRLF is trimmed with the raw bytes and by the last cell's reader.
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .terminator(Terminator::Any(b'\n'))
        .buffer_capacity(BUFFER)
        .from_reader(kept)
}

fn trim_end(record: &[u8]) -> &[u8] {
    let end = record.iter().rposition(|b| !matches!(b, b'\r' | b'\n')).map_or(0, |at| at + 1);
    &record[..end]
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}

fn quotes(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b == b'"').count()
}
