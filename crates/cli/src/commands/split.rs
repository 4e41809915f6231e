//! `plimsoll split`: what each of the services that run one image needs of it.

use plimsoll_analysis::packages::splits;
use plimsoll_report::{json, packages};

use super::{JsonArgs, LanguageArgs, ReadArgs, TextOrJson};
use crate::error::{Error, Result};
use crate::load::images_of;
use crate::printer::Printer;

/// Show which parts of a shared image each service needs, and the size of separate images
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Snapshot in which several services run one image, made with `--compose`
    #[arg(value_name = "SNAPSHOT")]
    source: String,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Read one image for two services with their commands, then split it:
      plimsoll snapshot backend=app.tar frontend=app.tar --compose compose.yml -o app.plimsoll
      plimsoll split app.plimsoll";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let snapshot = images_of(&args.source, &args.read.options(), printer)?;
    let splits = splits(&snapshot);
    if splits.is_empty() {
        return Err(Error::usage(
            "no image is run by two services whose commands lead into its code",
            "make the snapshot with both: `plimsoll snapshot backend=app.tar frontend=app.tar --compose compose.yml`",
        ));
    }
    match args.format {
        TextOrJson::Text => printer.data(&packages::splits(&splits, args.language.chosen())),
        TextOrJson::Json => printer.stream(|out| json::splits(&splits, args.json.definitions(), out)),
    }
}
