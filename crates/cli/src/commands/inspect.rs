//! `plimsoll inspect`: what an image weighs, and what of it is hidden.

use plimsoll_report::language::Language;
use plimsoll_report::{json, markdown, memory, text};

use super::build::BuildArgs;
use super::{Format, ReadArgs, sections};
use crate::error::Result;
use crate::load::{redacted, snapshot_or_source};
use crate::printer::Printer;

/// Show what images weigh, layer by layer, and where hidden bytes come from
#[derive(clap::Args)]
pub(crate) struct Args {
    /// An image source or a snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The language of Markdown: `en` or `es`
    #[arg(long, value_name = "TAG", default_value = "en", value_parser = super::language)]
    language: Language,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let options = args.read.options();
    let mut snapshot = snapshot_or_source(&args.source, &options, printer)?;
    args.build.add_to(&mut snapshot, printer)?;
    let snapshot = redacted(snapshot, &options)?;
    let inspection = plimsoll_analysis::inspect::inspect(&snapshot);
    let Some(memory) = snapshot.runtime.as_ref().map(plimsoll_analysis::memory::memory) else {
        return match args.format {
            Format::Text => printer.data(&text::inspection(&inspection)),
            Format::Markdown => printer.data(&markdown::inspection(&inspection, args.language)),
            Format::Json => printer.stream(|out| json::inspection(&inspection, out)),
        };
    };
    match args.format {
        Format::Text => {
            printer.data(&sections(&text::inspection(&inspection), &memory::text(&memory, Language::English)))
        }
        Format::Markdown => printer.data(&sections(
            &markdown::inspection(&inspection, args.language),
            &memory::markdown(&memory, args.language),
        )),
        Format::Json => printer.stream(|out| memory::inspection_json(&inspection, &memory, out)),
    }
}
