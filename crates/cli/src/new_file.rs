//! Files that hold secrets: made new, and readable by their owner alone.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

/// Writes a new file that only its owner can read; one that is there is left as it is.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    file.with_context(|| format!("`{}` cannot be made", path.display()))
}
