//! Opens a page in the browser of whoever sits at this machine.

use std::process::{Command, Stdio};

use url::Url;

/// Asks the desktop to open an address. Answers whether there is a desktop to ask; whether a browser appears is
/// not known.
pub fn open(url: &Url) -> bool {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let mut command = Command::new(program);
    command.arg(url.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    // Some openers end with the browser; nobody waits for that.
    std::thread::spawn(move || child.wait());
    true
}
