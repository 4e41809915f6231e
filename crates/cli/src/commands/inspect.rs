//! `plimsoll inspect`: what an image weighs, and what of it is hidden.

use plimsoll_report::{json, markdown, memory, text};

use super::build::BuildArgs;
use super::{Format, LanguageArgs, ReadArgs, sections};
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
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let options = args.read.options();
    let language = args.language.chosen();
    let mut snapshot = snapshot_or_source(&args.source, &options, printer)?;
    args.build.add_to(&mut snapshot, printer)?;
    let snapshot = redacted(snapshot, &options)?;
    let inspection = plimsoll_analysis::inspect::inspect(&snapshot);
    let Some(memory) = snapshot.runtime.as_ref().map(plimsoll_analysis::memory::memory) else {
        return match args.format {
            Format::Text => printer.data(&text::inspection(&inspection, language)),
            Format::Markdown => printer.data(&markdown::inspection(&inspection, language)),
            Format::Json => printer.stream(|out| json::inspection(&inspection, out)),
        };
    };
    match args.format {
        Format::Text => printer
            .data(&sections(&text::inspection(&inspection, language), &memory::text(&memory, language))),
        Format::Markdown => printer.data(&sections(
            &markdown::inspection(&inspection, language),
            &memory::markdown(&memory, language),
        )),
        Format::Json => printer.stream(|out| memory::inspection_json(&inspection, &memory, out)),
    }
}
