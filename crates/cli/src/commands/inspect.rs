//! `plimsoll inspect`: what an image weighs, and what of it is hidden.

use plimsoll_report::{json, markdown, memory, text};

use super::build::BuildArgs;
use super::{Format, LanguageArgs, ReadArgs, sections};
use crate::error::Result;
use crate::load::{redacted, snapshot_or_source};
use crate::next;
use crate::printer::Printer;

/// Show the size of images, layer by layer, and the source of hidden bytes
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    read: ReadArgs,
}

impl Args {
    /// The command that usually follows.
    pub(crate) fn next(&self) -> Option<String> {
        matches!(self.format, Format::Text).then(|| next::command(&["findings", &self.source]))?
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Inspect an image of a local engine or a registry:
      plimsoll inspect my-app:latest
  Inspect an archive from standard input:
      docker save my-app | plimsoll inspect -
  Inspect an image that is not pulled, without an engine:
      plimsoll inspect docker://registry.example.org/my-app:latest --platform linux/arm64";

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
