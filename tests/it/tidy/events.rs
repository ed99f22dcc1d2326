//! Every event of every machine has a golden file: what is stored can always be read.

use super::tree::{self, Source};

/// Events whose golden file is missing.
pub fn without_golden(source: &Source) -> Vec<String> {
    let Some(machine) = machine(&source.path) else { return Vec::new() };
    stored_names(&source.text)
        .into_iter()
        .map(|name| format!("crates/domain/src/{machine}/golden/{name}.json"))
        .filter(|path| !tree::has(path))
        .collect()
}

/// The machine whose nouns a file holds: `crates/domain/src/<machine>.rs` or a file in its folder.
fn machine(path: &str) -> Option<&str> {
    let path = path.strip_prefix("crates/domain/src/")?.strip_suffix(".rs")?;
    let machine = path.split('/').next()?;
    // `event.rs` defines the macro and holds no events.
    (machine != "event").then_some(machine)
}

/// The names that the `events!` blocks of a text store.
pub fn stored_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.trim_start().starts_with("events! {") {
            inside = true;
        } else if line == "}" {
            inside = false;
        } else if inside
            && let Some((_, name)) = line.split_once(") = \"")
            && let Some((name, _)) = name.split_once('"')
        {
            names.push(name.to_owned());
        }
    }
    names
}
