//! `cargo xtask test`: everything that must hold before a change lands, in the order in which it fails fastest.
//!
//! It installs what the tests need and this machine lacks, where it may, and starts the servers that do not answer
//! here already; it changes no source.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use xshell::{Shell, cmd};
use xtask::services::shared::Services;

mod machine;
mod packages;
mod record;

/// Where tests that share a database and a broker look for them.
const DATABASE: &str = "CONCILIAR_TEST_POSTGRES";
const BROKER: &str = "CONCILIAR_TEST_AMQP";
/// Which program the tests run. Else they build it by itself, with other features and so with all packages once more.
const PROGRAM: &str = "CONCILIAR_TEST_PROGRAM";
/// The peers of the benches, which need other versions of our dependencies.
const PEERS: &str = "benches/peers/Cargo.toml";

/// What to run.
#[derive(clap::Args, Debug)]
pub struct Suite {
    /// The big sizes instead of the reduced ones; writes the result to tests/FULL.md.
    #[arg(long)]
    pub full: bool,
}

/// Runs the suite.
///
/// # Errors
/// When a step fails, or a tool is missing and cannot be installed.
pub fn run(suite: &Suite) -> Result<()> {
    let sh = Shell::new()?;
    sh.change_dir(root()?);
    #[expect(clippy::disallowed_methods, reason = "the record says how long a run took")]
    let started = Instant::now();
    packages::ensure(&sh)?;
    let notes = record::notes(&sh)?;
    let _full = suite.full.then(|| (sh.push_env("CONCILIAR_FULL", "1"), sh.push_env(record::NOTES, &notes)));
    cmd!(sh, "cargo fmt --all --check").run().context("the code is not formatted; run `cargo fmt --all`")?;
    if sh.path_exists(PEERS) {
        cmd!(sh, "cargo fmt --check --manifest-path {PEERS}").run().context("the peers are not formatted")?;
    }
    cmd!(sh, "cargo clippy --workspace --all-targets --locked -- -D warnings").run()?;
    cmd!(sh, "cargo build --workspace --all-targets --locked").run()?;
    if suite.full && sh.path_exists(PEERS) {
        cmd!(sh, "cargo check --locked --manifest-path {PEERS}").run()?;
    }
    let services = Services::find_or_start()?;
    let _database = is_unset(DATABASE).then(|| sh.push_env(DATABASE, services.database()));
    let _broker = is_unset(BROKER).then(|| sh.push_env(BROKER, services.broker()));
    let _program = is_unset(PROGRAM).then(|| program().map(|path| sh.push_env(PROGRAM, path))).transpose()?;
    // Benches run once with tiny input: they must at least work. Named by package they would be built with other
    // features, and all packages with them.
    cmd!(sh, "cargo test --workspace --bench * --locked").run()?;
    let outcome = cmd!(sh, "cargo test --workspace --locked").run();
    if suite.full {
        record::write(&sh, outcome.is_ok(), started.elapsed().as_secs(), &notes)?;
    }
    outcome.context("the tests fail")
}

/// The repository, from where this program's sources lie in it.
fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map(Path::to_path_buf).context("xtask lies two folders below the repository")
}

/// The program that was built beside this one.
fn program() -> Result<PathBuf> {
    let this = std::env::current_exe().context("the task runner does not know where it is")?;
    Ok(this.with_file_name(format!("conciliar{}", std::env::consts::EXE_SUFFIX)))
}

/// Whether the one who runs this names no server of this kind.
fn is_unset(variable: &str) -> bool {
    std::env::var_os(variable).is_none()
}
