//! What the tests need beside Rust and a C compiler: hledger reads an exported journal, PostgreSQL and RabbitMQ are
//! started, killed and started again, and Chromium shows the simulator's terminal.

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};
use xtask::services::{postgres, rabbit};

/// Debian's name of a package, and how one sees that it is there.
type Package = (&'static str, fn(&Shell) -> bool);

const NEEDED: [Package; 5] = [
    ("chromium", has_chromium),
    ("chromium-driver", has_driver),
    ("hledger", has_hledger),
    ("postgresql", |_| postgres::binaries().is_some()),
    ("rabbitmq-server", |_| rabbit::scripts().is_some()),
];

/// Installs what is missing where it may: on Debian, as root. Elsewhere says what to install.
///
/// # Errors
/// When something is missing and cannot be installed.
pub fn ensure(sh: &Shell) -> Result<()> {
    let missing = missing(sh);
    if missing.is_empty() {
        return Ok(());
    }
    let user = cmd!(sh, "id -u").quiet().read().context("cannot tell which user this is")?;
    let has_apt = cmd!(sh, "apt-get --version").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    let wanted = missing.join(" ");
    if user != "0" || !has_apt {
        bail!("the tests need {wanted}; on Debian: apt-get install --no-install-recommends {wanted}");
    }
    let _no_questions = sh.push_env("DEBIAN_FRONTEND", "noninteractive");
    // Debian starts no services in this runlevel; the tests start their own.
    let _no_services = sh.push_env("RUNLEVEL", "1");
    cmd!(sh, "apt-get update -q").run().context("cannot read the package lists")?;
    let installed = cmd!(sh, "apt-get install -qy --no-install-recommends {missing...}").run();
    installed.with_context(|| format!("cannot install {wanted}"))
}

fn missing(sh: &Shell) -> Vec<&'static str> {
    NEEDED.iter().filter(|(_, is_there)| !is_there(sh)).map(|(name, _)| *name).collect()
}

fn has_chromium(sh: &Shell) -> bool {
    cmd!(sh, "chromium --version").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

fn has_driver(sh: &Shell) -> bool {
    cmd!(sh, "chromedriver --version").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

fn has_hledger(sh: &Shell) -> bool {
    cmd!(sh, "hledger --version").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}
