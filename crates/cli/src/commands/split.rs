//! `plimsoll split`: what each of the services that run one image needs of it.

use plimsoll_analysis::packages::splits;
use plimsoll_report::{json, packages};

use super::{LanguageArgs, ReadArgs, TextOrJson};
use crate::error::{Error, Result};
use crate::load::snapshot_or_source;
use crate::printer::Printer;

/// Show what each service needs of an image that several run, and what an image of its own would weigh
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A snapshot in which services run the same image, with a compose file that says what each runs
    #[arg(value_name = "SNAPSHOT")]
    source: String,
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let snapshot = snapshot_or_source(&args.source, &args.read.options(), printer)?;
    let splits = splits(&snapshot);
    if splits.is_empty() {
        return Err(Error::usage(
            "no image is run by two services whose commands lead into its code",
            "make the snapshot with both: `plimsoll snapshot backend=app.tar frontend=app.tar --compose compose.yml`",
        ));
    }
    match args.format {
        TextOrJson::Text => printer.data(&packages::splits(&splits, args.language.chosen())),
        TextOrJson::Json => printer.stream(|out| json::splits(&splits, out)),
    }
}
