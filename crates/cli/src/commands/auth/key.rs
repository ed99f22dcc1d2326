//! `conciliar auth key`: a new key before the others of a file. It is never printed.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, bail};
use engine::vault::seal::{KeyError, Keyring, is_key_id, new_line};
use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::args::auth::Key;
use crate::exit::{Exit, Usage};
use crate::new_file;

pub fn run(app: &App, args: &Key) -> anyhow::Result<Exit> {
    let id = args.id.clone().unwrap_or_else(|| app.clock.now().format("%Y-%m-%d").to_string());
    if !is_key_id(&id) {
        bail!(Usage(format!(
            "--id `{id}` is no name of a key: letters, digits, `-`, `_` and `.`, at most 64"
        )));
    }
    let shown = args.file.display();
    let old = match fs::read_to_string(&args.file) {
        Ok(text) => SecretString::from(text),
        Err(error) if error.kind() == ErrorKind::NotFound => SecretString::default(),
        Err(error) => return Err(error).with_context(|| format!("`{shown}` cannot be read")),
    };
    match Keyring::parse(&old) {
        Ok(_) | Err(KeyError::None) => {}
        Err(error) => return Err(error).with_context(|| format!("`{shown}` is no file of keys")),
    }
    let new = new_line(&id)?;
    let keys = SecretString::from(format!("{}\n{}", new.expose_secret(), old.expose_secret()));
    Keyring::parse(&keys).with_context(|| format!("`{shown}` cannot take the key `{id}`"))?;
    replace(&args.file, &keys).with_context(|| format!("`{shown}` cannot be written"))?;
    app.remark(&format!("`{shown}` has the key `{id}` now, and it seals what is sealed from now on"));
    Ok(Exit::Done)
}

/// Puts a file in the place of another at once, so that nobody reads half of it.
fn replace(path: &Path, keys: &SecretString) -> anyhow::Result<()> {
    let mut name = path.file_name().context("it is no file")?.to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    new_file::write(&new, keys.expose_secret().as_bytes())?;
    fs::rename(&new, path)?;
    Ok(())
}
