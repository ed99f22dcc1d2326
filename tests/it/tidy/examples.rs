//! Each rule on a small input that breaks it and one that keeps it: a rule that cannot fail protects nothing.

use std::collections::BTreeMap;

use super::tree::Source;
use super::{arrows, events, folders, lines, sizes};

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

fn domain(text: &str) -> Source {
    source("crates/domain/src/thing.rs", text)
}

fn manifest(name: &str, text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), text.to_owned())])
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn an_arrow_against_the_design_is_found() {
    let up = manifest("domain", "[dependencies]\nledger.workspace = true\nserde.workspace = true\n");
    assert_eq!(arrows::wrong(&up), ["domain -> ledger"]);
    let in_tests = manifest("ledger", "[dev-dependencies]\nstore = { workspace = true }\n");
    assert_eq!(arrows::wrong(&in_tests), ["ledger -> store"]);
    let down = manifest("ledger", "[dependencies]\ndomain.workspace = true\n");
    assert_eq!(arrows::wrong(&down), Vec::<String>::new());
}

#[test]
fn the_sample_months_may_not_share_code_with_the_product() {
    let shared = manifest("xtask", "[dependencies]\ndomain.workspace = true\n");
    assert_eq!(arrows::wrong(&shared), ["xtask -> domain"]);
}

#[test]
fn a_crate_that_the_design_does_not_know_is_found() {
    assert_eq!(arrows::wrong(&manifest("util", "")), ["util is no crate of the design"]);
}

#[test]
fn a_runtime_in_a_pure_crate_is_found() {
    let text = "[dependencies]\ntokio = { workspace = true, features = [\"rt\"] }\nchrono.workspace = true\n";
    assert_eq!(arrows::impure(&manifest("ledger", text)), ["ledger -> tokio"]);
    assert_eq!(arrows::impure(&manifest("engine", text)), Vec::<String>::new());
}

#[test]
fn a_dependency_without_a_reason_is_found() {
    let text = "[workspace.dependencies]\n# ours\ndomain = { path = \"crates/domain\" }\n\
                csv = \"1\" # report files\nsha2 = \"1\"\n\n[profile.dev]\ndebug = false\n";
    assert_eq!(arrows::without_reason(text), ["sha2 = \"1\""]);
}

#[test]
fn a_float_in_a_pure_crate_is_found() {
    let text = "fn a(x: f64) {}\nlet y = 1_f32;\n// a comment may say f64\nlet half = money; // not f64\n";
    let found =
        ["crates/domain/src/thing.rs:1 fn a(x: f64) {}", "crates/domain/src/thing.rs:2 let y = 1_f32;"];
    assert_eq!(lines::floats(&domain(text)), found);
    assert_eq!(lines::floats(&source("crates/cli/src/main.rs", text)), Vec::<String>::new());
}

#[test]
fn an_excuse_without_its_float_is_found() {
    let (path, _) = lines::EXCUSED[0];
    assert_eq!(lines::stale_excuses(&[source(path, "fn visit(_: f64) {}")]), Vec::<String>::new());
    assert_eq!(lines::stale_excuses(&[source(path, "fn visit() {}")]), [path]);
}

#[test]
fn a_pure_crate_that_reads_a_file_is_found() {
    let text = "use std::fs;\nlet now = chrono::Utc::now();\n";
    assert_eq!(lines::outside(&domain(text)).len(), 2);
    assert_eq!(lines::outside(&source("crates/domain/src/thing/tests.rs", text)).len(), 0);
    assert_eq!(lines::outside(&source("crates/cli/src/main.rs", text)).len(), 0);
}

#[test]
fn a_glob_reexport_is_found() {
    assert_eq!(lines::glob_reexports(&domain("pub use money::*;\n")).len(), 1);
    assert_eq!(lines::glob_reexports(&domain("pub(crate) use money::*;\n")).len(), 1);
    assert_eq!(lines::glob_reexports(&domain("use super::*;\npub use money::Money;\n")).len(), 0);
}

#[test]
fn unfinished_work_is_found() {
    let text = format!("// {}: later\nlet a = 1;\n{}();\n", ["TO", "DO"].concat(), ["to", "do!"].concat());
    assert_eq!(lines::unfinished(&domain(&text)).len(), 2);
    assert_eq!(lines::unfinished(&domain("// done\n")).len(), 0);
}

#[test]
fn a_module_without_its_doc_is_found() {
    assert_eq!(lines::without_doc(&domain("use std::fmt;\n")), ["crates/domain/src/thing.rs"]);
    assert_eq!(lines::without_doc(&domain("\n//! A thing.\n")).len(), 0);
    assert_eq!(lines::without_doc(&domain("")).len(), 1);
}

#[test]
fn a_mod_file_is_found() {
    assert_eq!(lines::mod_files(&source("crates/domain/src/thing/mod.rs", "")).len(), 1);
    assert_eq!(lines::mod_files(&source("crates/domain/src/mood.rs", "")).len(), 0);
}

#[test]
fn a_long_file_is_found_by_its_product_lines() {
    let product = "let a = 1;\n".repeat(401);
    assert_eq!(sizes::long_files(&domain(&product)), ["crates/domain/src/thing.rs has 401 lines"]);
    let tested = format!("{}#[cfg(test)]\nmod tests {{\n{product}}}\n", "let a = 1;\n".repeat(400));
    assert_eq!(sizes::long_files(&domain(&tested)).len(), 0);
    assert_eq!(sizes::long_files(&source("crates/domain/src/thing/tests.rs", &product)).len(), 0);
}

#[test]
fn a_long_function_is_found() {
    let body = |lines| {
        format!("    pub async fn a(\n        b: u8,\n    ) {{\n{}    }}\n", "        b();\n".repeat(lines))
    };
    let long = format!("impl A {{\n{}{}}}\n", body(66), body(67));
    assert_eq!(
        sizes::long_functions(&domain(&long)),
        ["crates/domain/src/thing.rs:72 pub async fn a( (71 lines)"]
    );
    let declared = format!("trait A {{\n    fn a();\n    fn b() {{}}\n}}\n{}", "let a = 1;\n".repeat(99));
    assert_eq!(sizes::long_functions(&domain(&declared)).len(), 0);
}

#[test]
fn the_names_of_events_are_read_from_their_block() {
    let text = "struct A;\nevents! {\n    /// It.\n    pub enum Event {\n        /// A.\n        Opened(Opened) = \"thing.opened\",\n    }\n}\nconst B: (u8) = \"no.event\";\n";
    assert_eq!(events::stored_names(text), ["thing.opened"]);
    let found = events::without_golden(&domain(text));
    assert_eq!(found, ["crates/domain/src/thing/golden/thing.opened.json"]);
    assert_eq!(events::without_golden(&source("crates/domain/src/event.rs", text)).len(), 0);
}

#[test]
fn a_migration_of_one_database_alone_is_found() {
    let (one, two) = (names(&["0001_a.sql"]), names(&["0001_a.sql", "0002_b.sql"]));
    assert_eq!(folders::migrations(&one, &two), ["only migrations/sqlite/0002_b.sql"]);
    assert_eq!(folders::migrations(&[], &two), Vec::<String>::new());
}

#[test]
fn an_entry_that_was_not_agreed_is_found() {
    let found = folders::not_agreed(&names(&["crates", "notes.txt", "target", "conciliar.db-wal", ".db"]));
    assert_eq!(found, ["notes.txt", ".db"]);
}
