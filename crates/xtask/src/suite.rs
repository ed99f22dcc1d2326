//! `cargo xtask test`: everything that must hold before a change lands, in the order in which it fails fastest.
//!
//! It installs what the tests need and this machine lacks, where it may; it changes no source.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

mod machine;
mod record;

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
    need_hledger(&sh)?;
    let _full = suite.full.then(|| sh.push_env("CONCILIAR_FULL", "1"));
    cmd!(sh, "cargo fmt --all --check").run().context("the code is not formatted; run `cargo fmt --all`")?;
    cmd!(sh, "cargo clippy --workspace --all-targets --locked -- -D warnings").run()?;
    cmd!(sh, "cargo build --workspace --all-targets --locked").run()?;
    // Benches run once with tiny input: they must at least work.
    cmd!(sh, "cargo test --package conciliar-benches --benches --locked").run()?;
    let outcome = cmd!(sh, "cargo test --workspace --locked").run();
    if suite.full {
        record::write(&sh, outcome.is_ok(), started.elapsed().as_secs())?;
    }
    outcome.context("the tests fail")
}

/// The repository, from where this program's sources lie in it.
fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map(Path::to_path_buf).context("xtask lies two folders below the repository")
}

/// hledger reads the exported journal in a test, so it must be there.
fn need_hledger(sh: &Shell) -> Result<()> {
    if cmd!(sh, "hledger --version").quiet().ignore_stdout().ignore_stderr().run().is_ok() {
        return Ok(());
    }
    let user = cmd!(sh, "id -u").quiet().read().context("cannot tell which user this is")?;
    let has_apt = cmd!(sh, "apt-get --version").quiet().ignore_stdout().run().is_ok();
    if user != "0" || !has_apt {
        bail!(
            "the tests need hledger on the PATH; on Debian: apt-get install --no-install-recommends hledger"
        );
    }
    let _quiet = sh.push_env("DEBIAN_FRONTEND", "noninteractive");
    cmd!(sh, "apt-get update -q").run().context("cannot read the package lists")?;
    cmd!(sh, "apt-get install -qy --no-install-recommends hledger").run().context("cannot install hledger")
}
