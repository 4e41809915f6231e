//! `plimsoll generate-man`: one manual page for the program, and one per command.

use std::path::PathBuf;

use clap::Command;
use clap_mangen::Man;

use crate::error::{Error, Result};
use crate::output::{Content, Output};

/// Write the manual pages into a directory
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Directory to write; it is created if it is missing
    directory: PathBuf,
}

pub(crate) fn run(args: &Args, mut program: Command) -> Result<()> {
    std::fs::create_dir_all(&args.directory).map_err(|error| Error::write(&args.directory, error))?;
    program.build();
    let commands =
        program.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    for command in std::iter::once(&program).chain(commands) {
        let page = Man::new(command.clone());
        let output = Output::announce(args.directory.join(page.get_filename()));
        output.write(Content::Text, |out| page.render(out))?;
    }
    Ok(())
}
