//! `plimsoll compare`: what changed between two snapshots.

use plimsoll_analysis::Changes;
use plimsoll_report::{json, markdown, text};

use super::{Format, LanguageArgs, ReadArgs, read_both};
use crate::error::Result;
use crate::printer::Printer;

/// Compare two snapshots or images: services, layers and files
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A snapshot or an image source
    before: String,
    /// A snapshot or an image source
    after: String,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let (before, after) = read_both(&args.before, &args.after, &args.read.options(), printer)?;
    let changes = Changes::between(&before, &after);
    match args.format {
        Format::Text => printer.data(&text::comparison(&changes, args.language.chosen())),
        Format::Markdown => printer.data(&markdown::comparison(&changes, args.language.chosen())),
        Format::Json => printer.stream(|out| json::comparison(&changes, out)),
    }
}
