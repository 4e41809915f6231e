//! `plimsoll init`: writes the first target file of a stack.

use std::path::PathBuf;

use plimsoll_report::targets::template::template;
use plimsoll_snapshot::Snapshot;

use crate::error::{Error, Result};
use crate::memory::MemoryArgs;
use crate::output;
use crate::printer::Printer;

/// Write a `plimsoll.toml` with comments, from a compose file
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A compose file; a later one overrides an earlier one
    #[arg(long, value_name = "FILE")]
    compose: Vec<PathBuf>,
    /// A file with the variables of the compose files, instead of the `.env` beside the first one
    #[arg(long, value_name = "FILE", requires = "compose")]
    env_file: Vec<PathBuf>,
    /// The file to write
    #[arg(short, long, value_name = "FILE", default_value = "plimsoll.toml")]
    output: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let mut snapshot = Snapshot::default();
    MemoryArgs::of_compose(&args.compose, &args.env_file).join(&mut snapshot, printer)?;
    let planned = snapshot.runtime.map(|runtime| runtime.planned).unwrap_or_default();
    let text = template(&planned);
    if !args.force && args.output.symlink_metadata().is_ok() {
        return Err(Error::usage(
            format!("`{}` is there already", args.output.display()),
            "`--force` writes over it, `-o FILE` writes another",
        ));
    }
    output::write(&args.output, |out| out.write_all(text.as_bytes()))?;
    let services = match planned.len() {
        0 => "no service: name them, or give `--compose FILE`".to_owned(),
        1 => "1 service".to_owned(),
        count => format!("{count} services"),
    };
    printer.note(&format!("{}: targets for {services}", args.output.display()));
    Ok(())
}
