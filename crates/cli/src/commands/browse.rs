//! `plimsoll browse`: layers, files and packages of an image on the screen of a terminal.

use plimsoll_snapshot::Snapshot;

use super::{LanguageArgs, ReadArgs, read_both};
use crate::error::Result;
use crate::load::{images_of, redacted};
use crate::printer::Printer;
use crate::terminal::expect_terminal;

/// Browse layers, files and packages of an image in a terminal
///
/// With two sources, every list shows both. Press `?` for the keys, which are those of dive where it has them.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    ///
    /// An archive, a directory, `-`, an image of an engine or of a registry: `plimsoll snapshot --help` lists the kinds.
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Image source or snapshot to compare with: the one after
    #[arg(value_name = "AFTER")]
    after: Option<String>,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Browse an image of a local engine:
      plimsoll browse my-app:latest
  Browse what a change did:
      plimsoll browse before.plimsoll my-app:latest";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    // Before anything is read, which may take its time.
    expect_terminal("plimsoll inspect SOURCE")?;
    let options = args.read.options();
    let (before, after) = match &args.after {
        Some(after) => {
            let (before, after) = read_both(&args.source, after, &options, printer)?;
            (redacted(before, &options)?, redacted(after, &options)?)
        }
        None => {
            let snapshot = redacted(images_of(&args.source, &options, printer)?, &options)?;
            (Snapshot::default(), snapshot)
        }
    };
    crate::browse::browse(&before, &after, args.language.chosen())
}
