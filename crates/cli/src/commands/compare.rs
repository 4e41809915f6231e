//! `plimsoll compare`: what changed between two snapshots.

use plimsoll_report::language::Language;
use plimsoll_report::{json, markdown, memory, text};

use super::{Format, ReadArgs, read_both, sections};
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
    let comparison = plimsoll_analysis::compare::compare(&before, &after);
    let (Some(old), Some(new)) = (&before.runtime, &after.runtime) else {
        return match args.format {
            Format::Text => printer.data(&text::comparison(&comparison)),
            Format::Markdown => printer.data(&markdown::comparison(&comparison, args.language)),
            Format::Json => printer.stream(|out| json::comparison(&comparison, out)),
        };
    };
    let of_memory = plimsoll_analysis::memory::compare::compare(old, new);
    match args.format {
        Format::Text => printer.data(&sections(
            &text::comparison(&comparison),
            &memory::comparison_text(&of_memory, Language::English),
        )),
        Format::Markdown => printer.data(&sections(
            &markdown::comparison(&comparison, args.language),
            &memory::comparison_markdown(&of_memory, args.language),
        )),
        Format::Json => printer.stream(|out| memory::comparison_json(&comparison, &of_memory, out)),
    }
}
