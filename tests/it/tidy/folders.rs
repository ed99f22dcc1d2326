//! Rules about what lies where.

use super::tree;

/// What the top level may hold.
const AGREED: [&str; 20] = [
    ".cargo",
    ".ci",
    ".git",
    ".gitattributes",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "config",
    "crates",
    "deny.toml",
    "examples",
    "migrations",
    "rustfmt.toml",
    "tests",
];

/// Entries of the top level that were not agreed; what builds and runs leave there is not looked at.
pub fn not_agreed(names: &[String]) -> Vec<String> {
    let is_left_over = |name: &str| {
        matches!(name, "target" | "conciliar-out")
            || name.split_once(".db").is_some_and(|(stem, _)| !stem.is_empty())
    };
    let known = |name: &str| AGREED.contains(&name) || is_left_over(name);
    names.iter().filter(|name| !known(name)).cloned().collect()
}

/// Migrations that one database has and the other lacks, and files that do not start with their reason.
pub fn migrations(postgres: &[String], sqlite: &[String]) -> Vec<String> {
    if postgres.is_empty() || sqlite.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (database, ours, theirs) in [("postgres", postgres, sqlite), ("sqlite", sqlite, postgres)] {
        for name in ours {
            let path = format!("migrations/{database}/{name}");
            if !theirs.contains(name) {
                found.push(format!("only {path}"));
            }
            if tree::has(&path) && !tree::text(&path).starts_with("-- ") {
                found.push(format!("{path} does not start with its reason"));
            }
        }
    }
    found
}
