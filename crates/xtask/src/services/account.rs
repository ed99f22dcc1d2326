//! The user that a server runs as: PostgreSQL refuses root, and no server needs it.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// An ordinary user of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// The first of these users that exists, when this program runs as root; otherwise nobody needs to change.
    pub fn for_root(names: &[&str]) -> Result<Option<Self>> {
        let this = fs::metadata("/proc/self").context("cannot tell which user this is")?;
        if this.uid() != 0 {
            return Ok(None);
        }
        let users = fs::read_to_string("/etc/passwd").context("cannot read the users")?;
        let found = names.iter().find_map(|name| find(&users, name));
        found.map(Some).with_context(|| format!("root needs one of the users {names:?}"))
    }

    /// Makes a command run as this user.
    pub fn take(self, command: &mut Command) {
        command.uid(self.user).gid(self.group);
    }

    /// Gives a path to this user.
    pub fn own(self, path: &Path) -> Result<()> {
        chown(path, Some(self.user), Some(self.group))
            .with_context(|| format!("cannot give {} away", path.display()))
    }
}

/// `name:password:user:group:…`
fn find(users: &str, name: &str) -> Option<Account> {
    let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let line = fields.into_iter().find(|fields| fields.first() == Some(&name))?;
    Some(Account { user: line.get(2)?.parse().ok()?, group: line.get(3)?.parse().ok()? })
}
