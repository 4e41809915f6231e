//! `plimsoll why`: why a package is in an image.

use plimsoll_analysis::packages::reasons;
use plimsoll_report::{json, packages};

use super::{JsonArgs, LanguageArgs, ReadArgs, TextOrJson};
use crate::error::{Error, Result};
use crate::load::images_of;
use crate::names;
use crate::printer::Printer;
use crate::sources::missing::swapped;

/// Show why a package is in an image, and what its removal frees
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Package: NAME or ECOSYSTEM:NAME
    #[arg(value_name = "PACKAGE")]
    package: String,
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
  Show the dependency paths to a package:
      plimsoll why my-app:latest torch";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    if let Some(error) =
        swapped(&args.source, &args.package, |source, package| format!("why {source} {package}"))
    {
        return Err(error);
    }
    let snapshot = images_of(&args.source, &args.read.options(), printer)?;
    let reasons = reasons(&snapshot, &args.package);
    if reasons.is_empty() {
        return Err(Error::usage(
            format!("no image has a package `{}`", args.package),
            names::package_hint(&snapshot, &args.package),
        ));
    }
    match args.format {
        TextOrJson::Text => printer.data(&packages::reasons(&reasons, args.language.chosen())),
        TextOrJson::Json => printer.stream(|out| json::reasons(&reasons, args.json.definitions(), out)),
    }
}
