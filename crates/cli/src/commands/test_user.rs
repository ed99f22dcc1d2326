//! `conciliar test-user`: accounts to try things with.
//!
//! The answer holds a password and comes once, so it goes whole into a file and never onto a terminal.

use std::io::Write;
use std::path::PathBuf;

use client::calls::test_user::Create;
use report::listing::printable;

use crate::answer::check_format;
use crate::app::App;
use crate::args::Format;
use crate::args::test_user::TestUser;
use crate::exit::{Exit, Usage};
use crate::new_file;
use crate::provider::Provider;

pub async fn run(app: &App, verb: &TestUser) -> anyhow::Result<Exit> {
    let TestUser::Create { account, site, description, out } = verb;
    check_format(app, "test-user create")?;
    if let Some(path) = out.as_ref().filter(|path| path.exists()) {
        // Told before the account is made, whose password would be lost.
        return Err(Usage(format!("`{}` is there already; name a new file", path.display())).into());
    }
    let provider = Provider::of(app, account).await?;
    let reply = provider.ask(&Create { site: site.clone(), description: description.clone() }).await?;
    let user = reply.read()?;
    let path =
        out.clone().unwrap_or_else(|| PathBuf::from(format!("test-user-{}.json", name_of(user.id.as_str()))));
    new_file::write(&path, &reply.body)?;
    let path = path.display().to_string();
    let mut stdout = std::io::stdout().lock();
    if app.format == Format::Json {
        let shown = serde_json::json!({ "id": user.id.as_str(), "nickname": user.nickname, "file": path });
        writeln!(stdout, "{shown}")?;
    } else {
        writeln!(stdout, "id        {}", printable(user.id.as_str()))?;
        writeln!(stdout, "nickname  {}", printable(&user.nickname))?;
        writeln!(stdout, "password  in {path}, which you alone can read")?;
    }
    Ok(Exit::Done)
}

/// What of an id can be part of a file's name.
fn name_of(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
}
