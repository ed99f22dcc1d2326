//! tests/FULL.md: what came of the runs at full size, newest first, and how long its faults took to be overcome.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use super::machine;

const FILE: &str = "tests/FULL.md";
const RUNS: &str = "# Runs at full size\n\nWritten by `cargo xtask test --full`, newest first.\n\n\
| date (UTC) | commit | outcome | minutes | machine |\n|---|---|---|---|---|\n";
const RECOVERIES: &str = "\n## Recovery after faults\n\nMilliseconds from the end of a fault until the next commit, \
or as the row says; of all times it was tried.\n\n\
| date (UTC) | commit | fault | times | median | longest |\n|---|---|---|---|---|---|\n";
/// Names the file in which the fault tests note `fault<tab>milliseconds`.
pub const NOTES: &str = "CONCILIAR_RECORD";

/// Where the fault tests of a run make their notes; nothing is there yet.
///
/// # Errors
/// When the notes of an earlier run cannot be removed.
pub fn notes(sh: &Shell) -> Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("conciliar-recovery-{}.tsv", std::process::id()));
    sh.remove_path(&path).context("cannot remove old notes")?;
    Ok(path)
}

/// Adds a run with what it noted.
///
/// # Errors
/// When git does not tell the commit, or the file cannot be written.
pub fn write(sh: &Shell, passed: bool, seconds: u64, notes: &Path) -> Result<()> {
    let commit =
        cmd!(sh, "git describe --always --dirty").quiet().read().context("cannot tell the commit")?;
    let date = cmd!(sh, "date -u +%Y-%m-%dT%H:%MZ").quiet().read().context("cannot print the date")?;
    let outcome = if passed { "passed" } else { "failed" };
    let run =
        format!("| {date} | {commit} | {outcome} | {} | {} |\n", seconds.div_ceil(60), machine::describe());
    let noted = if sh.path_exists(notes) { sh.read_file(notes)? } else { String::new() };
    let recoveries = rows(&noted).iter().map(|row| format!("| {date} | {commit} | {row} |\n")).collect();
    let old = if sh.path_exists(FILE) { sh.read_file(FILE)? } else { String::new() };
    sh.write_file(FILE, with(&old, &run, recoveries)).context("cannot write the record")?;
    sh.remove_path(notes).context("cannot remove the notes")
}

/// `fault | times | median | longest` of each fault, in the order of the alphabet.
fn rows(noted: &str) -> Vec<String> {
    let mut times: Vec<(&str, u64)> = noted
        .lines()
        .filter_map(|line| {
            let (fault, millis) = line.split_once('\t')?;
            Some((fault, millis.parse().ok()?))
        })
        .collect();
    times.sort_unstable();
    times
        .chunk_by(|one, other| one.0 == other.0)
        .map(|of_one| {
            let (count, middle) = (of_one.len(), of_one[of_one.len() / 2]);
            let longest = of_one[count - 1].1;
            format!("{} | {count} | {} | {longest}", middle.0, middle.1)
        })
        .collect()
}

/// The record with newer rows above the older ones.
fn with(old: &str, run: &str, recoveries: String) -> String {
    let old = old.strip_prefix(RUNS).unwrap_or_default();
    let (runs, times) = old.split_once(RECOVERIES).unwrap_or((old, ""));
    format!("{RUNS}{run}{runs}{RECOVERIES}{recoveries}{times}")
}

#[cfg(test)]
mod tests {
    use super::{RECOVERIES, RUNS, rows, with};

    #[test]
    fn the_newest_run_stands_first() {
        let one = with("", "| 1 |\n", "| a |\n".to_owned());
        let two = with(&one, "| 2 |\n", "| b |\n".to_owned());
        assert_eq!(two, format!("{RUNS}| 2 |\n| 1 |\n{RECOVERIES}| b |\n| a |\n"));
    }

    #[test]
    fn a_record_without_recoveries_keeps_its_runs() {
        let old = format!("{RUNS}| 1 |\n");
        assert_eq!(with(&old, "| 2 |\n", String::new()), format!("{RUNS}| 2 |\n| 1 |\n{RECOVERIES}"));
    }

    #[test]
    fn recoveries_of_one_fault_are_one_row() {
        let noted = "kill\t30\nstop\t7\nkill\t9\nkill\t100\n";
        assert_eq!(rows(noted), ["kill | 3 | 30 | 100", "stop | 1 | 7 | 7"]);
    }
}
