//! `conciliar completions`: a completion script for a shell.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::exit::Exit;

pub fn run(shell: Shell) -> anyhow::Result<Exit> {
    clap_complete::generate(shell, &mut Args::command(), "conciliar", &mut io::stdout());
    Ok(Exit::Done)
}
