//! `plimsoll compare`: what changed between two snapshots.

use plimsoll_analysis::Changes;
use plimsoll_report::{json, markdown, text};

use super::{Format, JsonArgs, LanguageArgs, ReadArgs, read_both};
use crate::error::Result;
use crate::next;
use crate::printer::Printer;

/// Compare two snapshots or images: services, layers, files and memory
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    before: String,
    /// Image source or snapshot
    after: String,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

impl Args {
    /// The command that usually follows.
    pub(crate) fn next(&self) -> Option<String> {
        matches!(self.format, Format::Text)
            .then(|| next::command(&["report", &self.before, &self.after, "-o", "report.html"]))?
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Compare two snapshots:
      plimsoll compare before.plimsoll after.plimsoll
  Compare two tags of an image, as a comment for a pull request:
      plimsoll compare my-app:1.0 my-app:1.1 --format markdown";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let (before, after) = read_both(&args.before, &args.after, &args.read.options(), printer)?;
    let changes = Changes::between(&before, &after);
    match args.format {
        Format::Text => printer.data(&text::comparison(&changes, args.language.chosen())),
        Format::Markdown => printer.data(&markdown::comparison(&changes, args.language.chosen())),
        Format::Json => printer.stream(|out| json::comparison(&changes, args.json.definitions(), out)),
    }
}
