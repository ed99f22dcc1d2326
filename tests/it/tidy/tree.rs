//! The repository as the rules see it: manifests, sources, names. Reads files and judges nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Crates without clock, IO and runtime.
pub const PURE: [&str; 6] = ["billing", "domain", "ledger", "mercadopago", "reconcile", "report"];

/// A Rust source.
#[derive(Debug)]
pub struct Source {
    /// Path from the repository, with `/`.
    pub path: String,
    /// Everything in it.
    pub text: String,
}

impl Source {
    /// Whether the whole file is tests, by where it lies.
    pub fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.contains("/tests/")
            || self.path.contains("/contract/")
            || self.path.ends_with("/walks.rs")
    }

    /// Whether it belongs to a pure crate.
    pub fn is_pure(&self) -> bool {
        PURE.iter().any(|name| self.path.starts_with(&format!("crates/{name}/src/")))
    }

    /// Its lines up to the first inline test module, numbered from 1, without comments.
    pub fn code(&self) -> Vec<(usize, &str)> {
        self.product_lines().map(|(number, line)| (number, without_comment(line))).collect()
    }

    /// Its lines up to the first inline test module, numbered from 1.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines: Vec<_> = self.text.lines().collect();
        let end = lines
            .windows(2)
            .position(|two| two[0].trim() == "#[cfg(test)]" && two[1].trim_end().ends_with('{'))
            .unwrap_or(lines.len());
        (1..).zip(lines).take(end)
    }

    /// A finding at a line.
    pub fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line} {what}", self.path)
    }
}

/// A line without its comment; a `//` inside a text counts as a comment only after a space.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return "";
    }
    line.split_once(" // ").map_or(line, |(code, _)| code)
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests lie in the repository").to_path_buf()
}

/// The text of a file of the repository.
pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust source of the workspace.
pub fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["crates", "tests", "benches"] {
        collect(&root().join(folder), &mut found);
    }
    assert!(found.len() > 50, "only {} sources were found", found.len());
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    for path in entries(folder) {
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                collect(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source is readable text");
            let path = path.strip_prefix(root()).expect("a source lies in the repository");
            found.push(Source { path: path.to_string_lossy().replace('\\', "/"), text });
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a folder is readable").path()).collect();
    paths.sort();
    paths
}

fn names(folder: &Path) -> Vec<String> {
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    entries(folder).iter().filter_map(name).collect()
}

/// The manifests of our crates, by folder name.
pub fn manifests() -> BTreeMap<String, String> {
    let crates = names(&root().join("crates"));
    let manifests: BTreeMap<_, _> = crates
        .into_iter()
        .filter(|name| root().join("crates").join(name).is_dir())
        .map(|name| (name.clone(), text(&format!("crates/{name}/Cargo.toml"))))
        .collect();
    assert!(manifests.contains_key("domain"), "the crates were not found");
    manifests
}

/// Names of the migrations of a database; none when it has no folder.
pub fn migrations(database: &str) -> Vec<String> {
    names(&root().join("migrations").join(database))
}

/// Names at the top level.
pub fn top_level() -> Vec<String> {
    names(&root())
}

/// Whether the repository has a file.
pub fn has(path: &str) -> bool {
    root().join(path).is_file()
}
