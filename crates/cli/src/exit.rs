//! Exit codes, and the one place where errors are printed.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Done.
    Done,
    /// A file, the store or the broker could not be used.
    Failure,
    /// The command cannot be meant.
    Usage,
    /// Done, and something was found that a person must look at.
    Findings,
}

impl Exit {
    /// Findings when there are some, else done.
    pub fn found(some: bool) -> Self {
        if some { Self::Findings } else { Self::Done }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Findings => 3,
        })
    }
}

/// What is wrong with a command that its arguments alone do not show.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// The exit code of an error.
pub fn of(error: &anyhow::Error) -> Exit {
    if is_closed_pipe(error) {
        Exit::Done
    } else if error.is::<Usage>() {
        Exit::Usage
    } else {
        Exit::Failure
    }
}

/// Prints an error with its sources on one line.
pub fn complain(error: &anyhow::Error) {
    if is_closed_pipe(error) {
        return;
    }
    let mut err = io::stderr().lock();
    // Nothing can be told about an error stream that does not take it.
    let _told = writeln!(err, "error: {}", sentence(error));
}

/// An error with its sources; errors of other packages that repeat their source are told once.
fn sentence(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.ends_with(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// Whether the reader of our output went away, as `head` does: no failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    };
    error.chain().any(broken)
}
