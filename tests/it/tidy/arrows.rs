//! What may depend on what: design §2 as a table.

use std::collections::BTreeMap;

use super::tree::PURE;

/// Each crate and the crates of ours that it may name.
const ARROWS: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("billing", &["domain"]),
    ("ledger", &["domain"]),
    ("mercadopago", &["domain"]),
    ("reconcile", &["domain", "ledger", "billing", "mercadopago"]),
    ("report", &["domain", "ledger", "billing", "reconcile"]),
    ("store", &["domain", "ledger"]),
    ("broker", &[]),
    // Sellers, ids and amounts are domain's words; a client with its own would only translate them.
    ("client", &["domain", "mercadopago"]),
    (
        "engine",
        &["domain", "ledger", "billing", "mercadopago", "reconcile", "report", "store", "broker", "client"],
    ),
    (
        "server",
        &[
            "domain",
            "ledger",
            "billing",
            "mercadopago",
            "reconcile",
            "report",
            "store",
            "broker",
            "client",
            "engine",
        ],
    ),
    ("simulator", &["mercadopago"]),
    (
        "cli",
        &[
            "domain",
            "ledger",
            "billing",
            "mercadopago",
            "reconcile",
            "report",
            "store",
            "broker",
            "client",
            "engine",
            "server",
            "simulator",
        ],
    ),
    // The task runner's sample months are evidence only as long as they share no code with the product.
    ("xtask", &[]),
];

/// Packages that bring a runtime, a network, a database, randomness or a log into a crate.
const SHELL_PACKAGES: [&str; 14] = [
    "async-trait",
    "axum",
    "cqrs-es",
    "fastrand",
    "getrandom",
    "hyper",
    "lapin",
    "log",
    "rand",
    "reqwest",
    "rustls",
    "sqlx",
    "tokio",
    "tracing",
];

/// Arrows that the table lacks, and crates that it does not know.
pub fn wrong(manifests: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, manifest) in manifests {
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| known == name) else {
            found.push(format!("{name} is no crate of the design"));
            continue;
        };
        let ours = |package: &String| ARROWS.iter().any(|(known, _)| known == package);
        let dependencies = dependencies(manifest);
        let wrong = dependencies.iter().filter(|p| ours(p) && !allowed.contains(&p.as_str()));
        found.extend(wrong.map(|package| format!("{name} -> {package}")));
    }
    found
}

/// Packages of the shell that pure crates name.
pub fn impure(manifests: &BTreeMap<String, String>) -> Vec<String> {
    let pure = manifests.iter().filter(|(name, _)| PURE.contains(&name.as_str()));
    pure.flat_map(|(name, manifest)| {
        let packages = dependencies(manifest);
        let shell = packages.into_iter().filter(|package| SHELL_PACKAGES.contains(&package.as_str()));
        shell.map(|package| format!("{name} -> {package}")).collect::<Vec<_>>()
    })
    .collect()
}

/// Workspace dependencies whose line has no comment; our own crates need none.
pub fn without_reason(manifest: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !line.contains("path = \"crates/"))
        .filter(|line| line.split_once(" # ").is_none_or(|(_, reason)| reason.trim().len() < 5))
        .map(str::to_owned)
        .collect()
}

/// Every package a manifest names, for whatever purpose: tests must follow the arrows too.
fn dependencies(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
    let mut found = Vec::new();
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        if let Some(toml::Value::Table(packages)) = manifest.get(kind) {
            found.extend(packages.keys().cloned());
        }
    }
    found
}
