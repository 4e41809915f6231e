//! `plimsoll compare`: what changed between two snapshots.

use plimsoll_analysis::Changes;
use plimsoll_report::language::Language;
use plimsoll_report::{json, markdown, text};

use super::{Format, ReadArgs, read_both};
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
    /// The language of Markdown: `en` or `es`
    #[arg(long, value_name = "TAG", default_value = "en", value_parser = super::language)]
    language: Language,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let (before, after) = read_both(&args.before, &args.after, &args.read.options(), printer)?;
    let changes = Changes::between(&before, &after);
    match args.format {
        Format::Text => printer.data(&text::comparison(&changes)),
        Format::Markdown => printer.data(&markdown::comparison(&changes, args.language)),
        Format::Json => printer.stream(|out| json::comparison(&changes, out)),
    }
}
