//! Processes by their ids: signals, and who descends from whom, as Linux tells it.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Sends a signal to processes. Those that are gone already are no error.
pub fn signal(name: &str, processes: &[u32]) -> Result<()> {
    let script = "signal=$1; shift; for id; do kill -s \"$signal\" \"$id\" 2>/dev/null; done; true";
    let ids = processes.iter().map(u32::to_string);
    let status = Command::new("sh").args(["-c", script, "sh", name]).args(ids).status();
    ensure!(status.context("sh does not start")?.success(), "cannot send {name}");
    Ok(())
}

/// A process with its children and theirs.
pub fn family(root: u32) -> Result<Vec<u32>> {
    let mut family = vec![root];
    let mut next = 0;
    let parents = parents()?;
    while let Some(parent) = family.get(next).copied() {
        family.extend(parents.iter().filter(|(_, its)| *its == parent).map(|(child, _)| *child));
        next += 1;
    }
    Ok(family)
}

/// Whether all of them have ended; one that only waits to be buried has.
pub fn none_is_alive(processes: &[u32]) -> bool {
    let runs = |process: &u32| status(*process).is_some_and(|(state, _)| state != "Z" && state != "X");
    !processes.iter().any(runs)
}

/// Every process with its parent.
fn parents() -> Result<Vec<(u32, u32)>> {
    let entries = fs::read_dir("/proc").context("cannot list the processes")?;
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Ok(ids.filter_map(|id| Some((id, status(id)?.1))).collect())
}

/// State and parent, from `id (name) state parent …`; a name may hold anything.
fn status(process: u32) -> Option<(String, u32)> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = line.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}
