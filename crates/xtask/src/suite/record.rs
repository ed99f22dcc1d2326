//! tests/FULL.md: what came of the runs at full size, newest first.

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use super::machine;

const FILE: &str = "tests/FULL.md";
const HEAD: &str = "# Runs at full size\n\nWritten by `cargo xtask test --full`, newest first.\n\n\
| date (UTC) | commit | outcome | minutes | machine |\n|---|---|---|---|---|\n";

/// Adds a run.
///
/// # Errors
/// When git does not tell the commit, or the file cannot be written.
pub fn write(sh: &Shell, passed: bool, seconds: u64) -> Result<()> {
    let commit =
        cmd!(sh, "git describe --always --dirty").quiet().read().context("cannot tell the commit")?;
    let date = cmd!(sh, "date -u +%Y-%m-%dT%H:%MZ").quiet().read().context("cannot print the date")?;
    let outcome = if passed { "passed" } else { "failed" };
    let row =
        format!("| {date} | {commit} | {outcome} | {} | {} |\n", seconds.div_ceil(60), machine::describe());
    let old = if sh.path_exists(FILE) { sh.read_file(FILE)? } else { HEAD.to_owned() };
    sh.write_file(FILE, with_row(&old, &row)).context("cannot write the record")
}

/// The record with a row above the older ones.
fn with_row(old: &str, row: &str) -> String {
    let rows = old.strip_prefix(HEAD).unwrap_or_default();
    format!("{HEAD}{row}{rows}")
}

#[cfg(test)]
mod tests {
    use super::{HEAD, with_row};

    #[test]
    fn the_newest_run_stands_first() {
        let one = with_row(HEAD, "| 1 |\n");
        assert_eq!(with_row(&one, "| 2 |\n"), format!("{HEAD}| 2 |\n| 1 |\n"));
    }
}
