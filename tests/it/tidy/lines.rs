//! Rules about single lines of the sources.

use super::tree::Source;

/// Files of pure crates that may name a float, and why.
pub const EXCUSED: [(&str, &str); 1] =
    [("crates/mercadopago/src/wire.rs", "serde's visitor names the type in order to refuse it")];

/// What reaches outside a pure crate.
const OUTSIDE: [&str; 7] =
    ["std::fs", "std::net", "std::env", "std::thread", "std::process", "SystemTime", "Utc::now"];

/// Floats in pure crates, tests included: a float near money is wrong wherever it stands.
pub fn floats(source: &Source) -> Vec<String> {
    if EXCUSED.iter().any(|(path, _)| *path == source.path) { Vec::new() } else { all_floats(source) }
}

/// Excused files that are gone or hold no float any more.
pub fn stale_excuses(sources: &[Source]) -> Vec<String> {
    let needs = |path: &str| sources.iter().any(|s| s.path == path && !all_floats(s).is_empty());
    EXCUSED.iter().filter(|(path, _)| !needs(path)).map(|(path, _)| (*path).to_owned()).collect()
}

fn all_floats(source: &Source) -> Vec<String> {
    let lines = if source.is_pure() { source.code() } else { Vec::new() };
    lines
        .into_iter()
        .filter(|(_, line)| words(line).any(|word| word.ends_with("f64") || word.ends_with("f32")))
        .map(|(number, line)| source.at(number, line.trim()))
        .collect()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

/// Files, network, environment, threads and clocks in pure crates.
pub fn outside(source: &Source) -> Vec<String> {
    let lines = if source.is_pure() && !source.is_test() { source.code() } else { Vec::new() };
    lines
        .into_iter()
        .filter(|(_, line)| OUTSIDE.iter().any(|name| line.contains(name)))
        .map(|(number, line)| source.at(number, line.trim()))
        .collect()
}

/// `pub use …::*`.
pub fn glob_reexports(source: &Source) -> Vec<String> {
    let is_glob = |line: &str| {
        let line = line.trim();
        line.starts_with("pub") && line.contains(" use ") && line.contains("::*")
    };
    let lines = source.code().into_iter().filter(|(_, line)| is_glob(line));
    lines.map(|(number, line)| source.at(number, line.trim())).collect()
}

/// The two words that mark unfinished work, and the macros for it.
pub fn unfinished(source: &Source) -> Vec<String> {
    // Put together here, so that this file does not find itself.
    let marks = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["to", "do!("].concat(),
        ["unimpl", "emented!("].concat(),
    ];
    let lines = (1..).zip(source.text.lines());
    lines
        .filter(|(_, line)| marks.iter().any(|mark| line.contains(mark)))
        .map(|(number, line)| source.at(number, line.trim()))
        .collect()
}

/// Modules that do not start with `//!`; tests are named by what they test.
pub fn without_doc(source: &Source) -> Vec<String> {
    let first = source.text.lines().find(|line| !line.trim().is_empty());
    let missing = first.is_none_or(|line| !line.starts_with("//! ")) && !source.is_test();
    if missing { vec![source.path.clone()] } else { Vec::new() }
}

/// `mod.rs`.
pub fn mod_files(source: &Source) -> Vec<String> {
    if source.path.ends_with("/mod.rs") { vec![source.path.clone()] } else { Vec::new() }
}
