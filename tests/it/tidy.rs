//! The rules of the house that no compiler checks: arrows between crates, sizes, names, words.
//!
//! Line by line and simple on purpose; `examples` shows every rule failing on a small input. Lints are clippy's.

mod arrows;
mod events;
mod examples;
mod folders;
mod lines;
mod sizes;
mod tree;

use tree::Source;

/// Fails with everything that was found, one finding a line.
fn none_of(rule: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{rule}:\n  {}\n", found.join("\n  "));
}

/// Applies a rule to every source.
fn in_sources(rule: fn(&Source) -> Vec<String>) -> Vec<String> {
    tree::sources().iter().flat_map(rule).collect()
}

#[test]
fn crates_depend_only_along_the_arrows() {
    none_of("arrows that the design does not draw", arrows::wrong(&tree::manifests()));
}

#[test]
fn pure_crates_depend_on_no_runtime() {
    none_of("packages of the shell in pure crates", arrows::impure(&tree::manifests()));
}

#[test]
fn every_dependency_says_why_it_is_here() {
    none_of("dependencies without a reason", arrows::without_reason(&tree::text("Cargo.toml")));
}

#[test]
fn pure_crates_hold_no_floats() {
    none_of("floats in pure crates", in_sources(lines::floats));
}

#[test]
fn no_excuse_outlives_its_float() {
    none_of("excused files without a float", lines::stale_excuses(&tree::sources()));
}

#[test]
fn pure_crates_touch_nothing_outside() {
    none_of("files, network, environment or threads in pure crates", in_sources(lines::outside));
}

#[test]
fn names_have_one_public_path() {
    none_of("glob re-exports", in_sources(lines::glob_reexports));
}

#[test]
fn nothing_is_left_for_later() {
    none_of("notes of unfinished work", in_sources(lines::unfinished));
}

#[test]
fn every_module_says_what_it_is() {
    none_of("modules that do not start with //!", in_sources(lines::without_doc));
}

#[test]
fn modules_stand_beside_their_folders() {
    none_of("mod.rs files", in_sources(lines::mod_files));
}

#[test]
fn files_have_at_most_400_lines() {
    none_of("files that are too long", in_sources(sizes::long_files));
}

#[test]
fn functions_fit_a_screen() {
    none_of("functions that are too long", in_sources(sizes::long_functions));
}

#[test]
fn every_stored_event_has_a_golden_file() {
    none_of("events without a golden file", in_sources(events::without_golden));
}

#[test]
fn migrations_are_the_same_for_both_databases() {
    let (postgres, sqlite) = (tree::migrations("postgres"), tree::migrations("sqlite"));
    none_of("differences between the migrations", folders::migrations(&postgres, &sqlite));
}

#[test]
fn the_top_level_holds_only_what_was_agreed() {
    none_of("entries at the top level", folders::not_agreed(&tree::top_level()));
}
