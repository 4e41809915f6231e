//! `plimsoll init`: writes the first target file of a stack.

use std::path::PathBuf;

use plimsoll_report::targets::template::template;
use plimsoll_snapshot::Snapshot;

use crate::ending::Ending;
use crate::error::{Error, Result};
use crate::memory::MemoryArgs;
use crate::next;
use crate::output::{Content, Output};
use crate::printer::Printer;

/// Write a commented `plimsoll.toml` from a Compose file
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Compose file; later files override earlier ones
    #[arg(long, value_name = "FILE")]
    compose: Vec<PathBuf>,
    /// File with the variables of the Compose files, instead of `.env` beside the first one
    #[arg(long, value_name = "FILE", requires = "compose")]
    env_file: Vec<PathBuf>,
    /// File to write; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "plimsoll.toml")]
    output: Output,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

impl Args {
    /// The command that usually follows.
    pub(crate) fn next(&self) -> Option<String> {
        let Output::File(path) = &self.output else { return None };
        next::command(&["check", "SNAPSHOT", "--targets", path.to_str()?])
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Write targets for the services of a Compose project:
      plimsoll init --compose compose.yml
  Write to standard output:
      plimsoll init --compose compose.yml -o -";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    args.output.expect("a target file", &[Ending::Toml, Ending::Text], "plimsoll.toml")?;
    let mut snapshot = Snapshot::default();
    MemoryArgs::of_compose(&args.compose, &args.env_file).join(&mut snapshot, printer)?;
    let planned = snapshot.runtime.map(|runtime| runtime.planned).unwrap_or_default();
    let text = template(&planned);
    if let Output::File(path) = &args.output
        && !args.force
        && path.symlink_metadata().is_ok()
    {
        return Err(Error::usage(
            format!("`{}` already exists", path.display()),
            "`--force` replaces it, `-o FILE` writes another",
        ));
    }
    args.output.write(Content::Text, |out| out.write_all(text.as_bytes()))?;
    let services = match planned.len() {
        0 => "no service: name them, or give `--compose FILE`".to_owned(),
        1 => "1 service".to_owned(),
        count => format!("{count} services"),
    };
    printer.note(&format!("{}: targets for {services}", args.output));
    Ok(())
}
